/** Where the reader put the lines between the panes, remembered from one visit to the next. */
import { SPLITS, type Split } from './store/settings.ts';
import type { Store } from './store/store.ts';

const KEY = 'dtlscope.sizes';
const LARGEST_PX = 10_000;

export function connectSizes(store: Store): void {
  store.setState({ sizes: remembered() });
  store.subscribe((now, before) => {
    if (now.sizes !== before.sizes) remember(now.sizes);
  });
}

/** What of the stored text makes sense. */
export function sizesFrom(text: string | null): Partial<Record<Split, number>> {
  try {
    const stored: unknown = JSON.parse(text ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    const sizes = new Map<string, unknown>(Object.entries(stored));
    return Object.fromEntries(SPLITS.map((split) => [split, sizes.get(split)]).filter(([, px]) => isSize(px)));
  } catch {
    return {};
  }
}

function isSize(px: unknown): px is number {
  return typeof px === 'number' && Number.isInteger(px) && px > 0 && px < LARGEST_PX;
}

// Storage may be forbidden, as in some private windows; the sizes then last as long as the page.
function remembered(): Partial<Record<Split, number>> {
  try {
    return sizesFrom(localStorage.getItem(KEY));
  } catch {
    return {};
  }
}

function remember(sizes: Partial<Record<Split, number>>): void {
  try {
    if (Object.keys(sizes).length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(sizes));
  } catch {
    // As above.
  }
}
