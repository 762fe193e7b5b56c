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
  /** Factor on the pixels per ms of a linear scale. */
  readonly zoom?: number;
}

export type ScaleKind = TimeScaleOptions['kind'];

/** Longest drawing that a linear scale may ask for unzoomed; a longer association gets fewer pixels per ms. */
const LINEAR_MAX_PX = 24_000;
const LINEAR_PX_PER_MS = 0.5;
/** Browsers cannot scroll much further than this. */
const LONGEST_PX = 8_000_000;
const LEAST_PX_PER_MS = 0.1;
const MOST_PX_PER_MS = 50;
/** Rows of a folded scale grow up to this. */
const MOST_ROW_ZOOM = 2;

/** The places of rows. They never overlap, whatever the clock of the capture did. */
export function scaleTime(extents: readonly Extent[], options: TimeScaleOptions): TimeScale {
  const pxPerMs = options.kind === 'linear' ? linearPxPerMs(spanOf(extents)) * (options.zoom ?? 1) : 0;
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

function spanOf(extents: readonly Extent[]): number {
  const first = extents[0]?.startMs ?? 0;
  return extents.reduce((latest, extent) => Math.max(latest, extent.endMs), first) - first;
}

function linearPxPerMs(spanMs: number): number {
  return Math.min(LINEAR_PX_PER_MS, LINEAR_MAX_PX / Math.max(1, spanMs));
}

/** The next zoom in or out, of something that lasts `spanMs`; the same one where there is no further. */
export function zoomed(zoom: number, by: 1 | -1, kind: ScaleKind, spanMs: number): number {
  const { least, most, step } = zoomRange(kind, spanMs);
  return Math.min(most, Math.max(least, by === 1 ? zoom * step : zoom / step));
}

function zoomRange(
  kind: ScaleKind,
  spanMs: number,
): { readonly least: number; readonly most: number; readonly step: number } {
  if (kind === 'folded') return { least: 1, most: MOST_ROW_ZOOM, step: 1.25 };
  const base = linearPxPerMs(spanMs);
  const most = Math.min(MOST_PX_PER_MS, LONGEST_PX / Math.max(1, spanMs)) / base;
  return { least: Math.min(1, LEAST_PX_PER_MS / base), most: Math.max(1, most), step: 1.5 };
}

/** "1 001.364", with narrow spaces between thousands, where no line breaks. */
export function milliseconds(ms: number): string {
  const [whole = '0', part = '000'] = ms.toFixed(3).split('.');
  return `${thousands(whole)}.${part}`;
}

/** Groups the digits of a whole number with narrow spaces, where no line breaks. */
export function thousands(digits: number | string): string {
  return String(digits).replace(/\B(?=(\d{3})+$)/g, '\u202f');
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
