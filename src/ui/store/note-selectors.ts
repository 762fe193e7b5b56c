/** What follows from the notes: numbers, words, and what is selected that could be noted. */
import type { FindingView } from '../../analysis/finding.ts';
import { fieldsTo } from '../../present/field-tree.ts';
import { findingCards } from '../../present/finding-cards.ts';
import { anchorPlace, anchorsAt, type NumberedNote, numbered } from '../../present/note-places.ts';
import { anchorWords, type Names } from '../../present/note-words.ts';
import { shownFields } from '../../present/shown-fields.ts';
import type { Anchor } from '../../share/notes.ts';
import type { PacketNote } from '../../worker/protocol.ts';
import { selectedRecord } from './playhead.ts';
import { memoised, wholeAssociation } from './selectors.ts';
import type { State } from './store.ts';

/** All that are shown, in the order of the tour. */
export const numberedNotes = memoised(
  (s) => [s.notes, s.foreign],
  ([notes, foreign]): readonly NumberedNote[] =>
    numbered(
      notes,
      foreign.flatMap((one) => one.notes),
    ),
);

export const noteNames = memoised(
  (s) => [s.detail, s.trace],
  ([detail, trace]): Names => ({
    detail,
    captures: trace.captures,
    points: trace.points,
    findings: [
      ...(detail?.association.findings ?? []),
      ...trace.associations.flatMap((a) => a.findings),
      ...trace.findings,
    ],
  }),
);

/** The reader's own, for packets of an exported capture; what is on less than a packet says so. */
export function packetNotes(state: State): readonly PacketNote[] {
  const names = noteNames(state);
  return state.notes.flatMap(({ anchor, text, judgement, author }) => {
    const at = anchorPlace(anchor);
    if (!at) return [];
    const on = anchor.on === 'record' ? [] : [`On ${anchorWords(anchor, names)}:`];
    const by = author === '' ? [] : [`(${author})`];
    const says = [...on, ...(judgement ? [`${judgement}.`] : []), text, ...by].filter((part) => part !== '').join(' ');
    return [{ capture: at.capture, packet: at.packet, text: says }];
  });
}

/** The card that is open. */
export function openFinding(state: State): FindingView | null {
  const association = wholeAssociation(state);
  if (!association || state.finding === '') return null;
  const cards = findingCards(association, state.trace.findings);
  return (state.finding === null ? cards[0] : cards.find(({ key }) => key === state.finding))?.finding ?? null;
}

/** What could be noted now; the kind that is wanted first, where there is one of it. */
export function anchorsHere(state: State, first: Anchor['on'] | null): readonly Anchor[] {
  const { detail, timeRange } = state;
  if (!detail) return [{ on: 'trace' }];
  const anchors = anchorsAt({
    detail,
    record: selectedRecord(state),
    bytes: selectedBytes(state),
    time: timeRange,
    finding: openFinding(state),
  });
  const wanted = anchors.filter(({ on }) => on === first);
  return [...wanted, ...anchors.filter((anchor) => !wanted.includes(anchor))];
}

function selectedBytes({ recordDetail, detail, field, record }: State) {
  if (!recordDetail || field === null || recordDetail.record.record !== record) return null;
  const at = fieldsTo(shownFields(recordDetail, detail), field).at(-1)?.at;
  if (!at || at.to <= at.from) return null;
  const base = recordDetail.buffers.find(({ id }) => id === 'packet')?.base ?? 0;
  return { buffer: at.buffer, from: at.from, to: at.to, start: recordDetail.record.offset - base };
}
