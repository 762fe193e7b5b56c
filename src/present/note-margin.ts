/** Notes beside what they are on: each at its height, pushed down where another is in the way. */

export interface Wanted {
  /** Where the note belongs: the middle of its row. */
  readonly anchorY: number;
  readonly height: number;
}

export interface Standing {
  /** Top of the note. */
  readonly y: number;
  /** It was pushed away from its row, so that a hairline has to join them. */
  readonly pushed: boolean;
}

/**
 * In the order in which they are given, which decides among notes of one row. `lead`: from the top of a note to the line
 * of it that stands at the height of its row.
 */
export function standing(
  wanted: readonly Wanted[],
  { gap, lead, top = 0 }: { readonly gap: number; readonly lead: number; readonly top?: number },
): readonly Standing[] {
  const order = wanted.map((_, i) => i).sort((a, b) => anchorOf(wanted, a) - anchorOf(wanted, b) || a - b);
  const result: Standing[] = wanted.map(() => ({ y: 0, pushed: false }));
  let free = top;
  for (const i of order) {
    const own = Math.max(top, anchorOf(wanted, i) - lead);
    const y = Math.max(own, free);
    result[i] = { y, pushed: y > own };
    free = y + (wanted[i]?.height ?? 0) + gap;
  }
  return result;
}

/** How far down the last of them reaches. */
export function bottomOf(wanted: readonly Wanted[], placed: readonly Standing[]): number {
  return placed.reduce((bottom, { y }, i) => Math.max(bottom, y + (wanted[i]?.height ?? 0)), 0);
}

function anchorOf(wanted: readonly Wanted[], index: number): number {
  return wanted[index]?.anchorY ?? 0;
}
