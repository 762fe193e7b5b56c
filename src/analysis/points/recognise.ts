/**
 * Which captures are of the same traffic: files that continue each other at one point, files of a second point, and
 * files that were opened twice. Captures that share datagrams lie at different points, so their graph has two colours.
 */
import { type Kinship, kinships } from './kinship.ts';
import type { SeenCapture } from './sightings.ts';

/** Indexes of the captures at each of two points; the point that was opened first comes first. */
export type PointPair = readonly [readonly SeenCapture[], readonly SeenCapture[]];

export interface Recognised {
  readonly pairs: readonly PointPair[];
  /** Captures with nobody else's traffic. */
  readonly single: readonly SeenCapture[];
  /** Datagrams that are counted elsewhere, by index. */
  readonly leftOut: ReadonlySet<number>;
  /** Sentences, by capture. */
  readonly problems: ReadonlyMap<number, readonly string[]>;
}

export function recognise(captures: readonly SeenCapture[]): Recognised {
  const recognition = new Recognition(captures);
  recognition.leaveOutCopies();
  recognition.colour();
  return recognition.result();
}

/** Whether any of the captures from `first` on shows traffic of one before it, from another point. */
export function sharesTraffic(captures: readonly SeenCapture[], first: number): boolean {
  return kinships(captures).some(({ kind, of: [a, b] }) => kind === 'points' && a < first && b >= first);
}

class Recognition {
  readonly #captures = new Map<number, SeenCapture>();
  readonly #leftOut = new Set<number>();
  readonly #problems = new Map<number, string[]>();
  /** Copies in part: they lie at the point of the one that they copy. */
  readonly #samePoint: Kinship[] = [];
  readonly #colours = new Map<number, 0 | 1>();
  readonly #pairs: PointPair[] = [];
  #kinships: readonly Kinship[];

  constructor(captures: readonly SeenCapture[]) {
    for (const capture of captures) this.#captures.set(capture.capture, capture);
    this.#kinships = kinships(captures);
  }

  result(): Recognised {
    const paired = new Set(this.#pairs.flat(2));
    return {
      pairs: this.#pairs,
      single: [...this.#captures.values()].filter((capture) => !paired.has(capture)),
      leftOut: this.#leftOut,
      problems: this.#problems,
    };
  }

  leaveOutCopies(): void {
    const copies = this.#kinships.filter((k) => k.kind === 'copies').sort((a, b) => a.of[1] - b.of[1]);
    for (const kinship of copies) {
      const [original, copy] = kinship.of.map((capture) => this.#captures.get(capture));
      if (!original || !copy) continue;
      const rest = this.#withoutCopies(original, copy, kinship.shiftNs);
      if (rest.flows.size > 0) {
        this.#captures.set(copy.capture, rest);
        this.#samePoint.push(kinship);
      } else this.#captures.delete(copy.capture);
    }
    const open = new Set(this.#captures.keys());
    this.#kinships = this.#kinships.filter((k) => k.kind === 'points' && k.of.every((capture) => open.has(capture)));
  }

  #withoutCopies(original: SeenCapture, copy: SeenCapture, shiftNs: bigint): SeenCapture {
    const there = new Map<string, number>();
    const name = (flow: string, key: number, timeNs: bigint) => `${flow} ${key} ${(timeNs + 500n) / 1000n}`;
    for (const { key: flow, seen } of original.flows.values()) {
      for (const { key, datagram } of seen) {
        // Truncated or rounded to microseconds: the neighbours count too, but each packet only once.
        const at = name(flow, key, datagram.timeNs + shiftNs);
        there.set(at, (there.get(at) ?? 0) + 1);
      }
    }
    const isThere = (flow: string, key: number, timeNs: bigint) => {
      for (const near of [0n, -1000n, 1000n]) {
        const at = name(flow, key, timeNs + near);
        const count = there.get(at) ?? 0;
        if (count === 0) continue;
        there.set(at, count - 1);
        return true;
      }
      return false;
    };
    let [left, out] = [0, 0];
    const flows = new Map<string, SeenCapture['flows'] extends ReadonlyMap<string, infer F> ? F : never>();
    for (const [name, flow] of copy.flows) {
      const seen = flow.seen.filter((one) => {
        if (!isThere(name, one.key, one.datagram.timeNs)) return true;
        this.#leftOut.add(one.index);
        out++;
        return false;
      });
      left += seen.length;
      if (seen.length > 0) flows.set(name, { ...flow, seen });
    }
    const times = shiftNs === 0n ? 'at the same times' : 'with other times';
    this.#note(
      copy.capture,
      left === 0
        ? `It holds the same packets as ${original.facts.name}, ${times}, so it was left out.`
        : `${out} of its datagrams are in ${original.facts.name} too, ${times}: they were counted once.`,
    );
    return { ...copy, flows };
  }

  colour(): void {
    for (const start of [...this.#captures.keys()].sort((a, b) => a - b)) {
      if (this.#colours.has(start) || this.#neighbours(start).length === 0) continue;
      const component = this.#spread(start);
      const at = (colour: 0 | 1) =>
        component.flatMap((capture) => {
          const seen = this.#captures.get(capture);
          return seen && this.#colours.get(capture) === colour ? [seen] : [];
        });
      if (at(1).length > 0) this.#pairs.push([at(0), at(1)]);
    }
  }

  /** Gives every capture that hangs together with this one its point. */
  #spread(start: number): number[] {
    const queue = [start];
    this.#colours.set(start, 0);
    const component: number[] = [];
    for (let i = 0; i < queue.length; i++) {
      const capture = queue[i] ?? start;
      component.push(capture);
      for (const next of this.#neighbours(capture)) {
        if (queue.includes(next) || !this.#captures.has(next)) continue;
        const colours = new Set(this.#neighbours(next).flatMap((n) => this.#wanted(next, n) ?? []));
        const [colour] = colours;
        if (colours.size > 1 || colour === undefined) this.#leaveOutThird(next, component);
        else {
          this.#colours.set(next, colour);
          queue.push(next);
        }
      }
    }
    return component.sort((a, b) => a - b);
  }

  /** The point of `capture` as a neighbour that has one demands it. */
  #wanted(capture: number, neighbour: number): 0 | 1 | null {
    const colour = this.#colours.get(neighbour);
    if (colour === undefined) return null;
    const same = this.#samePoint.some((k) => k.of.includes(capture) && k.of.includes(neighbour));
    return same ? colour : colour === 0 ? 1 : 0;
  }

  #neighbours(capture: number): number[] {
    return [...this.#kinships, ...this.#samePoint]
      .filter((k) => k.of.includes(capture))
      .map((k) => (k.of[0] === capture ? k.of[1] : k.of[0]))
      .sort((a, b) => a - b);
  }

  /** Its share of the traffic would be counted twice; what only it has stays. */
  #leaveOutThird(capture: number, component: readonly number[]): void {
    const third = this.#captures.get(capture);
    if (!third) return;
    const known = new Set<number>();
    for (const other of component)
      for (const { seen } of this.#captures.get(other)?.flows.values() ?? [])
        for (const { key, distinctive } of seen) if (distinctive) known.add(key);
    const flows = new Map(third.flows);
    for (const [name, { seen }] of third.flows) {
      if (!seen.some(({ key, distinctive }) => distinctive && known.has(key))) continue;
      for (const { index } of seen) this.#leftOut.add(index);
      flows.delete(name);
    }
    this.#captures.set(capture, { ...third, flows });
    this.#kinships = this.#kinships.filter((k) => !k.of.includes(capture));
    this.#note(
      capture,
      'It shows the same traffic from a third point. Only two points can be compared, so what it shares with them was left out.',
    );
  }

  #note(capture: number, sentence: string): void {
    this.#problems.set(capture, [...(this.#problems.get(capture) ?? []), sentence]);
  }
}
