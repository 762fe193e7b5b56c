/** A message in pieces as one line: which bytes were sent, which are missing, and how the label counts them. */
import type { LossView } from '../analysis/story.ts';
import type { AssociationDetail, MessageView, RecordView } from '../analysis/trace.ts';
import type { Attempts } from './sequence-attempts.ts';
import type { Burst } from './sequence-bursts.ts';
import { numberRanges } from './sequence-columns.ts';
import { isVersion13, range, type Segment } from './sequence-segments.ts';
import type { Fate, Fragments } from './sequence-types.ts';

type Pieces = Fragments['pieces'];

/** The pieces of a transmission that never reached the capture, where the others tell their bytes. */
export interface LostPieces {
  /** By message, as an index into the detail's messages. */
  readonly of: ReadonlyMap<number, { readonly pieces: Pieces; readonly losses: readonly LossView[] }>;
  /** The losses that are told so. */
  readonly told: ReadonlySet<LossView>;
}

export function lostPieces(detail: AssociationDetail, attempts: Attempts, losses: readonly LossView[]): LostPieces {
  const of = new Map<number, { pieces: Pieces; losses: LossView[] }>();
  const told = new Set<LossView>();
  for (const loss of losses) {
    const [name, another] = loss.messages;
    const part = attempts.partOf(loss);
    if (name === undefined || another !== undefined || part === null) continue;
    const index = detail.messages.findIndex(
      (one) =>
        one.handshake === loss.handshake &&
        one.flight === loss.flight &&
        one.transmission === part &&
        one.name === name,
    );
    const message = detail.messages[index];
    const pieces = message && piecesIn(message, loss);
    if (!pieces) continue;
    const known = of.get(index);
    of.set(index, { pieces: [...(known?.pieces ?? []), ...pieces], losses: [...(known?.losses ?? []), loss] });
    told.add(loss);
  }
  return { of, told };
}

/** The one hole that lies between the records around the missing numbers, cut as its neighbours are. */
function piecesIn({ ranges, length }: MessageView, { evidence, sequenceNumbers }: LossView): Pieces | null {
  const at = (record: number | undefined) => ranges.findIndex((one) => one.record === record);
  const [before, after] = [ranges[at(evidence.at(-2))], ranges[at(evidence.at(-1))]];
  // Only where at least one end is a piece of it: else these numbers may have carried anything.
  if (ranges.length === 0 || (!before && !after)) return null;
  const [low, high] = [before?.to ?? 0, after?.from ?? length];
  const between = holesIn(ranges, length).filter(({ from, to }) => from >= low && to <= high);
  const [hole, another] = between;
  if (!hole || another) return null;
  const count = sequenceNumbers.length;
  const size = ranges.reduce((most, { from, to }) => Math.max(most, to - from), 0);
  const cut = count > 1 && size > 0 && Math.ceil((hole.to - hole.from) / size) === count ? size : hole.to - hole.from;
  const pieces: { record: number; from: number; to: number; fate: Fate }[] = [];
  for (let from = hole.from; from < hole.to; from += cut)
    pieces.push({ record: 0, from, to: Math.min(hole.to, from + cut), fate: 'lost' });
  return pieces;
}

export function fragmentsOf(
  burst: Burst,
  detail: AssociationDetail,
  fates: ReadonlyMap<number, Fate>,
  lost: LostPieces,
): Fragments | null {
  let messageLength = 0;
  const captured = burst.records.flatMap((one) => {
    const [content] = one.contents;
    if (content?.kind !== 'handshake') return [];
    messageLength = content.length;
    const { fragmentOffset: from, fragmentLength } = content;
    return [{ record: one.record, from, to: from + fragmentLength, fate: fates.get(one.record) ?? 'delivered' }];
  });
  const [piece] = captured;
  if (!piece) return null;
  const message = detail.messages[burst.message ?? -1];
  // A message may be in two bursts; what is missing belongs to the one that was there before it.
  const missing = belongsTo(burst, lost) ? (lost.of.get(burst.message ?? -1)?.pieces ?? []) : [];
  const pieces = missing.length > 0 ? [...captured, ...missing].sort((a, b) => a.from - b.from) : captured;
  const first = Math.max(0, message?.records.indexOf(piece.record) ?? 0) + 1;
  const sent = Math.max((message?.fragments ?? 0) + missing.length, first + pieces.length - 1);
  return { messageLength, pieces, first, sent };
}

/** Whether the losses of its message lie within or beside this burst. */
export function belongsTo({ message, records }: Burst, lost: LostPieces): boolean {
  const own = new Set(records.map((one) => one.record));
  const shown = lost.of.get(message ?? -1)?.losses ?? [];
  return shown.some(({ evidence }) => own.has(evidence.at(-2) ?? 0) || own.has(evidence.at(-1) ?? 0));
}

/** The one label of a message that came in pieces. */
export function mergedSegment(
  burst: Burst,
  fragments: Fragments,
  detail: AssociationDetail,
  lost: LostPieces,
  remark: string | null,
): Segment[] {
  const [only] = burst.segments;
  if (!only) return [];
  const captured = fragments.pieces.filter(({ record }) => record > 0);
  const unseen = fragments.pieces.length - captured.length;
  const [piece, another] = captured;
  const counted =
    unseen > 0 ? `${captured.length} of ${fragments.pieces.length} fragments` : `${captured.length} fragments`;
  const label = another || unseen > 0 || !piece ? counted : range(piece.from, piece.to - piece.from);
  const absent = burst.mark === 'first' ? missingIn(fragments, detail.messages[burst.message ?? -1]) : [];
  const gone = captured.filter((one) => one.fate !== 'delivered').map((one) => range(one.from, one.to - one.from));
  const told = gone.length > 0 && gone.length < captured.length;
  const numbers = isVersion13(detail.association) && only.epoch > 0 ? recordNumbers(burst, lost) : only.note;
  const parts = [
    numbers,
    absent.length > 0 ? `${absent.join(', ')} missing` : null,
    told ? `${gone.length > 2 ? gone.length : gone.join(', ')} lost` : null,
    remark,
  ];
  return [{ ...only, detail: label, note: parts.filter((part) => part !== null).join(', ') }];
}

/** What a repeat leaves out was not asked for; what a first transmission leaves out is missing. */
function missingIn({ pieces, messageLength }: Fragments, message: MessageView | undefined): string[] {
  if (message?.complete) return [];
  const captured = pieces.filter(({ record }) => record > 0);
  return holesIn(captured, messageLength).map(({ from, to }) => range(from, to - from));
}

/** "2:1–5", as an ACK would name them, with those that never came. */
function recordNumbers(burst: Burst, lost: LostPieces): string {
  const { records, message } = burst;
  const own = records.flatMap((record: RecordView) => record.sequenceNumber ?? []);
  const missing = belongsTo(burst, lost)
    ? (lost.of.get(message ?? -1)?.losses ?? []).flatMap(({ sequenceNumbers }) => sequenceNumbers)
    : [];
  const all = missing.length > 0 ? [...own, ...missing].sort((a, b) => a - b) : own;
  return `${records[0]?.epoch}:${numberRanges(all)}`;
}

function holesIn(pieces: readonly { readonly from: number; readonly to: number }[], length: number) {
  const found: { readonly from: number; readonly to: number }[] = [];
  let covered = 0;
  for (const { from, to } of [...pieces].sort((a, b) => a.from - b.from)) {
    if (from > covered) found.push({ from: covered, to: from });
    covered = Math.max(covered, to);
  }
  if (covered < length) found.push({ from: covered, to: length });
  return found;
}
