/** To what a note is on, and from note to note. */

import { cardKey, findingCards } from '../present/finding-cards.ts';
import { anchorPlace, findingAnchor, recordOf } from '../present/note-places.ts';
import type { Anchor, Note, RecordPlace } from '../share/notes.ts';
import { page } from './page.ts';
import { numberedNotes } from './store/note-selectors.ts';
import { selectedAssociation, wholeAssociation } from './store/selectors.ts';
import { useStore } from './store/store.ts';

export function startTour(): boolean {
  const first = numberedNotes(useStore.getState())[0];
  if (first) goToNote(first.note);
  return first !== undefined;
}

/** False where there are no notes. */
export function stepTour(by: 1 | -1): boolean {
  const state = useStore.getState();
  const notes = numberedNotes(state);
  const at = notes.findIndex(({ note }) => note.id === state.shownNote);
  const next = notes[at < 0 ? (by > 0 ? 0 : notes.length - 1) : at + by];
  if (next) goToNote(next.note);
  return notes.length > 0;
}

/** Presents it: selection and playhead move to what it is on. */
export function goToNote(note: Note): void {
  useStore.getState().presentNote(note.id);
  void goToAnchor(note.anchor);
}

export async function goToAnchor(anchor: Anchor): Promise<void> {
  const at = anchorPlace(anchor);
  if (at) await goToPlace(at);
  const state = useStore.getState();
  if (anchor.on === 'finding') {
    const card = cardOf(anchor);
    if (card !== null) state.showFinding(card);
  } else if (anchor.on === 'bytes') {
    const shown = anchor.buffer === 'record' ? 'packet' : anchor.buffer;
    const buffer = state.recordDetail?.buffers.find(({ id }) => id === shown)?.id;
    if (buffer) state.showBuffer(buffer);
  }
}

async function goToPlace(at: RecordPlace): Promise<void> {
  const { detail, trace } = useStore.getState();
  const here = detail && recordOf(detail, at);
  if (here) {
    page.jump(here.record);
    return;
  }
  const name = trace.captures.length > 1 ? `${at.packet} of ${trace.captures[at.capture]?.name ?? ''}` : `${at.packet}`;
  const found = await page.find({ by: 'packet', packet: at.packet, captures: [at.capture], called: name });
  if (typeof found === 'string') useStore.getState().notify(found);
  // Records of one packet follow each other.
  else page.goTo(found.association, found.record + at.record - 1);
}

function cardOf(anchor: Extract<Anchor, { on: 'finding' }>): string | null {
  const state = useStore.getState();
  const { detail, trace } = state;
  const whole = wholeAssociation(state);
  // On the way to another association no more than its row is known.
  if (!detail || !whole)
    return cardKey(anchor.rule, [...(selectedAssociation(state)?.findings ?? []), ...trace.findings]);
  const cards = findingCards(whole, trace.findings).filter(({ finding }) => finding.rule === anchor.rule);
  const same = cards.find(({ finding }) => isAt(findingAnchor(detail, finding).at, anchor.at));
  return (same ?? cards[0])?.key ?? null;
}

function isAt(a: RecordPlace | null, b: RecordPlace | null): boolean {
  return a?.capture === b?.capture && a?.packet === b?.packet && a?.record === b?.record;
}
