/**
 * The rows of the sequence diagram. A row is what one side sent in one breath: the records of one transmission,
 * the fragments of one message, or a long run of application data folded into one line. Every record is in one row.
 */
import type { DuplicateOrigin } from '../analysis/story.ts';
import type { Association, AssociationDetail, RecordView, SummedData } from '../analysis/trace.ts';
import { isApplication } from './application-record.ts';
import type { SeenTwice } from './capture-points.ts';
import { type Attempts, attemptsOf, neverCaptured } from './sequence-attempts.ts';
import { type Burst, bursts, openBurst } from './sequence-bursts.ts';
import { crossingOf } from './sequence-crossing.ts';
import { foldRuns } from './sequence-folds.ts';
import { belongsTo, fragmentsOf, type LostPieces, lostPieces, mergedSegment } from './sequence-fragments.ts';
import { fatesOf, lossRows, withLosses } from './sequence-losses.ts';
import { OF_ALL, remarksOf } from './sequence-remarks.ts';
import { isVersion13, type Segment } from './sequence-segments.ts';
import { timerOf } from './sequence-timers.ts';
import type { Attempt, BurstRow, Fate, SequenceRow } from './sequence-types.ts';

/** A burst as one row, and the same burst opened. Worded once: no width and no fold changes it. */
export interface WordedBurst {
  readonly row: BurstRow;
  readonly opened: readonly BurstRow[];
}

export interface RowOptions {
  /** Whether these labels have room on one arrow. */
  readonly fits: (row: BurstRow) => boolean;
  /** Keys of what the reader opened: folds, and bursts; a burst that was open by itself is folded. */
  readonly open: ReadonlySet<number>;
  /** What is told in sums alone; absent where every record has its row. */
  readonly summed?: readonly SummedData[];
}

/** What all rows of an association are worded with. */
interface Setting {
  readonly detail: AssociationDetail;
  readonly twice: SeenTwice | null;
  readonly fates: ReadonlyMap<number, Fate>;
  readonly remarks: ReadonlyMap<number, string>;
  readonly attempts: Attempts;
  readonly lost: LostPieces;
}

/** `twice`: the two capture points; null with one. */
export function wordBursts(detail: AssociationDetail, twice: SeenTwice | null = null): WordedBurst[] {
  const attempts = attemptsOf(detail);
  const lost = lostPieces(detail, attempts, neverCaptured(detail));
  const setting = { detail, twice, fates: fatesOf(detail), remarks: remarksOf(detail), attempts, lost };
  const worded = bursts(detail.records, detail.association).map((burst) => {
    const row = describe(burst, setting, null);
    if (burst.records.length < 2) return { row, opened: [row] };
    const parts = openBurst(burst);
    if (parts.length < 2) return { row, opened: [row] };
    return { row: { ...row, opens: 'closed' as const }, opened: parts.map((part) => describe(part, setting, row.key)) };
  });
  const attempt = (handshake: number | null, flight: number | null, transmission: number) =>
    attemptAt(handshake, flight, transmission, setting);
  const losses = lossRows(detail, { attempts, attemptOf: attempt, twice, drawn: lost.told });
  return [...worded, ...losses.map((row) => ({ row, opened: [row] }))];
}

export function sequenceRows(worded: readonly WordedBurst[], options: RowOptions): readonly SequenceRow[] {
  // attempts of one flight are compared line by line, so one that has to be opened opens the others
  const crowded = new Set<string>();
  for (const { row, opened } of worded) if (opened.length > 1 && !options.fits(row)) crowded.add(comparedWith(row));
  const divided = dividedAttempts(worded);
  const opensItself = (row: BurstRow) =>
    crowded.has(comparedWith(row)) ||
    (row.attempt?.number ?? 0) >= (divided.get(comparedWith(row)) ?? Number.POSITIVE_INFINITY);
  const rows = worded.flatMap(({ row, opened }) =>
    opened.length > 1 && opensItself(row) !== options.open.has(row.key) ? opened : row,
  );
  return foldRuns(withLosses(rows), options.open, options.summed);
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

/** `burst` is the key of the burst that this one was opened from; null for a whole one. */
function describe(burst: Burst, setting: Setting, opened: number | null): BurstRow {
  const { detail, twice, fates, lost } = setting;
  const { records, sender } = burst;
  const [first] = records;
  const fate = fateOf(records, fates);
  const fragments = burst.fragmented ? fragmentsOf(burst, detail, fates, lost) : null;
  const remark = remarkOf(burst, setting);
  const attempt = first ? attemptAt(first.handshake, first.flight, first.transmission ?? 1, setting) : null;
  const segments = fragments ? mergedSegment(burst, fragments, detail, lost, remark) : burst.segments;
  const key = first?.record ?? 0;
  const again = burst.mark === 'first' && (attempt?.number ?? 1) > (first?.transmission ?? 1);
  return {
    kind: 'burst',
    key,
    burst: opened ?? key,
    opens: opened === null ? null : 'open',
    records: records.map((one) => one.record),
    evidence: evidenceOf(burst, lost),
    follows: null,
    sender,
    startMs: first?.timeMs ?? 0,
    endMs: records.reduce((latest, one) => Math.max(latest, one.timeMs), first?.timeMs ?? 0),
    packets: packetsOf(records),
    // What only stands in for a length counts nothing.
    bytes: records.reduce((sum, one) => sum + (one.leftOut === 'content-and-length' ? 0 : one.length), 0),
    segments: partlyRepeated(segments, fragments, attempt),
    fragments,
    note: noteOf(burst, segments, fragments ? null : remark, detail.association),
    // Nothing of an earlier attempt was captured, so that this one is the first only to the capture.
    mark: again ? 'retransmission' : burst.mark,
    overtaken: isOvertaken(burst),
    repeats: records.flatMap((one) => one.repeats ?? []),
    acknowledges: acknowledgedBy(records),
    fate,
    crossing: twice && crossingOf(records, fate, twice),
    attempt,
    explanations: [...new Set(records.flatMap((one) => one.explanation ?? []))],
    application: first?.flight === null && burst.records.every((one) => isApplication(one, detail.association)),
  };
}

/** Records that show the loss of one of its pieces. */
function evidenceOf(burst: Burst, lost: LostPieces): readonly number[] {
  if (!burst.fragmented || !belongsTo(burst, lost)) return [];
  return (lost.of.get(burst.message ?? -1)?.losses ?? []).flatMap(({ evidence }) => evidence);
}

/** A repeat that an ACK asked for is told by what it leaves out. */
function partlyRepeated(
  segments: readonly Segment[],
  fragments: BurstRow['fragments'],
  attempt: Attempt | null,
): readonly Segment[] {
  if (!fragments || attempt?.cause !== 'partial-ack') return segments;
  const sent = fragments.pieces.reduce((sum, { from, to }) => sum + to - from, 0);
  if (sent >= fragments.messageLength) return segments;
  return segments.map((one) => ({ ...one, detail: 'only what no ACK named' }));
}

/** That of its last record; of an ACK that named it only where it named all of them. */
function remarkOf({ records }: Burst, { remarks }: Setting): string | null {
  const told = records.map(({ record }) => remarks.get(record) ?? null);
  const last = told.at(-1) ?? null;
  return last !== null && OF_ALL.has(last) && told.some((one) => one !== last) ? null : last;
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

function isOvertaken({ records }: Burst): boolean {
  // why a record is closed matters more than its place, which without keys is a guess in 1.3
  return records.some((one) => one.mark === 'reordered' && one.state !== 'undecryptable');
}

const COPIES: Readonly<Record<DuplicateOrigin, (record: number) => string>> = {
  network: (record) => `copy of record ${record} by the network`,
  capture: (record) => `record ${record}, captured twice`,
  replay: (record) => `replay of record ${record}`,
  'reused-number': (record) => `record ${record} sent again as it was`,
};

function noteOf(
  burst: Burst,
  segments: readonly Segment[],
  remark: string | null,
  association: Association,
): string | null {
  const [only, another] = segments;
  const [first] = burst.records;
  const repeated = first?.repeats ?? null;
  if (burst.mark === 'duplicate') {
    if (repeated === null) return 'duplicate';
    return first?.duplicateOrigin ? COPIES[first.duplicateOrigin](repeated) : `copy of record ${repeated}`;
  }
  if (isOvertaken(burst)) return 'out of order';
  const own = another ? null : (only?.note ?? null);
  if (remark === null || own === null) return remark ?? own;
  // ACKs name records of 1.3 by their numbers, so these stay
  const named = isVersion13(association) && /^\d+:\d/.test(own);
  return named || only?.sign ? `${own}, ${remark}` : remark;
}

function attemptAt(
  handshake: number | null,
  flight: number | null,
  transmission: number,
  { detail, attempts }: Setting,
): Attempt | null {
  if (handshake === null || flight === null) return null;
  const known = detail.association.handshakes
    .find((one) => one.number === handshake)
    ?.flights.find((one) => one.number === flight);
  const sent = known?.transmissions.find((one) => one.number === transmission);
  const number = attempts.numberOf(handshake, flight, transmission);
  const cause = sent?.cause ?? 'unknown';
  return {
    handshake,
    flight,
    number,
    of: known ? Math.max(attempts.countOf(handshake, flight), number) : null,
    complete: sent?.complete ?? null,
    cause: cause === 'initial' && number > 1 ? 'unknown' : cause,
    sincePreviousMs: sent?.sincePreviousMs ?? null,
    timerMs: cause === 'timer' && known ? timerOf(detail.timers[known.sender], sent?.sincePreviousMs ?? null) : null,
  };
}
