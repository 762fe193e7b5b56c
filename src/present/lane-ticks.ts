/** Records along a lane: a tick each where they can be told apart, else bars that are the higher the more there are. */

export interface DensityBar {
  readonly x: number;
  readonly width: number;
  /** 0 to 1, logarithmic against the fullest bar of the lane. */
  readonly level: number;
  readonly records: number;
}

export interface LaneTicks {
  readonly ticks: readonly number[];
  readonly bars: readonly DensityBar[];
}

const BAR_PX = 4;
/** A record needs this much room for a tick of its own. */
const TICK_PX = 2;

/** `places` in any order. */
export function laneTicks(places: readonly number[]): LaneTicks {
  const bins = new Map<number, { count: number; places: Set<number> }>();
  for (const x of places) {
    const bin = Math.floor(x / BAR_PX);
    const known = bins.get(bin) ?? { count: 0, places: new Set<number>() };
    known.count++;
    if (known.places.size <= BAR_PX / TICK_PX) known.places.add(Math.round(x * 4) / 4);
    bins.set(bin, known);
  }
  const isFull = ({ count }: { readonly count: number }) => count * TICK_PX > BAR_PX;
  const fullest = [...bins.values()].filter(isFull).reduce((most, { count }) => Math.max(most, count), 0);
  const ticks: number[] = [];
  const bars: DensityBar[] = [];
  for (const [bin, found] of bins) {
    // Records of one moment are one tick, however many they are.
    if (!isFull(found) || found.places.size === 1) ticks.push(...found.places);
    else {
      const level = Math.log(1 + found.count) / Math.log(1 + fullest);
      bars.push({ x: bin * BAR_PX, width: BAR_PX, level, records: found.count });
    }
  }
  return { ticks, bars };
}
