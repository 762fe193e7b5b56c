/** Opens a row of the list; while its capture is read, as soon as it can be. */
import { page } from '../page.ts';
import { isListing } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';

export function choose(id: string): void {
  const state = useStore.getState();
  if (!isListing(state)) page.selectAssociation(id);
  else {
    const row = state.early.find((one) => one.id === id);
    if (row) state.awaitAssociation(row);
  }
}
