/** A line between two panes that can be dragged or moved by keys; Enter or a double click puts it back. */
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useState } from 'react';
import type { Split } from '../store/settings.ts';
import { useStore } from '../store/store.ts';
import './splitter.css';

interface Props {
  readonly split: Split;
  readonly label: string;
  /** Selector of the pane whose size it sets. */
  readonly pane: string;
  /** The side of the line on which that pane lies. */
  readonly side: 'left' | 'right' | 'above' | 'below';
  readonly min: number;
  /** Left for what lies on the other side, in px. */
  readonly rest: number;
}

const STEP_PX = 16;
const LEAP_PX = 80;

export function Splitter({ split, label, pane, side, min, rest }: Props) {
  const size = useStore((s) => s.sizes[split] ?? null);
  const resize = useStore((s) => s.resize);
  const across = side === 'left' || side === 'right';
  const growing = side === 'left' || side === 'above' ? 1 : -1;
  const { now, max } = useMeasured(pane, across, min, rest);
  const set = (px: number) => resize(split, Math.round(Math.min(max, Math.max(min, px))));

  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const { currentTarget, pointerId } = event;
    const at = (e: { readonly clientX: number; readonly clientY: number }) => (across ? e.clientX : e.clientY);
    const [from, before] = [at(event), now];
    currentTarget.setPointerCapture(pointerId);
    currentTarget.focus();
    const move = (e: globalThis.PointerEvent) => set(before + growing * (at(e) - from));
    const end = () => {
      currentTarget.removeEventListener('pointermove', move);
      currentTarget.removeEventListener('lostpointercapture', end);
    };
    currentTarget.addEventListener('pointermove', move);
    currentTarget.addEventListener('lostpointercapture', end);
  };
  const press = (event: KeyboardEvent) => {
    const to = target(event, { now, min, max, growing, across });
    if (to === undefined) return;
    event.preventDefault();
    if (to === null) resize(split, null);
    else set(to);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: <hr> cannot be moved
    <div
      className="splitter"
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={across ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(size ?? now)}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuetext={`${Math.round(size ?? now)} pixels`}
      title={`${label}: drag, or double-click for its usual place`}
      data-split={split}
      onPointerDown={drag}
      onDoubleClick={() => resize(split, null)}
      onKeyDown={press}
    />
  );
}

interface Range {
  readonly now: number;
  readonly min: number;
  readonly max: number;
  readonly growing: 1 | -1;
  readonly across: boolean;
}

/** The size that a key asks for, null for the usual one; undefined for other keys. */
function target(event: KeyboardEvent, { now, min, max, growing, across }: Range): number | null | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey) return undefined;
  const step = (event.shiftKey ? LEAP_PX : STEP_PX) * growing;
  const [less, more] = across ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  switch (event.key) {
    case more:
      return now + step;
    case less:
      return now - step;
    case 'Home':
      return min;
    case 'End':
      return max;
    case 'Enter':
      return null;
    default:
      return undefined;
  }
}

/** The nearest ancestor with a box of its own. Styles would tell which has none, but asking costs a layout. */
function holderOf(pane: HTMLElement): HTMLElement | null {
  let holder = pane.parentElement;
  while (holder?.dataset.boxless !== undefined) holder = holder.parentElement;
  return holder;
}

/** How large the pane is, and how large it may become within what holds both. */
function useMeasured(
  selector: string,
  across: boolean,
  min: number,
  rest: number,
): { readonly now: number; readonly max: number } {
  const [measured, setMeasured] = useState({ now: min, max: min });
  useLayoutEffect(() => {
    const pane = document.querySelector<HTMLElement>(selector);
    const whole = pane && holderOf(pane);
    if (!whole) return;
    const lengthOf = (element: HTMLElement) => Math.round(across ? element.offsetWidth : element.offsetHeight);
    const measure = () => {
      const next = { now: lengthOf(pane), max: Math.max(min, lengthOf(whole) - rest) };
      setMeasured((old) => (old.now === next.now && old.max === next.max ? old : next));
    };
    // It reports at once, when the layout is done: asking here would force one.
    const observer = new ResizeObserver(measure);
    observer.observe(pane);
    observer.observe(whole);
    return () => observer.disconnect();
  }, [selector, across, min, rest]);
  return measured;
}
