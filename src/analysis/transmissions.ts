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
  const transmissions: Unit[][] = [];
  for (const epoch of [...new Set(units.map((u) => u.epoch))].sort((a, b) => a - b)) {
    for (const run of runsOf(units.filter((u) => u.epoch === epoch))) join(transmissions, run);
  }
  // A late copy of the first transmission is still the first: the sender's numbers decide where they compare.
  const ordered = transmissions
    .map((sent) => sent.sort((a, b) => a.record - b.record))
    .sort((a, b) => (lowestEpoch(a) === lowestEpoch(b) ? lowestNumber(a) - lowestNumber(b) : startOf(a) - startOf(b)));
  return ordered.map((sent, i) => ({ number: i + 1, units: sent }));
}

const lowestEpoch = (units: readonly Unit[]): number => Math.min(...units.map((u) => u.epoch));

function lowestNumber(units: readonly Unit[]): number {
  const lowest = lowestEpoch(units);
  return Math.min(...units.filter((u) => u.epoch === lowest).map((u) => u.sequenceNumber));
}

/** Records of one epoch, in the order of their numbers, cut where a new transmission begins. */
function runsOf(units: readonly Unit[]): Unit[][] {
  const runs: Unit[][] = [];
  for (const unit of units) {
    const run = runs.at(-1);
    if (run && !startsAnew(run, unit)) run.push(unit);
    else runs.push([unit]);
  }
  return runs;
}

/**
 * Adds the run of a later epoch, which has numbers of its own, to the transmission under way when it was sent; or,
 * where that has these bytes already, to the one that begins right after it (it was overtaken on the way).
 */
function join(transmissions: Unit[][], run: Unit[]): void {
  const begins = Math.min(...run.map((u) => u.timeMs));
  const under = transmissions.filter((t) => startOf(t) <= begins);
  const after = transmissions.filter((t) => startOf(t) > begins && startOf(t) <= begins + CROSS_EPOCH_SLACK_MS);
  const latest = under.reduce<Unit[] | undefined>((a, b) => (a && startOf(a) > startOf(b) ? a : b), undefined);
  const next = after.reduce<Unit[] | undefined>((a, b) => (a && startOf(a) < startOf(b) ? a : b), undefined);
  const home = [latest, next].find(
    (t) => t !== undefined && !run.some((unit) => t.some((sent) => sent.epoch === unit.epoch)),
  );
  if (home) home.push(...run);
  else transmissions.push(run);
}

function startOf(units: readonly Unit[]): number {
  return Math.min(...units.map((u) => u.timeMs));
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

function startsAnew(run: readonly Unit[], unit: Unit): boolean {
  if (
    run.some((sent) =>
      sent.pieces.some((p) => unit.pieces.some((piece) => samePlace(p.part, piece.part) && overlap(p, piece))),
    )
  )
    return true;
  const last = run.at(-1);
  if (!last) return false;
  const [before, after] = [last.pieces.at(-1), unit.pieces[0]];
  const stepsBack =
    before &&
    after &&
    (after.part.order < before.part.order || (after.part === before.part && after.from < before.from));
  if (stepsBack) return true;
  return unit.timeMs - last.timeMs > LONGEST_PAUSE_MS && unit.sequenceNumber !== last.sequenceNumber + 1;
}

/** The same message, or another under the same message_seq: a copy that was damaged, or a changed cookie. */
function samePlace(a: FlightPart, b: FlightPart): boolean {
  return a === b || (a.message !== null && b.message !== null && a.message.messageSeq === b.message.messageSeq);
}

function overlap(a: { from: number; to: number }, b: { from: number; to: number }): boolean {
  // A message without body has the empty range [0, 0): two of them are the same.
  return a.from === b.from || (a.from < b.to && b.from < a.to);
}
