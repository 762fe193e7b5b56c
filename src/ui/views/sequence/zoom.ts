/** Zoom: Ctrl and the wheel change it, and what was looked at stays where it is. */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import type { PlacedRow } from '../../../present/sequence-arrow.ts';
import { zoomDiagram } from '../../commands/diagram.ts';
import { scrollerOf } from './viewport.ts';

/** A wheel tells many small steps for what the hand meant as one. */
const WHEEL_STEP = 60;

export function useWheelZoom(host: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let turned = 0;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      // Not the browser's own zoom, which would be meant for the whole page.
      event.preventDefault();
      turned += event.deltaMode === 0 ? event.deltaY : event.deltaY * 40;
      if (Math.abs(turned) < WHEEL_STEP) return;
      zoomDiagram(turned < 0 ? 1 : -1);
      turned = 0;
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [host]);
}

/** After a change of scale or zoom the row `anchor` is as far down the window as it was, if it was seen. */
export function useKeptPlace(drawing: RefObject<Element | null>, anchor: PlacedRow | null, stretch: string): void {
  const before = useRef<{ readonly stretch: string; readonly key: number; readonly y: number } | null>(null);
  useLayoutEffect(() => {
    const old = before.current;
    const scroller = drawing.current && scrollerOf(drawing.current);
    if (old && anchor && scroller && old.stretch !== stretch && old.key === anchor.row.key) {
      const seenAt = old.y - scroller.scrollTop;
      if (seenAt >= -anchor.height && seenAt <= scroller.clientHeight) scroller.scrollTop += anchor.y - old.y;
    }
    before.current = anchor ? { stretch, key: anchor.row.key, y: anchor.y } : null;
  }, [drawing, anchor, stretch]);
}
