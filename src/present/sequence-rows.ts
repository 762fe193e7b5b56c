/**
 * The rows of the sequence diagram. A row is what one side sent in one breath: the records of one transmission,
 * the fragments of one message, or a long run of application data folded into one line. Every record is in one row.
 */
import type { Association, AssociationDetail, RecordView } from '../analysis/trace.ts';
import type { SeenTwice } from './capture-points.ts';
import { type Burst, bursts, openBurst } from './sequence-bursts.ts';
import { numberRanges } from './sequence-columns.ts';
import { crossingOf } from './sequence-crossing.ts';
import { foldRuns } from './sequence-folds.ts';
import { fatesOf, lossRows, withLosses } from './sequence-losses.ts';
import { isVersion13, range, type Segment } from './sequence-segments.ts';
import type { Attempt, BurstRow, Fate, Fragments, SequenceRow } from './sequence-types.ts';

/** A burst as one row, and the same burst opened. Worded once: no width and no fold changes it. */
export interface WordedBurst {
  readonly row: BurstRow;
  readonly opened: readonly BurstRow[];
}

export interface RowOptions {
  /** Whether these labels have room on one arrow. */
  readonly fits: (row: BurstRow) => boolean;
  /** Keys of the folds that the reader opened. */
  readonly open: ReadonlySet<number>;
}

/** `twice`: the two capture points; null with one. */
export function wordBursts(detail: AssociationDetail, twice: SeenTwice | null = null): WordedBurst[] {
  const fates = fatesOf(detail);
  const worded = bursts(detail.records, detail.association).map((burst) => {
    const row = describe(burst, detail, fates, twice);
    if (burst.records.length < 2) return { row, opened: [row] };
    return { row, opened: openBurst(burst).map((part) => describe(part, detail, fates, twice)) };
  });
  return [...worded, ...lossRows(detail, twice).map((row) => ({ row, opened: [row] }))];
}

export function sequenceRows(worded: readonly WordedBurst[], options: RowOptions): readonly SequenceRow[] {
  // attempts of one flight are compared line by line, so one that has to be opened opens the others
  const crowded = new Set<string>();
  for (const { row, opened } of worded) if (opened.length > 1 && !options.fits(row)) crowded.add(comparedWith(row));
  const divided = dividedAttempts(worded);
  const isOpen = (row: BurstRow) =>
    crowded.has(comparedWith(row)) ||
    (row.attempt?.number ?? 0) >= (divided.get(comparedWith(row)) ?? Number.POSITIVE_INFINITY);
  const rows = worded.flatMap(({ row, opened }) => (opened.length > 1 && isOpen(row) ? opened : row));
  return foldRuns(withLosses(rows), options.open);
}

/** Of each flight the first attempt of which a part was lost and a part was not: it and the later ones are opened. */
function dividedAttempts(worded: readonly WordedBurst[]): ReadonlyMap<string, number> {
  const fates = new Map<string, Fate>();
  const divided = new Map<string, number>();
  for (const { fate, attempt, fragments, mark } of worded.flatMap(({ opened }) => opened)) {
    if (!attempt || mark === 'duplicate') continue;
    const flight = `${attempt.handshake}.${attempt.flight}`;
    const key = `${flight} ${attempt.number}`;
    const known = fates.get(key) ?? fate;
    fates.set(key, known);
    if (known !== fate || fragments?.pieces.some((piece) => piece.fate !== fate))
      divided.set(flight, Math.min(attempt.number, divided.get(flight) ?? attempt.number));
  }
  return divided;
}

/** A burst outside flights is compared with no other. */
function comparedWith({ key, attempt }: BurstRow): string {
  return attempt ? `${attempt.handshake}.${attempt.flight}` : `record ${key}`;
}

function describe(
  burst: Burst,
  detail: AssociationDetail,
  fates: ReadonlyMap<number, Fate>,
  twice: SeenTwice | null,
): BurstRow {
  const { records, sender, mark } = burst;
  const [first] = records;
  const fate = fateOf(records, fates);
  const fragments = burst.fragmented ? fragmentsOf(burst, detail, fates) : null;
  const segments = fragments ? mergedSegment(burst, fragments, detail) : burst.segments;
  return {
    kind: 'burst',
    key: first?.record ?? 0,
    records: records.map((one) => one.record),
    evidence: [],
    sender,
    startMs: first?.timeMs ?? 0,
    endMs: records.reduce((latest, one) => Math.max(latest, one.timeMs), first?.timeMs ?? 0),
    packets: packetsOf(records),
    bytes: records.reduce((sum, one) => sum + one.length, 0),
    segments,
    fragments,
    note: noteOf(burst, segments),
    mark,
    repeats: records.flatMap((one) => one.repeats ?? []),
    acknowledges: acknowledgedBy(records),
    fate,
    crossing: twice && crossingOf(records, fate, twice),
    attempt: first ? attemptOf(first, detail.association) : null,
    explanations: [...new Set(records.flatMap((one) => one.explanation ?? []))],
    application: first?.flight === null && burst.records.every((one) => isApplication(one, detail.association)),
  };
}

/** A row is lost where all of it is. */
function fateOf(records: readonly RecordView[], fates: ReadonlyMap<number, Fate>): Fate {
  const first = records[0] && fates.get(records[0].record);
  return first && records.every(({ record }) => fates.has(record)) ? first : 'delivered';
}

function acknowledgedBy(records: readonly RecordView[]): readonly number[] {
  const contents = records.flatMap((one) => one.contents);
  return contents.flatMap((content) =>
    content.kind === 'ack' ? content.acknowledged.flatMap(({ record }) => record ?? []) : [],
  );
}

function packetsOf(records: readonly RecordView[]): readonly number[] {
  const [only, another] = records;
  if (only && !another && only.packets.length > 0) return only.packets;
  return [...new Set(records.flatMap((one) => (one.packets.length > 0 ? one.packets : [one.packet])))];
}

function noteOf({ records, mark }: Burst, segments: readonly Segment[]): string | null {
  const [only, another] = segments;
  const repeated = records[0]?.repeats ?? null;
  if (mark === 'duplicate') return repeated === null ? 'duplicate' : `copy of record ${repeated}`;
  // why a record is closed matters more than its place, which without keys is a guess in 1.3
  const reordered = records.some((one) => one.mark === 'reordered' && one.state !== 'undecryptable');
  if (reordered) return 'out of order';
  return another ? null : (only?.note ?? null);
}

/** The one label of a message that came in pieces. */
function mergedSegment(burst: Burst, fragments: Fragments, detail: AssociationDetail): Segment[] {
  const [only] = burst.segments;
  if (!only) return [];
  const [piece, another] = fragments.pieces;
  const label = another || !piece ? `${fragments.pieces.length} fragments` : range(piece.from, piece.to - piece.from);
  const complete = detail.messages[burst.message ?? -1]?.complete ?? false;
  const absent = complete ? [] : holes(fragments);
  // what a repeat leaves out was not asked for; what a first transmission leaves out is missing
  const missing = burst.mark === 'first' && absent.length > 0 ? `${absent.join(', ')} missing` : null;
  const lost = fragments.pieces
    .filter((one) => one.fate !== 'delivered')
    .map((one) => range(one.from, one.to - one.from));
  const without =
    lost.length > 0 && lost.length < fragments.pieces.length
      ? lost.length > 2
        ? `${lost.length} lost`
        : `${lost.join(', ')} lost`
      : null;
  const numbers = isVersion13(detail.association) && only.epoch > 0 ? recordNumbers(burst.records) : only.note;
  return [{ ...only, detail: label, note: [missing, without, numbers].filter((part) => part !== null).join(', ') }];
}

/** "2:1–5", as an ACK would name them. */
function recordNumbers(records: readonly RecordView[]): string {
  return `${records[0]?.epoch}:${numberRanges(records.flatMap((record) => record.sequenceNumber ?? []))}`;
}

function fragmentsOf(burst: Burst, detail: AssociationDetail, fates: ReadonlyMap<number, Fate>): Fragments | null {
  let messageLength = 0;
  const pieces = burst.records.flatMap((one) => {
    const [content] = one.contents;
    if (content?.kind !== 'handshake') return [];
    messageLength = content.length;
    const { fragmentOffset: from, fragmentLength } = content;
    return [{ record: one.record, from, to: from + fragmentLength, fate: fates.get(one.record) ?? 'delivered' }];
  });
  const [piece] = pieces;
  if (!piece) return null;
  const message = detail.messages[burst.message ?? -1];
  const first = Math.max(0, message?.records.indexOf(piece.record) ?? 0) + 1;
  return { messageLength, pieces, first, sent: Math.max(message?.fragments ?? 0, first + pieces.length - 1) };
}

function holes({ pieces, messageLength }: Fragments): string[] {
  const found: string[] = [];
  let covered = 0;
  for (const piece of [...pieces].sort((a, b) => a.from - b.from)) {
    if (piece.from > covered) found.push(range(covered, piece.from - covered));
    covered = Math.max(covered, piece.to);
  }
  if (covered < messageLength) found.push(range(covered, messageLength - covered));
  return found;
}

function attemptOf(record: RecordView, association: Association): Attempt | null {
  if (record.handshake === null || record.flight === null) return null;
  const handshake = association.handshakes.find((one) => one.number === record.handshake);
  const flight = handshake?.flights.find((one) => one.number === record.flight);
  const number = record.transmission ?? 1;
  const transmission = flight?.transmissions.find((one) => one.number === number);
  return {
    handshake: record.handshake,
    flight: record.flight,
    number,
    of: flight ? flight.transmissions.reduce((most, one) => Math.max(most, one.number), number) : null,
    complete: transmission?.complete ?? null,
    cause: transmission?.cause ?? 'unknown',
    sincePreviousMs: transmission?.sincePreviousMs ?? null,
  };
}

/** Application data, or what can only be that: without keys the content type is all there is. */
function isApplication(record: RecordView, association: Association): boolean {
  return record.contents.every((content) => {
    if (content.kind === 'applicationData') return true;
    if (content.kind !== 'encrypted' || record.epoch === 0) return false;
    return isVersion13(association) ? record.epoch >= 3 : content.contentType === 23 || content.contentType === 25;
  });
}
