/** The list of associations. */
import { chosenRow, hasCapture, isListing, listedRows } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';
import { showZone } from '../zones.ts';
import { choose } from './choose-association.ts';

export const listCommands = {
  next: () => stepAssociation(1),
  previous: () => stepAssociation(-1),
  enter: () => {
    if (!document.activeElement?.closest('[data-zone=list] [role=grid]')) return false;
    // Over the rows it says when they can be opened.
    if (isListing(useStore.getState())) return true;
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
  const rows = listedRows(state);
  const chosen = chosenRow(state);
  const at = rows.findIndex((a) => a.id === chosen);
  const next = rows[at < 0 ? 0 : at + by];
  if (next) choose(next.id);
  return next !== undefined;
}
