/** The list of associations. */
import { page } from '../page.ts';
import { hasCapture, shownAssociations } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';
import { showZone } from '../zones.ts';

export const listCommands = {
  next: () => stepAssociation(1),
  previous: () => stepAssociation(-1),
  enter: () => {
    if (!document.activeElement?.closest('[data-zone=list] [role=grid]')) return false;
    showZone('diagram');
    return true;
  },
  goto: () => {
    if (!hasCapture(useStore.getState())) return false;
    useStore.getState().togglePanel('goto');
    return true;
  },
  filter: () => {
    // Whoever is in a view with a search box of its own means that one.
    const own = document.activeElement?.closest('[data-view]')?.querySelector<HTMLElement>('.search-box');
    if (own) {
      own.focus();
      return true;
    }
    useStore.getState().showZone('list');
    if (!focusFilter()) requestAnimationFrame(focusFilter);
    return true;
  },
};

/** False where it cannot be seen: below 700 px only after the next drawing. */
function focusFilter(): boolean {
  const box = document.querySelector<HTMLInputElement>('#filter');
  box?.focus();
  return box !== null && document.activeElement === box;
}

function stepAssociation(by: number): boolean {
  const state = useStore.getState();
  const rows = shownAssociations(state);
  const at = rows.findIndex((a) => a.id === state.association);
  const next = rows[at < 0 ? 0 : at + by];
  if (next) page.selectAssociation(next.id);
  return next !== undefined;
}
