/** The numbers of a sender's epoch in ascending order, and which gaps between them are ones. */
import type { Stream } from './streams.ts';

/** One captured number of a sender's epoch. */
export interface Numbered {
  readonly record: number;
  readonly number: number;
  /** In the list of those of its stream, in order of capture. */
  readonly place: number;
}

/** A longer gap is believed only if the sender went on beyond it: one forged or damaged number proves nothing. */
const LONG_GAP = 16;

/** Each number once, where it was captured first. */
export function ascendingOf({ ascending }: Stream, own: readonly Numbered[]): readonly Numbered[] {
  if (ascending) return own;
  const sorted = own.toSorted((a, b) => a.number - b.number);
  return sorted.filter(({ number }, i) => sorted[i - 1]?.number !== number);
}

/**
 * A sender's counter never goes back. Where its later records all lie below a gap, what lies above has a number that
 * was made up, and nothing is missing in between.
 * @returns whether the gap before the i-th of the ascending numbers is one.
 */
export function believable(captured: readonly Numbered[], ascending: readonly Numbered[]): (i: number) => boolean {
  if (captured === ascending) return (i) => reaches(ascending, i, 0);
  /** By place in order of capture, how many numbers were captured for the first time after it. */
  const after = new Array<number>(captured.length).fill(0);
  for (const { place } of ascending) after[place] = 1;
  for (let place = captured.length - 1, count = 0; place >= 0; place--) {
    const isFirst = after[place] ?? 0;
    after[place] = count;
    count += isFirst;
  }
  /** By place in `ascending`: the last place, in order of capture, of this number and all above it. */
  const lastAbove = new Array<number>(ascending.length).fill(0);
  for (let i = ascending.length - 1, last = 0; i >= 0; i--) {
    last = Math.max(last, ascending[i]?.place ?? 0);
    lastAbove[i] = last;
  }
  return (i) => reaches(ascending, i, after[lastAbove[i] ?? 0] ?? 0);
}

/** @param lowerAfter how many lower numbers were captured after all that lie above the gap. */
function reaches(ascending: readonly Numbered[], i: number, lowerAfter: number): boolean {
  const [number, previous] = [ascending[i]?.number ?? 0, ascending[i - 1]?.number ?? -1];
  const lengthOfGap = number - previous - 1;
  if (lowerAfter >= 2 && lengthOfGap > 1) return false;
  if (lengthOfGap < LONG_GAP) return true;
  const following = ascending[i + 1];
  return lowerAfter === 0 && following !== undefined && following.number - number < LONG_GAP;
}
