/** How wide the diagram may be, and which part of it is near the screen. */
import { type RefObject, useEffect, useLayoutEffect, useState } from 'react';
import { useStore } from '../../store/store.ts';

/** The width of an element in whole px; 0 before the first measurement. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const host = element.current;
    if (!host) return;
    const measured = () => setWidth(Math.floor(host.clientWidth));
    measured();
    const observer = new ResizeObserver(measured);
    observer.observe(host);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

export function useCoarsePointer(): boolean {
  return useMediaQuery('(pointer: coarse)');
}

/** There is height for more than the diagram: what is less often looked at is open without being asked for. */
export const ROOMY = '(min-height: 760px) and (min-width: 1100px), (min-height: 1000px), (max-width: 699.9px)';

export function useMediaQuery(media: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(media).matches);
  useEffect(() => {
    const query = matchMedia(media);
    const changed = () => setMatches(query.matches);
    changed();
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [media]);
  return matches;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** After a jump no more than is seen is drawn until the hand rests this long, so that dragging stays smooth. */
const REST_MS = 120;
const BESIDE_PX = 60;

/** The heights of a drawing that are seen, and a screen more at both ends. */
export function useVisibleRange(drawing: RefObject<Element | null>): Range {
  const [range, setRange] = useState<Range>(() => ({ from: 0, to: 2 * window.innerHeight }));
  useLayoutEffect(() => {
    let frame = 0;
    let rest = 0;
    let scroller: Element | null = null;
    let shown: Range = { from: 0, to: 0 };
    const look = (resting: boolean) => {
      frame = 0;
      const element = drawing.current;
      if (!element) return;
      scroller ??= scrollerOf(element);
      const screen = Math.max(200, scroller?.clientHeight ?? window.innerHeight);
      const top = (scroller?.getBoundingClientRect().top ?? 0) - element.getBoundingClientRect().top;
      const dragged = useStore.getState().playheadMs !== null;
      const jumped = !resting && (dragged || top + screen < shown.from || top > shown.to);
      clearTimeout(rest);
      if (jumped) rest = window.setTimeout(() => look(true), REST_MS);
      // in steps of half a screen, so that most scroll events change nothing
      const step = Math.max(1, Math.round(screen / 2));
      const next = jumped
        ? {
            from: Math.floor(top / BESIDE_PX - 1) * BESIDE_PX,
            to: Math.ceil((top + screen) / BESIDE_PX + 1) * BESIDE_PX,
          }
        : { from: Math.floor((top - screen) / step) * step, to: Math.ceil((top + 2 * screen) / step) * step };
      if (next.from === shown.from && next.to === shown.to) return;
      shown = next;
      setRange(next);
    };
    const soon = () => {
      if (frame === 0) frame = requestAnimationFrame(() => look(false));
    };
    look(true);
    // whichever ancestor scrolls, its events pass here
    document.addEventListener('scroll', soon, { capture: true, passive: true });
    window.addEventListener('resize', soon);
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(rest);
      document.removeEventListener('scroll', soon, { capture: true });
      window.removeEventListener('resize', soon);
    };
  }, [drawing]);
  return range;
}

/** Scrolls the nearest scrolling ancestor, no further than needed, until the heights [y1, y2) of a drawing are seen. */
export function reveal(drawing: Element, y1: number, y2: number, headerPx: number): void {
  const scroller = scrollerOf(drawing);
  if (!scroller) return;
  const frame = scroller.getBoundingClientRect();
  const top = drawing.getBoundingClientRect().top;
  const above = top + y1 - (frame.top + headerPx);
  const below = top + y2 - (frame.top + scroller.clientHeight);
  if (above < 0) scroller.scrollTop += above;
  else if (below > 0) scroller.scrollTop += Math.min(below, above);
}

const scrollers = new WeakMap<Element, Element>();

/** The nearest ancestor that scrolls. Styles are asked for once: that costs a frame its smoothness. */
export function scrollerOf(element: Element): Element | null {
  const known = scrollers.get(element);
  if (known?.contains(element)) return known;
  const found = nearestScroller(element);
  if (found) scrollers.set(element, found);
  return found;
}

function nearestScroller(element: Element): Element | null {
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.scrollingElement;
}
