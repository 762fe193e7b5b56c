/** The keys that lead from row to row in the diagram: those of every list, and `j` and `k`. */
import { destination as inList } from '../destination.ts';

const PAGE_ROWS = 10;
const AS_ARROWS: Readonly<Record<string, string>> = { j: 'ArrowDown', k: 'ArrowUp' };

/** Index of the row that a key goes to; null for keys that go nowhere. */
export function destination(key: string, at: number, count: number): number | null {
  return inList(AS_ARROWS[key] ?? key, { at, count, pageRows: PAGE_ROWS });
}
