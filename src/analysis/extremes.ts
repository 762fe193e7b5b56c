/** Least and greatest of any number of values: spread into `Math.min`, a hundred thousand of them overflow the stack. */
export const least = (values: Iterable<number>): number => fold(values, Number.POSITIVE_INFINITY, Math.min);
export const greatest = (values: Iterable<number>): number => fold(values, Number.NEGATIVE_INFINITY, Math.max);

function fold(values: Iterable<number>, start: number, pick: (a: number, b: number) => number): number {
  let found = start;
  for (const value of values) found = pick(found, value);
  return found;
}
