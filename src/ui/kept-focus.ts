/** Where the focused element goes away, as a row or a dialog does, the focus goes to what is there instead. */
import type { Store } from './store/store.ts';

/** Returns what stops it. */
export function keepFocus(store: Store): () => void {
  /** What had it last, and its zone. */
  let last: HTMLElement | null = null;
  let zone: string | null = null;
  let frame = 0;
  const focused = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    last = target;
    zone = target.closest<HTMLElement>('[data-zone]')?.dataset.zone ?? zone;
  };
  const look = () => {
    frame = 0;
    if (document.activeElement !== document.body || last === null || last.isConnected) return;
    const there = zone === null ? null : document.querySelector<HTMLElement>(`[data-zone=${zone}]`);
    (there ?? document.querySelector<HTMLElement>('main'))?.focus({ preventScroll: true });
  };
  const stop = store.subscribe(() => {
    if (frame === 0) frame = requestAnimationFrame(look);
  });
  document.addEventListener('focusin', focused);
  return () => {
    stop();
    cancelAnimationFrame(frame);
    document.removeEventListener('focusin', focused);
  };
}
