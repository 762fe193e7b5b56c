/** Times of a shared trace: whole numbers in units of the clock of their capture, since time 0. */
import type { CaptureFacts, Datagram } from '../capture/datagram.ts';

/** Nanoseconds of a unit, for a clock with this many decimal digits of a second. */
export function unitOf(digits: number): bigint {
  return 10n ** BigInt(9 - Math.min(9, Math.max(0, digits)));
}

export interface ShareClock {
  /** Time 0, in ns since 1970. */
  readonly originNs: bigint;
  /** Digits of a second with which times of a capture are shared: those of its clock, unless it ran for weeks. */
  digitsOf(facts: Pick<CaptureFacts, 'timeDigits'>): number;
  /** In units of a clock with so many digits. */
  time(timeNs: bigint, digits: number): number;
  inRange(at: { readonly timeNs: bigint }): boolean;
}

interface Recorded {
  readonly facts: CaptureFacts;
  readonly datagrams: readonly Datagram[];
}

/** Two times may lie twice as far apart as one from the origin, and all have to be exact as numbers of JSON. */
const MOST_UNITS = 1n << 51n;

/** Time 0 is the first packet of all, as in the report of the whole trace. `range` in milliseconds from there. */
export function shareClock(
  captures: readonly Recorded[],
  range: { readonly fromMs: number; readonly toMs: number } | null,
): ShareClock {
  const known = captures.flatMap(({ facts }) => [facts.firstTimeNs, facts.lastTimeNs].filter((t) => t !== null));
  const first = least(known) ?? 0n;
  const all = [...known, ...captures.flatMap(({ datagrams }) => datagrams.map(({ timeNs }) => timeNs))];
  const span = all.reduce((most, time) => larger(most, time > first ? time - first : first - time), 0n);
  const digitsOf = ({ timeDigits }: Pick<CaptureFacts, 'timeDigits'>): number => {
    let digits = timeDigits;
    while (digits > 0 && span / unitOf(digits) > MOST_UNITS) digits = Math.max(0, digits - 3);
    return digits;
  };
  const coarsest = captures.reduce((unit, { facts }) => larger(unit, unitOf(digitsOf(facts))), 1n);
  const [fromNs, toNs] = [range?.fromMs ?? 0, range?.toMs ?? 0].map((ms) => first + BigInt(Math.round(ms * 1e6)));
  return {
    originNs: first - (((first % coarsest) + coarsest) % coarsest),
    digitsOf,
    time(timeNs, digits) {
      return Number((timeNs - this.originNs) / unitOf(digits));
    },
    inRange: ({ timeNs }) => !range || (timeNs >= (fromNs ?? 0n) && timeNs <= (toNs ?? 0n)),
  };
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

const least = (times: readonly bigint[]): bigint | null =>
  times.reduce<bigint | null>((found, t) => (found === null || t < found ? t : found), null);
