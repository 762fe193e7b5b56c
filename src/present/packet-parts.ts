/** The rows of the diagram taken apart: where several records share a row, each has one of its own. */
import type { AssociationDetail, RecordView } from '../analysis/trace.ts';
import type { SeenTwice } from './capture-points.ts';
import { crossingOf } from './sequence-crossing.ts';
import { withLosses } from './sequence-losses.ts';
import { wordBursts } from './sequence-rows.ts';
import { range, segmentsOf } from './sequence-segments.ts';
import type { BurstRow, Fragments } from './sequence-types.ts';

type Piece = Fragments['pieces'][number];

/** In order of time: a row for each record, and one for each loss that left none. */
export function recordRows(detail: AssociationDetail, twice: SeenTwice | null): readonly BurstRow[] {
  const views = new Map(detail.records.map((view) => [view.record, view]));
  const rows = wordBursts(detail, twice)
    .flatMap(({ opened }) => opened)
    .flatMap((row) => partsOf(row, { detail, twice, views }));
  const [captured, lost] = [rows.filter(isCaptured), rows.filter((row) => !isCaptured(row))];
  const inOrder = captured.sort((a, b) => (a.records[0] ?? 0) - (b.records[0] ?? 0));
  return withLosses([...inOrder, ...lost]);
}

const isCaptured = ({ records }: BurstRow): boolean => records.length > 0;

interface Around {
  readonly detail: AssociationDetail;
  readonly twice: SeenTwice | null;
  readonly views: ReadonlyMap<number, RecordView>;
}

function partsOf(row: BurstRow, around: Around): readonly BurstRow[] {
  const { records, fragments } = row;
  const lost = fragments?.pieces.some((piece) => piece.record === 0) ?? false;
  if (records.length < 2 && !lost) return [row];
  const captured = records.flatMap((record) => {
    const view = around.views.get(record);
    return view ? [recordRow(row, view, around)] : [];
  });
  return [
    ...captured,
    ...(fragments?.pieces ?? []).flatMap((piece, i) => (piece.record === 0 ? lostRow(row, piece, i) : [])),
  ];
}

function recordRow(row: BurstRow, view: RecordView, { detail, twice }: Around): BurstRow {
  const { record, timeMs, length, packets, packet, repeats, contents } = view;
  const at = row.fragments?.pieces.findIndex((piece) => piece.record === record) ?? -1;
  const piece = row.fragments?.pieces[at];
  const fate = piece?.fate ?? row.fate;
  const segments = segmentsOf(view, detail.association);
  return {
    ...row,
    key: record,
    records: [record],
    startMs: timeMs,
    endMs: timeMs,
    packets: packets.length > 0 ? packets : [packet],
    bytes: length,
    segments,
    fragments: onlyPiece(row.fragments, piece, at),
    note: segments.length === 1 ? (segments[0]?.note ?? null) : null,
    repeats: repeats === null ? [] : [repeats],
    acknowledges: contents.flatMap((content) =>
      content.kind === 'ack' ? content.acknowledged.flatMap((one) => one.record ?? []) : [],
    ),
    fate,
    crossing: twice && crossingOf([view], fate, twice),
  };
}

/** A piece that never reached the capture, told by the others of its message. */
function lostRow(row: BurstRow, piece: Piece, at: number): BurstRow {
  const [segment] = row.segments;
  return {
    ...row,
    key: (row.records[0] ?? 0) + at / 1000 + 0.0001,
    records: [],
    packets: [],
    bytes: 0,
    segments: segment ? [{ ...segment, record: 0, detail: range(piece.from, piece.to - piece.from), note: null }] : [],
    fragments: onlyPiece(row.fragments, piece, at),
    note: 'never captured',
    repeats: [],
    acknowledges: [],
    fate: piece.fate,
    crossing: row.crossing && { kind: 'never-captured', from: null, to: null, packets: '', delayMs: null },
    explanations: [],
  };
}

function onlyPiece(fragments: Fragments | null, piece: Piece | undefined, at: number): Fragments | null {
  return fragments && piece ? { ...fragments, pieces: [piece], first: fragments.first + at } : fragments;
}
