/** Which sending of a flight an answer, a new asking or an ACK belongs to, as the times between them tell. */
import { countUpTo } from './extremes.ts';
import { acknowledgedBy, type Moment, type Setting, type Surroundings } from './flight-setting.ts';

/** An answer that comes within this share of the wait before the repeat is an answer to the repeat. */
const PROMPT_SHARE = 0.25;
/** An asking this soon after a flight was sent crossed it on the way. */
const CROSSING_MS = 20;
const ROUND_TRIP_SLACK = 1.5;
/** No answer takes less than this share of the least one that was seen. */
const LEAST_TRIP_SHARE = 0.6;
/** No timer in use is shorter: what is sent again sooner was asked for, and any of the copies may be the one answered. */
const SHORTEST_TIMER_MS = 40;

/** Which transmission the peer went on after; -1 where it had before the first that was captured. */
export function answeredIndex(setting: Setting): number {
  const { starts, ends, progress, roundTripMs } = setting;
  if (!progress) return -1;
  let index = starts.filter((s) => s <= progress.timeMs).length - 1;
  // Where an answer takes about as long as the timer does, it may well be one to an earlier transmission.
  const trip = roundTripMs ?? 0;
  const tooSoon = () => progress.timeMs - (ends[index] ?? 0) < LEAST_TRIP_SHARE * trip;
  while (index > 0 && tooSoon() && trip >= PROMPT_SHARE * waited(setting, index)) index--;
  return index;
}

/** The first of the transmissions that were sent in a row, up to the one that was answered. */
export function burstOf({ starts, ends }: Setting, answered: number): number {
  let first = answered;
  while (first > 0 && (starts[first] ?? 0) - (ends[first - 1] ?? 0) < SHORTEST_TIMER_MS) first--;
  return first;
}

/** How long the sender waited before it sent this one. */
export function waited({ starts }: Setting, i: number): number {
  return (starts[i] ?? 0) - (starts[i - 1] ?? 0);
}

/** How long after it the peer went on. */
export function took({ ends, progress }: Setting, i: number): number {
  return (progress?.timeMs ?? Number.POSITIVE_INFINITY) - (ends[i] ?? 0);
}

export function isPrompt(setting: Setting, i: number): boolean {
  const { roundTripMs } = setting;
  const ms = took(setting, i);
  return ms <= PROMPT_SHARE * waited(setting, i) || (roundTripMs !== null && ms <= ROUND_TRIP_SLACK * roundTripMs);
}

/** The peer's next asking that this transmission should have made needless; null where there is none. */
export function askAfter({ asks, asksMs, ends, roundTripMs, asksAnswer }: Setting, i: number): Moment | null {
  const crossing = asksAnswer ? 0 : Math.max(CROSSING_MS, ROUND_TRIP_SLACK * (roundTripMs ?? 0));
  const ask = asks[countUpTo(asksMs, (ends[i] ?? 0) + crossing)];
  const until = (ends[i + 1] ?? Number.POSITIVE_INFINITY) + crossing;
  return ask && ask.timeMs <= until ? ask : null;
}

/** The peer's first alert after one time and before another. */
export function alertIn({ flight }: Setting, afterMs: number, toMs: number, around: Surroundings): number | null {
  const peer = flight.side === 0 ? 1 : 0;
  const at = countUpTo(around.alertsMs[peer], afterMs);
  const alert = around.alerts[peer][at];
  return alert && alert.timeMs < toMs ? alert.record : null;
}

/** The first transmission that ACKs name whole, and the ACK that did. */
export interface Acked {
  readonly index: number;
  readonly by: Moment;
}

export function ackedSending({ flight }: Setting, { named, trace }: Surroundings): Acked | null {
  for (const [index, transmission] of flight.transmissions.entries()) {
    const record = acknowledgedBy(transmission, named);
    if (record !== null) return { index, by: { record, timeMs: trace.timeMs(record) } };
  }
  return null;
}

/**
 * An ACK names what has arrived, and every repeat is acknowledged (RFC 9147 §7.1): what it does not name of an earlier
 * transmission had not arrived, unless an ACK before it is what is missing.
 */
export function unnamedBefore(setting: Setting, i: number, { index, by }: Acked, around: Surroundings): boolean {
  const { flight, starts } = setting;
  if (i >= index || (starts[index] ?? 0) - (starts[i] ?? 0) < SHORTEST_TIMER_MS) return false;
  if (flight.transmissions[i]?.units.some((u) => around.named.has(u.record))) return false;
  const times = around.gapTimes[flight.side === 0 ? 1 : 0];
  const numbered = !Number.isNaN(around.trace.records.columns.sequenceNumber.get(by.record));
  return numbered && countUpTo(times, by.timeMs) === countUpTo(times, starts[i] ?? 0);
}
