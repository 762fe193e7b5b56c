/** Notes: writing one, going through them, and back. */
import type { Anchor } from '../../share/notes.ts';
import { stepTour } from '../note-tour.ts';
import { page } from '../page.ts';
import { anchorsHere } from '../store/note-selectors.ts';
import { hasCapture } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';
import { showZone } from '../zones.ts';

export { startTour } from '../note-tour.ts';

export const noteCommands = {
  note: () => {
    if (!hasCapture(useStore.getState())) return false;
    selectFocusedRow();
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

/** The row that the arrow keys have come to need not be the one that is selected; one that Tab would not reach was left. */
function selectFocusedRow(): void {
  const row = document.activeElement?.closest<HTMLElement | SVGElement>(
    '[data-row][tabindex="0"]:not([aria-selected=true])',
  );
  const record = Math.abs(Number(row?.dataset.row ?? Number.NaN));
  if (useStore.getState().detail?.records.some((one) => one.record === record)) page.selectRecord(record);
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
