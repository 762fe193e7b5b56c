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

/** Records of which only the first and the last place are known, and how many there are. */
export interface Stretch {
  readonly x0: number;
  readonly x1: number;
  readonly records: number;
}

interface Bin {
  count: number;
  readonly places: Set<number>;
}

/** `places` in any order; `stretches` are spread evenly. */
export function laneTicks(places: readonly number[], stretches: readonly Stretch[] = []): LaneTicks {
  const bins = new Map<number, Bin>();
  const binOf = (bin: number): Bin => {
    const known = bins.get(bin) ?? { count: 0, places: new Set<number>() };
    bins.set(bin, known);
    return known;
  };
  for (const { x0, x1, records } of stretches) {
    const [first, last] = [Math.floor(x0 / BAR_PX), Math.floor(Math.max(x0, x1) / BAR_PX)];
    for (let bin = first; bin <= last; bin++) {
      const known = binOf(bin);
      known.count += records / (last - first + 1);
      known.places.add(bin * BAR_PX).add(bin * BAR_PX + BAR_PX / 2);
    }
  }
  for (const x of places) {
    const known = binOf(Math.floor(x / BAR_PX));
    known.count++;
    if (known.places.size <= BAR_PX / TICK_PX) known.places.add(Math.round(x * 4) / 4);
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
      bars.push({ x: bin * BAR_PX, width: BAR_PX, level, records: Math.round(found.count) });
    }
  }
  return { ticks, bars };
}
