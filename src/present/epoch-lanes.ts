/**
 * Epochs along the axis of the state ribbons: for each side one lane of what it writes, and one of what it can read.
 * A tick is a record; below a lane hangs what was written under an older epoch than the newest.
 */
import type { AssociationDetail, EpochView, RecordView, Sender } from '../analysis/trace.ts';
import { type DensityBar, laneTicks, type Stretch } from './lane-ticks.ts';
import { numberRanges } from './sequence-columns.ts';
import { summedOf } from './summed-records.ts';

export interface EpochBand {
  readonly epoch: number;
  readonly x: number;
  readonly width: number;
  /** "epoch 2", "2", or null where neither has room. */
  readonly label: string | null;
  /** False where its records could not be opened. */
  readonly keys: boolean;
  /** Since when it can be read is an assumption. */
  readonly inferred: boolean;
}

export interface LaneMark {
  /**
   * `late`: of an older epoch than its sender's newest. `early`: it came before its receiver had the keys. `missing`: it
   * did not come. `dropped`: a receiver with a replay window throws it away.
   */
  readonly kind: 'late' | 'early' | 'missing' | 'dropped';
  readonly x: number;
  /** The record, or for what is missing the one that shows it; null where none does. */
  readonly record: number | null;
  readonly says: string;
}

export interface EpochLane {
  readonly sender: Sender;
  readonly does: 'writes' | 'reads';
  /** False for a side whose own traffic was not captured where it was: what it reads and when is not certain. */
  readonly captured: boolean;
  readonly bands: readonly EpochBand[];
  readonly ticks: readonly number[];
  readonly bars: readonly DensityBar[];
  readonly marks: readonly LaneMark[];
  /** Numbers of records that did not come, as "0:5–6, 0:8"; empty where nothing is missing, and for what is written. */
  readonly missing: string;
  /** What the ticks stand for, in order of `times`. */
  readonly records: readonly RecordView[];
  /** Ascending. */
  readonly times: readonly number[];
}

export interface Axis {
  readonly xOf: (timeMs: number) => number;
  /** Right end. */
  readonly x1: number;
}

const WIDE_LABEL_PX = 60;
const LABEL_PX = 14;
const MARK_PX = 5;
/** Of one kind in one lane; what is closer together than a mark is wide is one mark anyhow. */
const MAX_MARKS = 400;
const MAX_BANDS = 40;

export function epochLanes(detail: AssociationDetail, axis: Axis): EpochLane[] {
  const lost = new Set(detail.losses.flatMap((loss) => loss.records));
  return (['client', 'server'] as const).flatMap((sender) => [
    writes(sender, detail, axis),
    reads(sender, detail, axis, lost),
  ]);
}

function writes(sender: Sender, detail: AssociationDetail, axis: Axis): EpochLane {
  const { association, records, vantage } = detail;
  const own = records.filter((record) => record.sender === sender);
  const epochs = association.epochs.filter((epoch) => epoch.sender === sender);
  const late = new Set(epochs.flatMap((epoch) => epoch.late));
  const marks = own
    .filter(({ record }) => late.has(record))
    .map((one) => mark('late', axis.xOf(one.timeMs), `${nameOf(one)} is of epoch ${one.epoch} again`, one.record));
  const inLane = laneRecords(
    own.filter(({ record }) => !late.has(record)),
    ({ timeMs }) => timeMs,
  );
  const starts = epochs.map((epoch) => ({ epoch, fromMs: epoch.writeFromMs, inferred: false }));
  return {
    sender,
    does: 'writes',
    captured: isCaptured(sender, vantage),
    bands: bandsOf(starts, axis),
    ...laneTicks(inLane.times.map(axis.xOf), stretchesOf(sender, detail, axis)),
    marks: thinned(marks),
    missing: '',
    ...inLane,
  };
}

/** What the peer wrote, from when this side could read it. */
function reads(reader: Sender, detail: AssociationDetail, axis: Axis, lost: ReadonlySet<number>): EpochLane {
  const writer: Sender = reader === 'client' ? 'server' : 'client';
  const epochs = detail.association.epochs.filter((epoch) => epoch.sender === writer);
  const came = detail.records.filter(({ sender, record }) => sender === writer && !lost.has(record));
  const since = new Map(epochs.map((epoch) => [epoch.epoch, epoch.readableFromMs]));
  const early = came.filter((record) => arrivalMs(record) < (since.get(record.epoch) ?? Number.NEGATIVE_INFINITY));
  const drops = new Map(detail.replayDrops.map((drop) => [drop.record, drop.why]));
  const starts = epochs.flatMap((epoch) =>
    epoch.readableFromMs === null
      ? []
      : [{ epoch, fromMs: epoch.readableFromMs, inferred: epoch.readableCertainty === 'inferred' }],
  );
  const inLane = laneRecords(came, arrivalMs);
  const absent = missing(writer, detail, axis);
  return {
    sender: reader,
    does: 'reads',
    captured: isCaptured(reader, detail.vantage),
    bands: bandsOf(starts, axis),
    ...laneTicks(inLane.times.map(axis.xOf), stretchesOf(writer, detail, axis)),
    missing: absent.map((one) => one.numbers).join(', '),
    ...inLane,
    marks: thinned([
      ...absent,
      ...early.map((one) => mark('early', axis.xOf(arrivalMs(one)), `${nameOf(one)} came before its keys`, one.record)),
      ...came.flatMap((record) => {
        const why = drops.get(record.record);
        if (why === undefined) return [];
        const reason = why === 'repeated' ? 'its number came before' : 'its number is too old';
        const says = `A replay window drops ${nameOf(record)}: ${reason}`;
        return [mark('dropped', axis.xOf(arrivalMs(record)), says, record.record)];
      }),
    ]),
  };
}

/** What this side wrote that is not told one by one. */
function stretchesOf(writer: Sender, detail: AssociationDetail, { xOf }: Axis): Stretch[] {
  return summedOf(detail)
    .filter((sum) => sum[writer].records > 0)
    .map((sum) => ({ x0: xOf(sum.startMs), x1: xOf(sum.endMs), records: sum[writer].records }));
}

/** Near an endpoint, the capture has what that one sent and got; in the middle of the path neither is certain. */
function isCaptured(side: Sender, { position }: AssociationDetail['vantage']): boolean {
  return position === 'unknown' || position === 'both' || position === side;
}

function laneRecords(records: readonly RecordView[], timeOf: (record: RecordView) => number) {
  const inOrder = records.toSorted((a, b) => timeOf(a) - timeOf(b));
  return { records: inOrder, times: inOrder.map(timeOf) };
}

interface MissingMark extends LaneMark {
  /** "0:5–6" */
  readonly numbers: string;
}

/** Losses as they are told, and gaps between record numbers that no loss tells of. */
function missing(writer: Sender, { association, losses, records }: AssociationDetail, axis: Axis): MissingMark[] {
  const own = losses.filter((loss) => loss.sender === writer);
  const told = new Set(own.flatMap(({ epoch, sequenceNumbers }) => sequenceNumbers.map((n) => `${epoch}:${n}`)));
  const marks = own.map(({ epoch, sequenceNumbers, timeMs, messages, evidence, records: lost }) => ({
    ...mark(
      'missing',
      axis.xOf(timeMs),
      `${missingName(epoch, sequenceNumbers, messages)} did not come`,
      lost[0] ?? evidence.at(-1) ?? null,
    ),
    numbers: numbersText(epoch, sequenceNumbers),
  }));
  const gaps = association.epochs
    .filter((epoch) => epoch.sender === writer)
    .map(({ epoch, missing: numbers }) => ({ epoch, numbers: numbers.filter((n) => !told.has(`${epoch}:${n}`)) }))
    .filter(({ numbers }) => numbers.length > 0);
  if (gaps.length === 0) return marks;
  const known = new Map<string, RecordView>();
  for (const record of records) {
    const key = `${record.epoch}:${record.sequenceNumber}`;
    if (record.sender === writer && !known.has(key)) known.set(key, record);
  }
  return [...marks, ...gaps.flatMap(({ epoch, numbers }) => gapMarks(epoch, numbers, known, axis))];
}

/** Each run of missing numbers before the record that comes after it. */
function gapMarks(
  epoch: number,
  numbers: readonly number[],
  known: ReadonlyMap<string, RecordView>,
  { xOf }: Axis,
): MissingMark[] {
  const marks: MissingMark[] = [];
  let run: number[] = [];
  for (const number of numbers) {
    run.push(number);
    const next = known.get(`${epoch}:${number + 1}`);
    if (!next) continue;
    const says = `${missingName(epoch, run, [])} is not in the capture`;
    marks.push({ ...mark('missing', xOf(next.timeMs), says, next.record), numbers: numbersText(epoch, run) });
    run = [];
  }
  return marks;
}

function missingName(epoch: number, numbers: readonly number[], messages: readonly string[]): string {
  const what = messages.length > 0 ? ` (${messages.join(', ')})` : '';
  return numbers.length === 0 ? `A record${what}` : `Record ${numbersText(epoch, numbers)}${what}`;
}

function numbersText(epoch: number, numbers: readonly number[]): string {
  return numbers.length === 0 ? `one of epoch ${epoch}` : `${epoch}:${numberRanges(numbers)}`;
}

interface Start {
  readonly epoch: EpochView;
  readonly fromMs: number;
  readonly inferred: boolean;
}

/** From where each epoch begins to where the next one does. */
function bandsOf(starts: readonly Start[], { xOf, x1 }: Axis): EpochBand[] {
  const ordered = starts.toSorted((a, b) => a.epoch.epoch - b.epoch.epoch);
  const bands = ordered.map(({ epoch, fromMs, inferred }, i) => {
    const x = xOf(fromMs);
    const next = ordered[i + 1];
    const width = Math.max(0, (next ? xOf(next.fromMs) : x1) - x);
    const label = width > WIDE_LABEL_PX ? `epoch ${epoch.epoch}` : width > LABEL_PX ? String(epoch.epoch) : null;
    return { epoch: epoch.epoch, x, width, label, keys: epoch.keys, inferred };
  });
  // A sender that updates its keys all the time leaves nothing to see of most epochs.
  return bands.length > MAX_BANDS ? bands.filter((band) => band.width >= 1) : bands;
}

function mark(kind: LaneMark['kind'], x: number, says: string, record: number | null): LaneMark {
  return { kind, x, says, record };
}

/** As it is called in ACKs, else by its number in the trace. */
function nameOf({ record, epoch, sequenceNumber }: RecordView): string {
  return sequenceNumber === null ? `record ${record}` : `record ${epoch}:${sequenceNumber}`;
}

function arrivalMs({ arrival, timeMs }: RecordView): number {
  return arrival?.timeMs ?? timeMs;
}

/** One mark of a kind where several would cover each other. */
function thinned(marks: readonly LaneMark[]): LaneMark[] {
  const kept = new Map<string, { mark: LaneMark; more: number }>();
  for (const one of marks) {
    const slot = `${one.kind} ${Math.round(one.x / MARK_PX)}`;
    const known = kept.get(slot);
    if (known) known.more++;
    else if (kept.size < MAX_MARKS) kept.set(slot, { mark: one, more: 0 });
  }
  return [...kept.values()].map(({ mark: one, more }) =>
    more === 0 ? one : { ...one, says: `${one.says}, and ${more} more here` },
  );
}
