/** How much room a table of columns makes when it is full, so that long columns are seldom copied. */

/** With so many rows, the part of the input that was read tells how many there will be. */
const TELLING_ROWS = 4096;
/** Room that nothing was written to takes no memory yet: too much of it costs less than to copy all rows once more. */
const HEADROOM = 1.25;
/** However dense the beginning of a long file is: room for more than these is made only where half of it is filled. */
const MOST_AHEAD = 4_000_000;
const WITHOUT_SIZE = 1.5;

/** @param readShare the part of the input that was read, of 1; null where its size is not known. */
export function roomFor(rows: number, readShare: number | null): number {
  if (rows < TELLING_ROWS) return Math.max(TELLING_ROWS / 4, rows * 2);
  if (readShare === null || !(readShare > 0)) return Math.ceil(rows * WITHOUT_SIZE);
  const expected = (rows / Math.min(1, readShare)) * HEADROOM;
  return Math.ceil(Math.min(expected, Math.max(MOST_AHEAD, rows * 2)));
}
