/** Numbers by chance that are the same for the same seed and the same number of an input (mulberry32). */
import type { Chance } from '../mutants.ts';

export function chanceAt(seed: number, number: number): Chance {
  let state = Math.imul(seed + 1, 0x85ebca6b) ^ Math.imul(number + 1, 0x9e3779b1);
  state = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  };
}
