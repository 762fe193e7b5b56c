/** Notes: writing one, going through them, and back. */
import type { Anchor } from '../../share/notes.ts';
import { stepTour } from '../note-tour.ts';
import { anchorsHere } from '../store/note-selectors.ts';
import { hasCapture } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';
import { showZone } from '../zones.ts';

export { startTour } from '../note-tour.ts';

export const noteCommands = {
  note: () => {
    if (!hasCapture(useStore.getState())) return false;
    startNote(wantedHere());
    return true;
  },
  nextNote: () => stepTour(1),
  previousNote: () => stepTour(-1),
  notes: () => {
    if (!hasCapture(useStore.getState())) return false;
    useStore.getState().showSide('notes');
    showZone('list');
    return true;
  },
  undoNotes: () => useStore.getState().undoNotes(),
  redoNotes: () => useStore.getState().redoNotes(),
};

/** Opens the editor, or goes back to it where something is being written. */
export function startNote(first: Anchor['on'] | null): void {
  const state = useStore.getState();
  // Below 700 px only one part is seen, and the editor is under the diagram.
  state.showZone('diagram');
  if (!state.draft) state.startNote(anchorsHere(state, first));
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.note-editor textarea')?.focus());
}

/** What the reader most likely means, from where the focus is. */
function wantedHere(): Anchor['on'] | null {
  const { timeRange, field, record } = useStore.getState();
  const zone = document.activeElement?.closest<HTMLElement>('[data-zone]')?.dataset.zone;
  if (timeRange) return 'time';
  if (zone === 'inspector' && field !== null) return 'bytes';
  if (document.activeElement?.closest('.findings')) return 'finding';
  return record === null ? 'trace' : null;
}
