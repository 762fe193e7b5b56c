/** What a transmission of a flight does not hold of it. */
import type { FlightPart } from './flight-parts.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

/** A hole: bytes of a part that the transmission does not have; [0, 1) of a part without offsets. */
export interface Lack {
  readonly part: FlightPart;
  readonly from: number;
  readonly to: number;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** All holes, ascending in the order of the flight. Of variants of one message, one that is whole is enough. */
export function lacksOf({ parts }: SentFlight, units: Transmission['units']): Lack[] {
  if (holdsAll(parts, units)) return [];
  const ranges = new Map<FlightPart, Range[]>();
  for (const { part, from, to } of units.flatMap((u) => u.pieces)) {
    const list = ranges.get(part);
    if (list) list.push({ from, to });
    else ranges.set(part, [{ from, to }]);
  }
  const lacks = new Map<number, readonly Lack[]>();
  for (const part of parts) {
    if (part.damaged) continue;
    const holes = holesOf(part, ranges.get(part) ?? []);
    const known = lacks.get(part.order);
    if (!known || total(holes) < total(known)) lacks.set(part.order, holes);
  }
  return [...lacks.entries()].sort(([a], [b]) => a - b).flatMap(([, holes]) => holes);
}

/** Pieces up to which each part is looked for among them: most flights have fewer. */
const FEW_PIECES = 16;

/** Each part is in one piece, as it mostly is; where it returns false nothing is said. */
export function holdsAll(parts: SentFlight['parts'], units: Transmission['units']): boolean {
  let pieces = 0;
  for (const unit of units) pieces += unit.pieces.length;
  if (pieces > FEW_PIECES || parts.length !== pieces) return false;
  return parts.every((part) =>
    units.some((unit) => unit.pieces.some((piece) => piece.part === part && isWhole(piece))),
  );
}

const isWhole = ({ part, from, to }: Transmission['units'][number]['pieces'][number]): boolean =>
  from === 0 && to >= part.length;

const total = (holes: readonly Range[]): number => holes.reduce((n, { from, to }) => n + to - from, 0);

function holesOf(part: FlightPart, ranges: readonly Range[]): Lack[] {
  if (ranges.length === 0) return [{ part, from: 0, to: part.message ? Math.max(1, part.length) : 1 }];
  if (!part.message) return [];
  const holes: Lack[] = [];
  let reached = 0;
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    if (from > reached) holes.push({ part, from: reached, to: from });
    reached = Math.max(reached, to);
  }
  if (reached < part.length) holes.push({ part, from: reached, to: part.length });
  return holes;
}
