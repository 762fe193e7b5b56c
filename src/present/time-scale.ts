/** From times to heights: where each row of the sequence diagram stands, and where nothing was sent. */

/** A row before it has a place. Times are in ms, in order of their starts. */
export interface Extent {
  readonly startMs: number;
  readonly endMs: number;
  readonly heightPx: number;
}

export interface Silence {
  /** Index of the row that ends the silence. */
  readonly before: number;
  readonly silentMs: number;
  readonly y: number;
  readonly heightPx: number;
  /** Drawn as a break of fixed height instead of at its length. */
  readonly folded: boolean;
}

export interface TimeScale {
  /** Top of each row. */
  readonly y: readonly number[];
  readonly silences: readonly Silence[];
  readonly heightPx: number;
}

export interface TimeScaleOptions {
  /** `folded`: rows follow each other, long silences shrink to a break. `linear`: silences keep their length. */
  readonly kind: 'folded' | 'linear';
  readonly topPx: number;
  readonly breakPx: number;
  /** Shorter silences are not shown. */
  readonly silenceMs: number;
}

/** Longest drawing that a linear scale may ask for; a longer association gets fewer pixels per ms. */
const LINEAR_MAX_PX = 24_000;
const LINEAR_PX_PER_MS = 0.5;

/** The places of rows. They never overlap, whatever the clock of the capture did. */
export function scaleTime(extents: readonly Extent[], options: TimeScaleOptions): TimeScale {
  const pxPerMs = options.kind === 'linear' ? linearPxPerMs(extents) : 0;
  const y: number[] = [];
  const silences: Silence[] = [];
  let cursor = options.topPx;
  let lastMs: number | null = null;
  for (const [index, extent] of extents.entries()) {
    const silentMs: number = lastMs === null ? 0 : Math.max(0, extent.startMs - lastMs);
    const toScalePx = Math.round(silentMs * pxPerMs);
    if (silentMs > options.silenceMs) {
      const heightPx = Math.max(options.breakPx, toScalePx);
      silences.push({ before: index, silentMs, y: cursor, heightPx, folded: options.kind === 'folded' });
      cursor += heightPx;
    } else if (index > 0) {
      // a row already is this much time: only what is longer moves the next one down
      cursor += Math.max(0, toScalePx - (extents[index - 1]?.heightPx ?? 0));
    }
    y.push(cursor);
    cursor += extent.heightPx;
    lastMs = Math.max(lastMs ?? extent.endMs, extent.endMs);
  }
  return { y, silences, heightPx: cursor };
}

function linearPxPerMs(extents: readonly Extent[]): number {
  const first = extents[0]?.startMs ?? 0;
  const last = extents.reduce((latest, extent) => Math.max(latest, extent.endMs), first);
  return Math.min(LINEAR_PX_PER_MS, LINEAR_MAX_PX / Math.max(1, last - first));
}

/** "1 001.364", with thin spaces between thousands. */
export function milliseconds(ms: number): string {
  const [whole = '0', part = '000'] = ms.toFixed(3).split('.');
  return `${thousands(whole)}.${part}`;
}

/** Groups the digits of a whole number with thin spaces. */
export function thousands(digits: number | string): string {
  return String(digits).replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

/** About how long: "312 ms", "1.4 s", "2 min 5 s", "3 h 10 min". */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${thousands(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
