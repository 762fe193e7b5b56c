/** Where the keys of a list lead. */

interface Place {
  /** −1 for none. */
  readonly at: number;
  readonly count: number;
  readonly pageRows: number;
}

/** Index of the row that a key goes to; null for keys that go nowhere. */
export function destination(key: string, { at, count, pageRows }: Place): number | null {
  const last = count - 1;
  if (last < 0) return null;
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, at + 1);
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'PageDown':
      return Math.min(last, at + pageRows);
    case 'PageUp':
      return Math.max(0, at - pageRows);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
