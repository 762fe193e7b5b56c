/**
 * The transmissions of one flight: which records were sent together, and which repeat what was sent before.
 * A new transmission begins where bytes come again or the order steps back, in the order of the sender's record
 * numbers, so that what the network delayed or swapped stays where it was sent.
 */
import { CLOSED_RECORDS } from './flight-order.ts';
import type { Flight, FlightPart } from './flight-parts.ts';
import { MARK, type RecordTable } from './record-table.ts';

/** What one record contributes to a flight. */
interface Unit {
  readonly record: number;
  readonly timeMs: number;
  readonly epoch: number;
  readonly sequenceNumber: number;
  readonly pieces: { readonly part: FlightPart; readonly from: number; readonly to: number }[];
}

export interface Transmission {
  /** 1 for the first. */
  readonly number: number;
  /** In order of capture. */
  readonly units: Unit[];
  /** Of the first and of the last of its records. */
  readonly startMs: number;
  readonly endMs: number;
}

/** A flight with all that was sent of it. */
export interface SentFlight extends Flight {
  readonly transmissions: readonly Transmission[];
}

export function transmissionOf(number: number, units: Unit[]): Transmission {
  let [startMs, endMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { timeMs } of units) {
    if (timeMs < startMs) startMs = timeMs;
    if (timeMs > endMs) endMs = timeMs;
  }
  return { number, units, startMs, endMs };
}

/** A pause within one transmission is shorter than any timer in use with room to spare; see TIMERS of real stacks. */
const LONGEST_PAUSE_MS = 500;
/** How much earlier than the first captured record of its transmission a record of the next epoch may arrive. */
const CROSS_EPOCH_SLACK_MS = 20;

export function transmissionsOf(
  flight: Flight,
  table: RecordTable,
  timeMs: (record: number) => number,
): Transmission[] {
  const units = unitsOf(flight, table, timeMs);
  let drafts: Draft[] = [];
  // They are in the order of their epochs.
  for (let from = 0, to = 0; from < units.length; from = to) {
    const epoch = units[from]?.epoch ?? 0;
    while (to < units.length && units[to]?.epoch === epoch) to++;
    const runs = runsOf(from === 0 && to === units.length ? units : units.slice(from, to)).map(draft);
    drafts = drafts.length === 0 ? runs : joined(drafts, runs, epoch);
    if (drafts.length > 1) drafts.sort((a, b) => a.startMs - b.startMs);
  }
  // A late copy of the first transmission is still the first: the sender's numbers decide where they compare.
  drafts.sort((a, b) => (a.lowestEpoch === b.lowestEpoch ? a.lowestNumber - b.lowestNumber : a.startMs - b.startMs));
  return drafts.map(({ units: sent }, i) =>
    transmissionOf(
      i + 1,
      sent.toSorted((a, b) => a.record - b.record),
    ),
  );
}

/** A transmission under construction. */
interface Draft {
  readonly units: Unit[];
  startMs: number;
  readonly lowestEpoch: number;
  readonly lowestNumber: number;
  readonly epochs: Set<number>;
}

/** @param units of one epoch, ascending by number. */
function draft(units: Unit[]): Draft {
  const [first] = units;
  const epoch = first?.epoch ?? 0;
  let startMs = Number.POSITIVE_INFINITY;
  for (const { timeMs } of units) if (timeMs < startMs) startMs = timeMs;
  return { units, startMs, lowestEpoch: epoch, lowestNumber: first?.sequenceNumber ?? 0, epochs: new Set([epoch]) };
}

/** Records of one epoch, in the order of their numbers, cut where a new transmission begins. */
function runsOf(units: readonly Unit[]): Unit[][] {
  const runs: Unit[][] = [];
  /** How far each place of the flight was sent in the current run. */
  let reach = new Map<number, number>();
  for (const unit of units) {
    const run = runs.at(-1);
    if (run && !startsAnew(run, reach, unit)) run.push(unit);
    else {
      runs.push([unit]);
      reach = new Map();
    }
    for (const { part, to } of unit.pieces) reach.set(part.order, Math.max(reach.get(part.order) ?? 0, to));
  }
  return runs;
}

/**
 * Adds the runs of a later epoch, which has numbers of its own, each to the transmission under way when it was sent;
 * or, where that has some of this epoch already, to the one that begins right after it (it was overtaken on the way).
 * @param drafts ascending by their start.
 */
function joined(drafts: readonly Draft[], runs: readonly Draft[], epoch: number): Draft[] {
  const alone: Draft[] = [];
  for (const run of runs) {
    const next = firstAfter(drafts, run.startMs);
    const after = drafts[next];
    const near = after && after.startMs <= run.startMs + CROSS_EPOCH_SLACK_MS ? after : undefined;
    const home = [drafts[next - 1], near].find((d) => d !== undefined && !d.epochs.has(epoch));
    if (!home) {
      alone.push(run);
      continue;
    }
    for (const unit of run.units) home.units.push(unit);
    home.epochs.add(epoch);
  }
  return [...drafts, ...alone];
}

/** Index of the first draft that starts later than this. */
function firstAfter(drafts: readonly Draft[], startMs: number): number {
  let low = 0;
  let high = drafts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((drafts[middle]?.startMs ?? 0) <= startMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function unitsOf(flight: Flight, table: RecordTable, timeMs: (record: number) => number): Unit[] {
  const c = table.columns;
  const units = new Map<number, Unit>();
  for (const part of flight.parts) {
    for (const { record, from, to } of part.occurrences) {
      if (c.mark[record] === MARK.duplicate) continue;
      const piece = { part, from, to };
      const unit = units.get(record);
      if (unit) unit.pieces.push(piece);
      else
        units.set(record, {
          record,
          timeMs: timeMs(record),
          epoch: c.epoch[record] ?? 0,
          sequenceNumber: c.sequenceNumber.get(record),
          pieces: [piece],
        });
    }
  }
  const inOrder = [...units.values()].sort((a, b) => a.record - b.record);
  return numbered(inOrder).sort(
    (a, b) => a.epoch - b.epoch || a.sequenceNumber - b.sequenceNumber || a.record - b.record,
  );
}

/** A record whose number stayed hidden, among others whose did not, takes that of the one before it. */
function numbered(inOrder: Unit[]): Unit[] {
  if (!inOrder.some((unit) => Number.isNaN(unit.sequenceNumber))) return inOrder;
  const last = new Map<number, number>();
  return inOrder.map((unit) => {
    if (Number.isNaN(unit.sequenceNumber)) return { ...unit, sequenceNumber: last.get(unit.epoch) ?? -1 };
    last.set(unit.epoch, unit.sequenceNumber);
    return unit;
  });
}

/**
 * Within a run the order only goes forward, so what was sent before is known by how far each place was reached. The
 * place is the message_seq: a copy that was damaged, or a changed cookie, has the same.
 */
function startsAnew(run: readonly Unit[], reach: ReadonlyMap<number, number>, unit: Unit): boolean {
  const again = unit.pieces.some(({ part, from, to }) => {
    if (!hasPlace({ part, from, to })) return false;
    const reached = reach.get(part.order);
    // A message without body has the empty range [0, 0): two of them are the same.
    return reached !== undefined && (from < reached || from === to);
  });
  if (again) return true;
  const last = run.at(-1);
  if (!last) return false;
  // Where a damaged record of DTLS 1.3 belongs is unknown: it says nothing about the order.
  const before = run.findLast((u) => u.pieces.some(hasPlace))?.pieces.findLast(hasPlace);
  const after = unit.pieces.find(hasPlace);
  if (before && after && after.part.order < before.part.order) return true;
  return unit.timeMs - last.timeMs > LONGEST_PAUSE_MS && unit.sequenceNumber !== last.sequenceNumber + 1;
}

const hasPlace = ({ part }: Unit['pieces'][number]): boolean => !part.damaged || part.name !== CLOSED_RECORDS;
