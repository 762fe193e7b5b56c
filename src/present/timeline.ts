/** The records of an association as stations in time: which one is at a moment, and where each kind of step leads. */
import { countUpTo } from '../analysis/extremes.ts';
import type { AssociationDetail, RecordView } from '../analysis/trace.ts';

export interface Timeline {
  /** In order of capture. */
  readonly records: readonly RecordView[];
  /** Places in `records` in order of time: mostly 0, 1, 2 …, but clocks go back, and two points have two. */
  readonly inTime: readonly number[];
  /** Ascending, as `inTime`. */
  readonly times: readonly number[];
  /** Place of a record by its number. */
  readonly placeOf: ReadonlyMap<number, number>;
  /** Places where an attempt to send a flight begins, ascending; and the like. */
  readonly attempts: readonly number[];
  readonly retransmissions: readonly number[];
  readonly undecryptable: readonly number[];
}

export type Stations = 'attempts' | 'retransmissions' | 'undecryptable';

const known = new WeakMap<AssociationDetail, Timeline>();

/** Computed once for each detail. */
export function timelineOf(detail: AssociationDetail): Timeline {
  const before = known.get(detail);
  if (before) return before;
  const timeline = build(detail);
  known.set(detail, timeline);
  return timeline;
}

/** The last record at or before a moment; the first one where there is none. */
export function recordAtTime({ records, inTime, times }: Timeline, timeMs: number): RecordView | null {
  return records[inTime[Math.max(0, countUpTo(times, timeMs) - 1)] ?? 0] ?? null;
}

/** The record that is next to a moment. */
export function recordNearTime(timeline: Timeline, timeMs: number): RecordView | null {
  const { records, inTime, times } = timeline;
  const before = recordAtTime(timeline, timeMs);
  const after = records[inTime[countUpTo(times, timeMs)] ?? -1];
  if (!before || !after) return before;
  return after.timeMs - timeMs < timeMs - before.timeMs ? after : before;
}

export function timeOfRecord({ records, placeOf }: Timeline, record: number | null): number | null {
  return record === null ? null : (records[placeOf.get(record) ?? -1]?.timeMs ?? null);
}

/** The number of the last record that came in the same datagram. */
export function lastOfDatagram({ records, placeOf }: Timeline, record: number): number {
  let place = placeOf.get(record) ?? -1;
  const own = records[place];
  if (!own) return record;
  while (records[place + 1]?.packet === own.packet && records[place + 1]?.capture === own.capture) place++;
  return records[place]?.record ?? record;
}

/** The next or previous station, seen from a record; null where there is none. */
export function stationFrom(timeline: Timeline, of: Stations, record: number | null, by: 1 | -1): number | null {
  const stations = timeline[of];
  const here = record === null ? -1 : (timeline.placeOf.get(record) ?? -1);
  const reached = countUpTo(stations, here);
  const onOne = stations[reached - 1] === here;
  const next = by > 0 ? stations[reached] : stations[reached - (onOne ? 2 : 1)];
  return next === undefined ? null : (timeline.records[next]?.record ?? null);
}

function build({ records, association }: AssociationDetail): Timeline {
  const inTime = records.map((_, place) => place);
  const timeAt = (place: number) => records[place]?.timeMs ?? 0;
  inTime.sort((a, b) => timeAt(a) - timeAt(b) || a - b);
  const placeOf = new Map(records.map(({ record }, place) => [record, place]));
  const places = (numbers: readonly number[]) =>
    [...new Set(numbers.flatMap((record) => placeOf.get(record) ?? []))].sort((a, b) => a - b);
  const transmissions = association.handshakes.flatMap(({ flights }) => flights.flatMap((f) => f.transmissions));
  const first = (all: typeof transmissions) => all.flatMap((one) => one.records[0] ?? []);
  const outside = records.filter((r) => r.mark === 'retransmission' && r.flight === null).map((r) => r.record);
  return {
    records,
    inTime,
    times: inTime.map(timeAt),
    placeOf,
    attempts: places(first(transmissions)),
    retransmissions: places([...first(transmissions.filter(({ number }) => number > 1)), ...outside]),
    undecryptable: places(records.filter((r) => r.state === 'undecryptable').map((r) => r.record)),
  };
}
