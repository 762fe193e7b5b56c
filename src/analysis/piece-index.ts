/** Which bytes of the parts of a flight some records hold, to ask for overlaps without looking at each. */
import { countUpTo } from './extremes.ts';
import type { FlightPart } from './flight-parts.ts';

interface Piece {
  readonly part: FlightPart;
  readonly from: number;
  readonly to: number;
}

export class PieceIndex {
  /** By part: where its pieces begin, ascending, and how far those up to each reach. */
  readonly #parts = new Map<FlightPart, { readonly from: number[]; readonly reach: number[] }>();

  constructor(pieces: Iterable<Piece>) {
    const byPart = new Map<FlightPart, Piece[]>();
    for (const piece of pieces) {
      const list = byPart.get(piece.part);
      if (list) list.push(piece);
      else byPart.set(piece.part, [piece]);
    }
    for (const [part, list] of byPart) {
      const ascending = list.sort((a, b) => a.from - b.from);
      let reached = 0;
      const reach = ascending.map(({ from, to }) => {
        // A message without body has the empty range [0, 0).
        reached = Math.max(reached, to, from + 1);
        return reached;
      });
      this.#parts.set(part, { from: ascending.map((p) => p.from), reach });
    }
  }

  overlaps({ part, from, to }: Piece): boolean {
    const own = this.#parts.get(part);
    if (!own) return false;
    const before = countUpTo(own.from, Math.max(to, from + 1) - 1);
    return (own.reach[before - 1] ?? 0) > from;
  }
}
