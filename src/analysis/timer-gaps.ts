/**
 * How long an endpoint waited before its timer made it repeat a flight. A wait is clean where nothing of the peer
 * arrived in it and nothing that was sent in it is missing: then it is the timer's, and nobody else's.
 */
import { peerOf } from './acknowledged.ts';
import type { AnalysedAssociation, AnalysedHandshake, AnalysedTrace } from './analyse.ts';
import { startOf } from './answers.ts';
import { countUpTo } from './extremes.ts';
import { isLastFlight, isStateless } from './flight-parts.ts';
import { transitOf } from './rare-traits.ts';
import type { Side } from './record-table.ts';
import { type Causes, causesOf } from './transmission-causes.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

export interface Gap {
  readonly flight: SentFlight;
  readonly ms: number;
  readonly clean: boolean;
  /** Waits of one run follow each other with nothing but the timer between; `place` counts them from 0. */
  readonly run: number;
  readonly place: number;
  /** The run begins with the first transmission of the flight, as its record numbers prove. */
  readonly fromStart: boolean;
  readonly isVersion13: boolean;
}

/** A longer list tells nothing new. */
const MAX_GAPS = 64;
/** What arrives this shortly before a timer expires changes nothing any more: it was already being sent. */
const TOO_LATE_MS = 20;

export function timerGapsOf(trace: AnalysedTrace, association: AnalysedAssociation, side: Side): Gap[] {
  const causes = causesOf(trace, association);
  const { handshakes } = association;
  const repeating = handshakes.some(({ flights }) =>
    flights.some((f) => f.side === side && f.transmissions.some((t) => causes.get(t) === 'timer')),
  );
  if (!repeating) return [];
  const around = new Around(trace, association, side);
  return handshakes
    .flatMap((handshake) => handshake.flights.flatMap((flight, i) => gapsOf(around, causes, handshake, flight, i)))
    .slice(0, MAX_GAPS);
}

function gapsOf(
  around: Around,
  causes: Causes,
  { state, flights }: AnalysedHandshake,
  flight: SentFlight,
  place: number,
): Gap[] {
  if (flight.side !== around.side || isStateless(flight) || isLastFlight(flight, state)) return [];
  const gaps: Gap[] = [];
  const [first, ...others] = flight.transmissions.slice(0, MAX_GAPS);
  if (!first) return [];
  const { isVersion13 } = state;
  let fromStart = around.isFirst(first, flights[place - 1]);
  let run = around.nextRun();
  let at = 0;
  let before = first;
  for (const now of others) {
    const [fromMs, toMs] = [startOf(before), startOf(now)];
    const byTimer = causes.get(now) === 'timer' && toMs > fromMs && repeats(now, before);
    const dense = byTimer && around.nothingMissing(before, now);
    const clean = dense && around.quiet(fromMs, toMs, flights[place - 1], flights[place + 1]);
    if (byTimer) gaps.push({ flight, ms: toMs - fromMs, clean, run, place: at++, fromStart, isVersion13 });
    if (!dense) {
      run = around.nextRun();
      at = 0;
      fromStart = false;
    }
    before = now;
  }
  return gaps;
}

/** Where nothing of it is the same, it is no repeat, but made anew: a server without memory, a changed cookie. */
export function repeats(now: Transmission, before: Transmission): boolean {
  const parts = new Set(before.units.flatMap((u) => u.pieces.map((p) => p.part)));
  return now.units.some((u) =>
    u.pieces.some((p) => parts.has(p.part) && p.part.message?.decoded?.type !== 'ServerHelloDone'),
  );
}

/** Runs of gaps that are `good`, given the gap before; what follows one that is not begins a run of its own. */
export function runsWith(gaps: readonly Gap[], good: (gap: Gap, before: Gap | undefined) => boolean): Gap[] {
  const kept: Gap[] = [];
  let cut = 0;
  let placeAtCut = 0;
  for (const [i, gap] of gaps.entries()) {
    const before = gaps[i - 1]?.run === gap.run ? gaps[i - 1] : undefined;
    if (!before) [cut, placeAtCut] = [0, 0];
    if (good(gap, before)) {
      const fromStart = gap.fromStart && cut === 0;
      kept.push({ ...gap, fromStart, run: gap.run + cut / MAX_GAPS / 2, place: gap.place - placeAtCut });
    } else [cut, placeAtCut] = [cut + 1, gap.place + 1];
  }
  return kept;
}

/** What the rest of the association tells of a gap. */
class Around {
  readonly side: Side;
  readonly #trace: AnalysedTrace;
  /** Arrivals of the peer's records, ascending by time. */
  readonly #peer: readonly { readonly record: number; readonly timeMs: number }[];
  readonly #peerMs: readonly number[];
  /** This side's record numbers, by epoch. */
  readonly #numbers = new Map<number, Set<number>>();
  #runs = 0;

  constructor(trace: AnalysedTrace, { state }: AnalysedAssociation, side: Side) {
    this.side = side;
    this.#trace = trace;
    const c = trace.records.columns;
    const arrived: { record: number; timeMs: number }[] = [];
    for (const record of state.records) {
      const [epoch, number] = [c.epoch[record] ?? 0, c.sequenceNumber.get(record)];
      if (c.side[record] === side) {
        const known = this.#numbers.get(epoch) ?? new Set();
        this.#numbers.set(epoch, known.add(number));
        continue;
      }
      const transit = transitOf(trace, record);
      const arrivedMs = transit ? trace.arrivalMs(record) : null;
      if (transit?.proven && arrivedMs === null) continue;
      arrived.push({ record, timeMs: arrivedMs ?? trace.timeMs(record) });
    }
    this.#peer = arrived.sort((a, b) => a.timeMs - b.timeMs);
    this.#peerMs = this.#peer.map((p) => p.timeMs);
  }

  nextRun(): number {
    return this.#runs++;
  }

  /** No transmission of the flight before it can be missing: its first number follows one that was captured. */
  isFirst({ units }: Transmission, question: SentFlight | undefined): boolean {
    const [first] = units;
    if (!first || Number.isNaN(first.sequenceNumber)) return false;
    const { epoch, sequenceNumber } = first;
    if (sequenceNumber === 0) return true;
    // A server may begin with the number of the ClientHello (RFC 6347 §4.2.1).
    const asked = question?.transmissions[0]?.units[0];
    if (epoch === 0 && this.side === 1 && asked?.sequenceNumber === sequenceNumber) return true;
    return this.#numbers.get(epoch)?.has(sequenceNumber - 1) ?? false;
  }

  /** Every number between the two was captured, in the epoch in which the later one begins. */
  nothingMissing(before: Transmission, now: Transmission): boolean {
    const [first] = now.units;
    if (!first || Number.isNaN(first.sequenceNumber)) return true;
    const known = this.#numbers.get(first.epoch);
    const last = before.units.findLast((u) => u.epoch === first.epoch && u.sequenceNumber < first.sequenceNumber);
    const from = last?.sequenceNumber ?? first.sequenceNumber - 1;
    if (first.sequenceNumber - from > MAX_BETWEEN) return false;
    for (let n = from + 1; n < first.sequenceNumber; n++) if (!known?.has(n)) return false;
    return known?.has(first.sequenceNumber - 1) ?? true;
  }

  /**
   * Nothing of the peer arrived between: or what was captured cannot have arrived, because it is a whole answer in one
   * datagram, and the flight was repeated nevertheless. What comes shortly before the repeat matters only if it asks
   * for it.
   */
  quiet(fromMs: number, toMs: number, question: SentFlight | undefined, answer: SentFlight | undefined): boolean {
    const { place } = this.#trace.records.columns;
    const [from, late] = [countUpTo(this.#peerMs, fromMs), countUpTo(this.#peerMs, toMs - TOO_LATE_MS)];
    const to = countUpTo(this.#peerMs, toMs);
    if (to - from > MAX_BETWEEN) return false;
    return this.#peer.slice(from, to).every(({ record }, i) => {
      if (answer !== undefined && this.#isWholeAnswer(record, answer)) return true;
      return from + i >= late && place.get(record).flight !== question?.number;
    });
  }

  #isWholeAnswer(record: number, answer: SentFlight): boolean {
    if (answer.side !== peerOf(this.side)) return false;
    const c = this.#trace.records.columns;
    const place = c.place.get(record);
    const transmission = answer.transmissions[place.transmission - 1];
    if (place.flight !== answer.number || !transmission?.units.some((u) => u.record === record)) return false;
    const datagrams = new Set(transmission.units.map((u) => c.datagram.get(u.record)));
    const covered = new Set(transmission.units.flatMap((u) => u.pieces.map((p) => p.part)));
    return datagrams.size === 1 && answer.parts.every((p) => covered.has(p));
  }
}

/** Records between two transmissions that are looked at. */
const MAX_BETWEEN = 64;
