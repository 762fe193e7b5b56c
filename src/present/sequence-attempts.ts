/**
 * Which attempt of its flight a transmission is. The analysis numbers those that were captured; one that was lost as a
 * whole before it could be captured counts as well, where missing record numbers tell of it.
 */
import type { LossView } from '../analysis/story.ts';
import type { AssociationDetail, FlightView, RecordView, TransmissionView } from '../analysis/trace.ts';

/** A transmission that nothing was captured of. */
export interface LostCopy {
  readonly handshake: number;
  readonly flight: number;
  readonly number: number;
  /** What it is known to have held, and the numbers of its records. */
  readonly losses: readonly LossView[];
  /** The record that it presumably answers, and when that was sent; null where nothing tells. */
  readonly answers: { readonly record: number; readonly timeMs: number } | null;
}

export interface Attempts {
  /** The attempt that a captured transmission is. */
  readonly numberOf: (handshake: number, flight: number, transmission: number) => number;
  /** Attempts of a flight, captured or not. */
  readonly countOf: (handshake: number, flight: number) => number;
  readonly lost: readonly LostCopy[];
  /** The losses that they are made of. */
  readonly told: ReadonlySet<LossView>;
  /** The captured transmission that a loss was a part of, where it was. */
  readonly partOf: (loss: LossView) => number | null;
}

/** More losses before the capture than this are not told one by one. */
export const MOST_LOSSES = 500;
/** More copies than this in one gap are not told apart. */
const MOST_COPIES = 8;
/** What follows within this time was presumably caused by it. */
const ANSWER_MS = 250;

interface Gap {
  readonly handshake: number;
  readonly flight: FlightView;
  /** The captured transmission that comes after it. */
  readonly next: TransmissionView | undefined;
  readonly losses: LossView[];
}

const known = new WeakMap<AssociationDetail, Attempts>();

export function attemptsOf(detail: AssociationDetail): Attempts {
  const before = known.get(detail);
  if (before) return before;
  const attempts = countAttempts(detail);
  known.set(detail, attempts);
  return attempts;
}

function countAttempts(detail: AssociationDetail): Attempts {
  const byRecord = new Map(detail.records.map((one) => [one.record, one]));
  const gaps = new Map<string, Gap>();
  const parts = new Map<LossView, number>();
  for (const loss of neverCaptured(detail)) {
    const flight = flightOf(detail, loss.handshake, loss.flight);
    if (!flight || loss.handshake === null) continue;
    const part = loss.transmission ?? transmissionOf(detail, flight, loss);
    if (part !== null) {
      parts.set(loss, part);
      continue;
    }
    const next = after(flight, loss);
    const key = `${loss.handshake}.${flight.number} ${next?.number ?? ''}`;
    const gap = gaps.get(key) ?? { handshake: loss.handshake, flight, next, losses: [] };
    gap.losses.push(loss);
    gaps.set(key, gap);
  }
  const lost: LostCopy[] = [];
  const before = new Map<string, number[]>();
  const inOrder = [...gaps.values()].sort((a, b) => placeOf(a) - placeOf(b));
  for (const gap of inOrder) {
    const copies = copiesOf(gap, detail, byRecord);
    const name = `${gap.handshake}.${gap.flight.number}`;
    const place = placeOf(gap);
    before.set(name, [...(before.get(name) ?? []), ...Array<number>(copies.length).fill(place)]);
    for (const copy of copies) lost.push(copy);
  }
  const earlier = (name: string, transmission: number) =>
    (before.get(name) ?? []).filter((place) => place <= transmission).length;
  return {
    numberOf: (handshake, flight, transmission) => transmission + earlier(`${handshake}.${flight}`, transmission),
    countOf: (handshake, flight) =>
      (flightOf(detail, handshake, flight)?.transmissions.length ?? 0) +
      (before.get(`${handshake}.${flight}`)?.length ?? 0),
    lost: numbered(lost, before),
    told: new Set(inOrder.flatMap(({ losses }) => losses)),
    partOf: (loss) => parts.get(loss) ?? null,
  };
}

/** Losses that no captured record is: those that have rows of their own. */
export function neverCaptured({ losses }: Pick<AssociationDetail, 'losses'>): readonly LossView[] {
  return losses.filter((loss) => loss.records.length === 0).slice(0, MOST_LOSSES);
}

/** Number of the captured transmission that a gap comes before. */
const placeOf = ({ next, flight }: Gap): number => next?.number ?? flight.transmissions.length + 1;

function flightOf({ association }: AssociationDetail, handshake: number | null, flight: number | null) {
  const own = association.handshakes.find((one) => one.number === handshake);
  return own?.flights.find((one) => one.number === flight);
}

/** The first captured transmission after a loss: the one that shows it, else the first that is later. */
function after({ transmissions }: FlightView, { evidence, timeMs }: LossView): TransmissionView | undefined {
  const shown = evidence.at(-1) ?? 0;
  return (
    transmissions.find(({ records }) => records.includes(shown)) ??
    transmissions.find(({ startMs }) => startMs >= timeMs)
  );
}

/**
 * What no number tells was in the transmission that shows it; and what the one before lacks is missing there, before a
 * whole one is.
 */
function transmissionOf(detail: AssociationDetail, flight: FlightView, loss: LossView): number | null {
  const next = after(flight, loss);
  if (loss.sequenceNumbers.length === 0) return next?.number ?? null;
  const previous = flight.transmissions.findLast(({ number }) => next === undefined || number < next.number);
  if (!previous) return null;
  const has = new Set(
    detail.messages
      .filter((one) => one.handshake === loss.handshake && one.flight === flight.number)
      .filter((one) => one.transmission === previous.number)
      .map((one) => one.name),
  );
  return loss.messages.length > 0 && loss.messages.every((name) => !has.has(name)) ? previous.number : null;
}

/** One copy for each time that the missing numbers hold all its records. */
function copiesOf(gap: Gap, detail: AssociationDetail, byRecord: ReadonlyMap<number, RecordView>): LostCopy[] {
  const { handshake, flight, losses } = gap;
  const counts = losses.map((loss) => timesIn(loss, flight, byRecord));
  const copies = counts.reduce((most, count) => Math.max(most, count), 1);
  const answers = answered(gap, detail, byRecord, copies);
  return Array.from({ length: copies }, (_, i) => ({
    handshake,
    flight: flight.number,
    number: 0,
    losses: losses.flatMap((loss, k) => shareOf(loss, i, counts[k] ?? 1)),
    answers: answers[Math.min(i, answers.length - 1)] ?? null,
  }));
}

function timesIn(
  { epoch, sequenceNumbers }: LossView,
  { transmissions }: FlightView,
  byRecord: ReadonlyMap<number, RecordView>,
): number {
  const sizes = transmissions.map(
    ({ records }) => records.filter((record) => byRecord.get(record)?.epoch === epoch).length,
  );
  const complete = transmissions.findIndex((one) => one.complete);
  const size = sizes[complete] ?? Math.max(0, ...sizes);
  const times = size > 0 ? sequenceNumbers.length / size : 1;
  return Number.isInteger(times) && times <= MOST_COPIES ? times : 1;
}

/** The numbers of one copy, where a loss has those of several. */
function shareOf(loss: LossView, copy: number, copies: number): LossView[] {
  if (copy >= copies) return [];
  const size = loss.sequenceNumbers.length / copies;
  return [{ ...loss, sequenceNumbers: loss.sequenceNumbers.slice(copy * size, (copy + 1) * size) }];
}

/** Transmissions of the other side that the lost copies answered; the last one may have brought what was captured. */
function answered(
  { handshake, flight, next, losses }: Gap,
  detail: AssociationDetail,
  byRecord: ReadonlyMap<number, RecordView>,
  copies: number,
): NonNullable<LostCopy['answers']>[] {
  const previous = flight.transmissions.findLast(({ number }) => next !== undefined && number < next.number);
  const from = losses.reduce(
    (latest, { evidence }) =>
      evidence.length > 1 ? Math.max(latest, byRecord.get(evidence[0] ?? 0)?.timeMs ?? latest) : latest,
    previous?.endMs ?? Number.NEGATIVE_INFINITY,
  );
  const until = next?.startMs ?? Number.POSITIVE_INFINITY;
  const asked = (flightOf(detail, handshake, flight.number - 1)?.transmissions ?? []).filter(
    ({ endMs }) => endMs >= from && endMs <= until,
  );
  const last = asked.at(-1);
  const caused = last && until - last.endMs <= ANSWER_MS && asked.length > 1 ? asked.slice(0, -1) : asked;
  return caused.slice(-copies).flatMap(({ records, endMs }) => {
    const record = records.at(-1);
    return record === undefined ? [] : [{ record, timeMs: endMs }];
  });
}

function numbered(lost: readonly LostCopy[], before: ReadonlyMap<string, readonly number[]>): LostCopy[] {
  const told = new Map<string, number>();
  return lost.map((copy) => {
    const name = `${copy.handshake}.${copy.flight}`;
    const index = told.get(name) ?? 0;
    told.set(name, index + 1);
    // Captured ones before it, and lost ones before it.
    const place = before.get(name)?.[index] ?? 1;
    return { ...copy, number: place + index };
  });
}
