/** Least and greatest of any number of values: spread into `Math.min`, a hundred thousand of them overflow the stack. */
export const least = (values: Iterable<number>): number => fold(values, Number.POSITIVE_INFINITY, Math.min);
export const greatest = (values: Iterable<number>): number => fold(values, Number.NEGATIVE_INFINITY, Math.max);

function fold(values: Iterable<number>, start: number, pick: (a: number, b: number) => number): number {
  let found = start;
  for (const value of values) found = pick(found, value);
  return found;
}

/** The greatest of ascending values that is not above `limit`; null for none. */
export function lastUpTo(ascending: readonly number[], limit: number): number | null {
  return ascending[countUpTo(ascending, limit) - 1] ?? null;
}

/** How many of ascending values are not above `limit`. */
export function countUpTo(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
