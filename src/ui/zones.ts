/** The parts of the page that F6 goes through. Each is an element with `data-zone`. */
import type { Zone } from './store/settings.ts';
import { useStore } from './store/store.ts';

const ZONES: readonly Zone[] = ['list', 'diagram', 'inspector'];
const REACHABLE = '[tabindex="0"], button, input, a[href]';

/** Shows a zone, also where only one fits, and puts the focus into it. */
export function showZone(zone: Zone): void {
  const { showZone: show, drawer, toggleDrawer } = useStore.getState();
  show(zone);
  if (zone === 'inspector' && !drawer) toggleDrawer();
  requestAnimationFrame(() => focusZone(zone));
}

/** False where no trace is open, so that the browser's own F6 works. */
export function moveZone(by: 1 | -1): boolean {
  if (!document.querySelector('[data-zone]')) return false;
  const here = document.activeElement?.closest<HTMLElement>('[data-zone]')?.dataset.zone;
  const at = ZONES.findIndex((zone) => here !== undefined && here === zone);
  const next = ZONES[at < 0 ? 0 : (at + by + ZONES.length) % ZONES.length];
  if (next) showZone(next);
  return true;
}

function focusZone(zone: Zone): void {
  const element = document.querySelector<HTMLElement>(`[data-zone=${zone}]`);
  const preferred =
    element?.querySelector<HTMLElement>('[tabindex="0"]') ?? element?.querySelector<HTMLElement>(REACHABLE);
  (preferred ?? element)?.focus();
}
