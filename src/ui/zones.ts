/** The parts of the page that F6 goes through. Each is an element with `data-zone`. */
import type { Zone } from './store/settings.ts';
import { useStore } from './store/store.ts';

/** The strip under the diagram belongs to its zone where only one fits. */
export type Part = Zone | 'strip';

export const PARTS: readonly (readonly [Part, string])[] = [
  ['list', 'associations and findings'],
  ['diagram', 'diagram'],
  ['strip', 'time'],
  ['inspector', 'fields and bytes'],
];
const REACHABLE = '[tabindex="0"], button, input, a[href]';

/** Shows a zone, also where only one fits, and puts the focus into it. */
export function showZone(part: Part): void {
  const { showZone: show, drawer, toggleDrawer } = useStore.getState();
  show(part === 'strip' ? 'diagram' : part);
  if (part === 'inspector' && !drawer) toggleDrawer();
  requestAnimationFrame(() => focusZone(part));
}

/** False where no trace is open, so that the browser's own F6 works. */
export function moveZone(by: 1 | -1): boolean {
  if (!document.querySelector('[data-zone]')) return false;
  const here = document.activeElement?.closest<HTMLElement>('[data-zone]')?.dataset.zone;
  // Without epochs and states there is no strip.
  const parts = PARTS.map(([part]) => part).filter(
    (part) => part !== 'strip' || document.querySelector('[data-zone=strip]'),
  );
  const at = parts.findIndex((part) => part === here);
  const next = parts[at < 0 ? 0 : (at + by + parts.length) % parts.length];
  if (next) showZone(next);
  return true;
}

function focusZone(part: Part): void {
  const element = document.querySelector<HTMLElement>(`[data-zone=${part}]`);
  // What is around a view leads away from it. A view that is still to come waits for the focus on its frame.
  const view = element?.querySelector<HTMLElement>('[data-view]');
  if (view) {
    (view.querySelector<HTMLElement>('[tabindex="0"]') ?? view).focus();
    return;
  }
  // What a narrow screen hides cannot have the focus.
  const inside = (selector: string) =>
    [...(element?.querySelectorAll<HTMLElement>(selector) ?? [])].find(
      (one) => one.checkVisibility() && one.closest('[data-zone]') === element,
    );
  (inside('[tabindex="0"]:not([role=separator])') ?? inside(REACHABLE) ?? element)?.focus();
}
