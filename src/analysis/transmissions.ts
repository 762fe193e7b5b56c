/**
 * The transmissions of one flight: which records were sent together, and which repeat what was sent before.
 * A new transmission begins where bytes come again or the order steps back, in the order of the sender's record
 * numbers, so that what the network delayed or swapped stays where it was sent.
 */
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
  readonly units: Unit[];
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
  const lowest = Math.min(...units.map((u) => u.epoch));
  const transmissions: Transmission[] = [];
  for (const unit of units.filter((u) => u.epoch === lowest)) {
    const current = transmissions.at(-1);
    if (current && !startsAnew(current, unit)) current.units.push(unit);
    else transmissions.push({ number: transmissions.length + 1, units: [unit] });
  }
  for (const unit of units.filter((u) => u.epoch !== lowest)) placeInLaterEpoch(transmissions, unit);
  for (const { units: sent } of transmissions) sent.sort((a, b) => a.record - b.record);
  return transmissions;
}

function unitsOf(flight: Flight, table: RecordTable, timeMs: (record: number) => number): Unit[] {
  const c = table.columns;
  const units = new Map<number, Unit>();
  for (const part of flight.parts) {
    for (const { record, from, to } of part.occurrences) {
      if (c.mark[record] === MARK.duplicate) continue;
      let unit = units.get(record);
      if (!unit) {
        unit = {
          record,
          timeMs: timeMs(record),
          epoch: c.epoch[record] ?? 0,
          sequenceNumber: c.sequenceNumber[record] ?? 0,
          pieces: [],
        };
        units.set(record, unit);
      }
      unit.pieces.push({ part, from, to });
    }
  }
  return [...units.values()].sort(
    (a, b) => a.epoch - b.epoch || a.sequenceNumber - b.sequenceNumber || a.record - b.record,
  );
}

function startsAnew(current: Transmission, unit: Unit): boolean {
  if (covers(current, unit)) return true;
  const last = current.units.at(-1);
  if (!last) return false;
  const [before, after] = [last.pieces.at(-1), unit.pieces[0]];
  const stepsBack =
    before &&
    after &&
    (after.part.order < before.part.order || (after.part === before.part && after.from < before.from));
  if (stepsBack) return true;
  return unit.timeMs - last.timeMs > LONGEST_PAUSE_MS && unit.sequenceNumber !== last.sequenceNumber + 1;
}

/** Whether the transmission already has some of the unit's bytes. */
function covers(transmission: Transmission, unit: Unit): boolean {
  return unit.pieces.some((piece) =>
    transmission.units.some((sent) => sent.pieces.some((p) => p.part === piece.part && overlap(p, piece))),
  );
}

function overlap(a: { from: number; to: number }, b: { from: number; to: number }): boolean {
  // A message without body has the empty range [0, 0): two of them are the same.
  return a.from === b.from || (a.from < b.to && b.from < a.to);
}

/**
 * Finished travels in the next epoch, with numbers of its own: it joins the transmission under way when it was sent,
 * or, where that has one already, the one that begins right after it (it was overtaken on the way).
 */
function placeInLaterEpoch(transmissions: Transmission[], unit: Unit): void {
  const started = (slackMs: number) =>
    transmissions.findLastIndex((t) => (t.units[0]?.timeMs ?? 0) <= unit.timeMs + slackMs);
  for (const at of [started(0), started(CROSS_EPOCH_SLACK_MS)]) {
    const transmission = transmissions[Math.max(0, at)];
    if (!transmission || covers(transmission, unit)) continue;
    transmission.units.push(unit);
    return;
  }
  transmissions.push({ number: transmissions.length + 1, units: [unit] });
}
