/**
 * When an endpoint had received a flight of its peer. One capture shows what was sent; that it arrived follows from
 * what the receiver does next, and the record that completed the flight is the best guess of when (RFC 6347 §4.2.4:
 * parts of a flight change nothing). Where two capture points were merged, the arrival is known.
 */
import { acksOf, peerOf } from './acknowledged.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { closedShape } from './closed-shapes.ts';
import { CLOSED_HANDSHAKE, CLOSED_RECORDS } from './flight-parts.ts';
import { transitOf } from './rare-traits.ts';
import type { Certainty, FateView } from './story.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

export type Fates = ReadonlyMap<Transmission, FateView>;

export interface Receipt {
  readonly timeMs: number;
  /** Index of the record that completed the flight; null where it was not captured. */
  readonly record: number | null;
  readonly certainty: Certainty;
}

/** One record of the flight, when it reached the receiver as far as it can be told. */
interface Arrival {
  readonly record: number;
  readonly timeMs: number;
  readonly transmission: number;
  readonly pieces: Transmission['units'][number]['pieces'];
  /** A closed record with the size of a Finished. */
  readonly ends?: boolean;
}

/** An answer this soon after a repeat answers the repeat, not the original. */
const ANSWER_WITHIN_MS = 50;

/** Record numbers of one ACK that are looked at. */
const MAX_NAMED = 256;

const LOST: ReadonlySet<string> = new Set(['lost-before-capture', 'lost-after-capture', 'lost-between', 'damaged']);

export class Arrivals {
  readonly #flight: SentFlight;
  /** Ascending by time. */
  readonly #arrived: readonly Arrival[];
  /** With what seems to be lost, where the rest does not make the flight whole: some of it may have come through. */
  readonly #all: readonly Arrival[];
  readonly #certainty: Certainty;
  /** What stayed closed has no offsets: nothing tells when it was whole. */
  readonly #closed: boolean;

  constructor(
    flight: SentFlight,
    arrived: readonly Arrival[],
    certainty: Certainty,
    doubtful: readonly Arrival[] = [],
  ) {
    this.#flight = flight;
    this.#arrived = inTime(arrived);
    this.#all =
      doubtful.length === 0 || completing(flight, this.#arrived) ? this.#arrived : inTime([...arrived, ...doubtful]);
    this.#certainty = certainty;
    this.#closed = ownParts(flight).some((p) => p.name === CLOSED_RECORDS);
  }

  /**
   * The receiver answered at this time, which proves that it had all of the flight.
   * @param waitingMs when it last sent its own flight before: it had not received all by then.
   * @param late the answer came much later than it was sent.
   */
  beforeAnswer(answerMs: number, waitingMs: number, late: boolean): Receipt {
    const before = this.#all.filter((a) => a.timeMs <= answerMs);
    const last = before.at(-1);
    if (!last) return { timeMs: answerMs, record: null, certainty: 'inferred' };
    const first = firstSince(this.#flight, before, waitingMs);
    if (this.#closed || !first) return this.#receipt(last);
    const repeated = last.transmission > first.transmission && answerMs - last.timeMs <= ANSWER_WITHIN_MS;
    return this.#receipt(repeated && !late && this.#certainty !== 'seen' ? last : first);
  }

  /** Nothing answers the flight: it was received if all of it came after the receiver last asked for it. */
  afterAsking(askedMs: number): Receipt | null {
    const since = this.#closed ? this.#arrived.filter((a) => a.timeMs >= askedMs) : [];
    const found = this.#closed
      ? (since.find((a) => a.ends) ?? since.at(0) ?? null)
      : firstSince(this.#flight, this.#arrived, askedMs);
    return found ? this.#receipt(found) : null;
  }

  /** The last that had come by then; null for nothing. */
  lastUpTo(timeMs: number): Receipt | null {
    const last = this.#all.findLast((a) => a.timeMs <= timeMs);
    return last ? this.#receipt(last) : null;
  }

  #receipt({ record, timeMs }: Arrival): Receipt {
    return { record, timeMs, certainty: this.#certainty };
  }
}

const inTime = (arrivals: readonly Arrival[]): readonly Arrival[] =>
  arrivals.toSorted((a, b) => a.timeMs - b.timeMs || a.record - b.record);

/** What reached the receiver of a flight, as far as it can be told. */
export function arrivalsOf(trace: AnalysedTrace, flight: SentFlight, fates: Fates): Arrivals {
  const seen: Arrival[] = [];
  const likely: Arrival[] = [];
  const doubtful: Arrival[] = [];
  for (const transmission of flight.transmissions) {
    const lost = LOST.has(fates.get(transmission)?.fate ?? 'unknown');
    for (const { record, pieces } of transmission.units) {
      const transit = transitOf(trace, record);
      const arrivedMs = transit ? trace.arrivalMs(record) : null;
      const known = transit !== undefined && (transit.proven || arrivedMs !== null);
      if (known && (arrivedMs === null || transit.altered)) continue;
      const shape = shapeOf(trace, record);
      if (shape === 'ack' || shape === 'alert') continue;
      const timeMs = arrivedMs ?? trace.timeMs(record);
      const arrival = { record, timeMs, transmission: transmission.number, pieces, ends: shape === 'finished' };
      (known ? seen : lost ? doubtful : likely).push(arrival);
    }
  }
  if (likely.length + doubtful.length === 0 || completing(flight, seen)) return new Arrivals(flight, seen, 'seen');
  return new Arrivals(flight, [...seen, ...likely], 'inferred', doubtful);
}

function shapeOf(trace: AnalysedTrace, record: number) {
  const association = trace.analysed[trace.records.columns.association[record] ?? -1];
  return association ? closedShape(trace, association.state, record) : null;
}

/** What ACKs of the other side say of the flight: they prove exactly the records they name (RFC 9147 §7). */
export function acknowledgementsOf(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  flight: SentFlight,
): Arrivals {
  const { state } = association;
  const units = new Map(
    flight.transmissions.flatMap((t) => t.units.map((u) => [u.record, { ...u, of: t.number }] as const)),
  );
  const named: Arrival[] = [];
  for (const record of acksOf(trace, association)[peerOf(flight.side)].records) {
    const timeMs = trace.arrivalMs(record) ?? trace.timeMs(record);
    for (const item of state.carried.get(record) ?? []) {
      if (item.kind !== 'ack') continue;
      for (const number of item.recordNumbers.slice(0, MAX_NAMED)) {
        const unit = units.get((state.recordWithNumber(record, number) ?? 0) - 1);
        if (unit) named.push({ record, timeMs, transmission: unit.of, pieces: unit.pieces });
      }
    }
  }
  return new Arrivals(flight, named, 'near-certain');
}

/**
 * The arrival, not before that time, with which the flight was whole; what came earlier counts if it left something
 * to come, else it was lost and only what came since counts.
 */
function firstSince(flight: SentFlight, arrivals: readonly Arrival[], sinceMs: number): Arrival | null {
  const found = completing(flight, arrivals);
  if (!found || found.timeMs >= sinceMs) return found;
  return completing(
    flight,
    arrivals.filter((a) => a.timeMs >= sinceMs),
  );
}

/**
 * Without damaged copies of what the flight has anyway, and without what stayed closed after a Finished: that is of a
 * renegotiation that only keys could tell.
 */
export function ownParts({ parts }: SentFlight): SentFlight['parts'] {
  const ended = parts.some((p) => p.name === 'Finished');
  const own = parts.filter((p) => !p.damaged && !(ended && p.name === CLOSED_HANDSHAKE));
  return own.length > 0 ? own : parts;
}

/** The arrival with which the flight was whole for the first time; null if it never was. */
function completing(flight: SentFlight, arrivals: readonly Arrival[]): Arrival | null {
  // Variants of one message have one place: any of them will do.
  const missing = new Set(ownParts(flight).map((p) => p.order));
  const covered = new Map<SentFlight['parts'][number], [number, number][]>();
  const change = ownParts(flight).find((p) => p.name === 'ChangeCipherSpec');
  for (const arrival of arrivals) {
    for (const { part, from, to } of arrival.pieces) {
      if (part.damaged || !missing.has(part.order)) continue;
      // Before the ChangeCipherSpec came, nothing of the new epoch can be read (RFC 6347 §4.2.6): it has to come again.
      if (change && part.name === 'Finished' && missing.has(change.order)) continue;
      const ranges = covered.get(part) ?? [];
      covered.set(part, ranges);
      add(ranges, from, to);
      const [first] = ranges;
      if (first && first[0] === 0 && first[1] >= part.length) missing.delete(part.order);
      else if (!part.message) missing.delete(part.order);
    }
    if (missing.size === 0) return arrival;
  }
  return null;
}

/** Joins [from, to) into ascending ranges that do not touch. */
function add(ranges: [number, number][], from: number, to: number): void {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[1] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  let joined: [number, number] = [from, to];
  let end = low;
  for (let next = ranges[end]; next && next[0] <= joined[1]; next = ranges[++end])
    joined = [Math.min(joined[0], next[0]), Math.max(joined[1], next[1])];
  ranges.splice(low, end - low, joined);
}
