/** One flight and what surrounds it in time: what the other side sent before, after and in between, worked out once. */
import { acksOf, type SentAcks } from './acknowledged.ts';
import type { AnalysedAssociation, AnalysedHandshake, AnalysedTrace } from './analyse.ts';
import { answers, endOf, startOf } from './answers.ts';
import { least } from './extremes.ts';
import { isLastFlight, isStateless } from './flight-parts.ts';
import { type Gap, gapsOf } from './gaps.ts';
import { Recall } from './recall.ts';
import type { Side } from './record-table.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

/** When a record was captured. */
export interface Moment {
  readonly timeMs: number;
  readonly record: number;
}

export interface Setting {
  readonly flight: SentFlight;
  readonly version13: boolean;
  /** client_version of the ClientHello; null where that was not captured. */
  readonly offered: number | null;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** The peer sent its own flight before this one again: ascending. */
  readonly asks: readonly Moment[];
  readonly asksMs: readonly number[];
  /** The flight before is a HelloVerifyRequest or the like, which is sent again only as an answer. */
  readonly asksAnswer: boolean;
  readonly next: SentFlight | null;
  /** The first record with which the peer went on. */
  readonly progress: Moment | null;
  /** The peer's ACK that made it go on, if it was one. */
  readonly byAck: boolean;
  readonly isLast: boolean;
  /** The least time from a flight of this sender to its answer; null where it was never sure. */
  readonly roundTripMs: number | null;
}

/** What all flights of an association share. */
export interface Surroundings {
  readonly trace: AnalysedTrace;
  readonly association: AnalysedAssociation;
  readonly gaps: readonly Gap[];
  readonly gapBefore: ReadonlyMap<number, Gap>;
  readonly gapAfter: ReadonlyMap<number, Gap>;
  /** By side, ascending: when the first record beyond each gap was captured. */
  readonly gapTimes: readonly [readonly number[], readonly number[]];
  readonly trips: readonly [number | null, number | null];
  /** By side. */
  readonly acks: readonly [SentAcks, SentAcks];
  /** By record: the first ACK that names it. */
  readonly named: ReadonlyMap<number, number>;
  /** By side, ascending by time, without close_notify. */
  readonly alerts: readonly [readonly Moment[], readonly Moment[]];
  readonly alertsMs: readonly [readonly number[], readonly number[]];
}

const told = new Recall<AnalysedAssociation['handshakes'], Surroundings>();

export function surroundingsOf(trace: AnalysedTrace, association: AnalysedAssociation): Surroundings {
  const before = told.get(association.handshakes);
  if (before) return before;
  const acks = acksOf(trace, association);
  const alerts = [alertsOf(trace, association, 0), alertsOf(trace, association, 1)] as const;
  const gaps = gapsOf(trace, association);
  const gapBefore = new Map(gaps.map((g) => [g.after, g]));
  const surroundings: Surroundings = {
    trace,
    association,
    gaps,
    gapBefore,
    gapAfter: new Map(gaps.flatMap((g) => (g.before === null ? [] : [[g.before, g] as const]))),
    gapTimes: [gapTimesOf(trace, gaps, 0), gapTimesOf(trace, gaps, 1)],
    trips: sureTrips(association, gapBefore),
    acks,
    named: namedBy(association, acks),
    alerts,
    alertsMs: [alerts[0].map((a) => a.timeMs), alerts[1].map((a) => a.timeMs)],
  };
  told.set(association.handshakes, surroundings);
  return surroundings;
}

/** @param flights of the handshake, each with all its sendings. */
export function settingOf(
  { state }: AnalysedHandshake,
  flights: readonly SentFlight[],
  i: number,
  flight: SentFlight,
  around: Surroundings,
): Setting {
  const starts = flight.transmissions.map(startOf);
  const asking = flights[i - 1];
  const asked = asking && answers(flight, asking) ? asking : undefined;
  const asks = (asked?.transmissions.slice(1) ?? [])
    .map((t): Moment => ({ timeMs: startOf(t), record: t.units[0]?.record ?? 0 }))
    .sort((a, b) => a.timeMs - b.timeMs);
  const later = flight.postHandshake ? [] : flights.slice(i + 1, i + 4).filter((f) => f.side !== flight.side);
  const isLast = isLastFlight(flight, state);
  const wentOn = isLast
    ? actingAfter(state.number, state.isVersion13, flight.side, starts[0] ?? 0, around)
    : firstOf(later);
  const ack = flight.postHandshake ? wholeAck(flight, around) : null;
  return {
    flight,
    version13: state.isVersion13,
    offered: state.clientHello?.version ?? null,
    starts,
    ends: flight.transmissions.map(endOf),
    asks,
    asksMs: asks.map((a) => a.timeMs),
    asksAnswer: asked !== undefined && isStateless(asked),
    next: later[0] ?? null,
    progress: wentOn ?? ack,
    byAck: wentOn === null && ack !== null,
    isLast,
    roundTripMs: around.trips[flight.side],
  };
}

/** The first record of any of these flights. */
export function firstOf(flights: readonly SentFlight[]): Moment | null {
  let record = -1;
  let timeMs = Number.POSITIVE_INFINITY;
  for (const { transmissions } of flights) {
    for (const { startMs, units } of transmissions) {
      if (startMs >= timeMs) continue;
      timeMs = startMs;
      record = units.find((u) => u.timeMs === startMs)?.record ?? -1;
    }
  }
  return record < 0 ? null : { record, timeMs };
}

/** The ACK that named all records of one of the flight's transmissions first. */
function wholeAck({ transmissions }: SentFlight, { trace, named }: Surroundings): Moment | null {
  const records = transmissions.flatMap((t) => acknowledgedBy(t, named) ?? []);
  const record = least(records);
  return records.length > 0 ? { record, timeMs: trace.timeMs(record) } : null;
}

/** The ACK with which all records of a transmission had been named; null where some never were. */
export function acknowledgedBy({ units }: Transmission, named: Surroundings['named']): number | null {
  let last = -1;
  for (const { record } of units) {
    const ack = named.get(record);
    if (ack === undefined) return null;
    last = Math.max(last, ack);
  }
  return last < 0 ? null : last;
}

/** The peer of the last flight used the new epoch (RFC 6347 §4.2.4: it has received it). */
function actingAfter(
  epoch: number,
  version13: boolean,
  side: Side,
  sinceMs: number,
  { trace, association }: Surroundings,
): Moment | null {
  if (version13) return null;
  const { applicationRecords, alerts } = association.state;
  const acts = [applicationRecords, alerts].flatMap((list) => {
    const act = list.find((a) => a.side !== side && a.epoch >= epoch && trace.timeMs(a.record) >= sinceMs);
    return act ? [{ record: act.record, timeMs: trace.timeMs(act.record) }] : [];
  });
  return acts.sort((a, b) => a.timeMs - b.timeMs)[0] ?? null;
}

function alertsOf(trace: AnalysedTrace, { state }: AnalysedAssociation, side: Side): Moment[] {
  if (state.alerts.length === 0) return [];
  return state.alerts
    .filter((a) => a.side === side && a.code !== CLOSE_NOTIFY)
    .map(({ record }) => ({ record, timeMs: trace.timeMs(record) }))
    .sort((a, b) => a.timeMs - b.timeMs);
}

function namedBy(association: AnalysedAssociation, acks: Surroundings['acks']): ReadonlyMap<number, number> {
  const named = new Map<number, number>();
  for (const { records } of acks) {
    for (const ack of records) {
      for (const item of association.state.carried.get(ack) ?? []) {
        if (item.kind !== 'ack') continue;
        for (const number of item.recordNumbers) {
          const record = (association.state.recordWithNumber(ack, number) ?? 0) - 1;
          if (record >= 0 && !named.has(record)) named.set(record, ack);
        }
      }
    }
  }
  return named;
}

function gapTimesOf(trace: AnalysedTrace, gaps: readonly Gap[], side: Side): number[] {
  if (gaps.length === 0) return [];
  return gaps
    .filter((g) => g.side === side)
    .map((g) => trace.timeMs(g.after))
    .sort((a, b) => a - b);
}

const CLOSE_NOTIFY = 0;

/** Fewer do not tell the path from what a slow handshake computes. */
const LEAST_SAMPLES = 2;

/**
 * Only flights that were sent once, and answers before which nothing is missing, tell how long an answer takes: of
 * several copies any may be the one answered.
 */
function sureTrips(
  { handshakes }: AnalysedAssociation,
  gapBefore: Surroundings['gapBefore'],
): readonly [number | null, number | null] {
  const trips: [number[], number[]] = [[], []];
  for (const { flights } of handshakes) {
    for (const [i, flight] of flights.entries()) {
      const next = flights[i + 1];
      const [only] = flight.transmissions;
      const answer = next && answers(next, flight) ? firstOf([next]) : null;
      if (!only || flight.transmissions.length > 1 || !answer || gapBefore.has(answer.record)) continue;
      const ms = answer.timeMs - endOf(only);
      if (ms >= 0) trips[flight.side].push(ms);
    }
  }
  const leastOf = (samples: readonly number[]) => (samples.length >= LEAST_SAMPLES ? least(samples) : null);
  return [leastOf(trips[0]), leastOf(trips[1])];
}
