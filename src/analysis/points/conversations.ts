/**
 * Flows of two points that are one conversation, whatever their addresses: those that share datagrams. A NAT gives
 * a flow other addresses, a rebinding in mid-association gives one flow of a point several at the other.
 */
import { type End, inOrder, type Seen, type SeenFlow } from './sightings.ts';

/** The same payload in the same direction, in order of time at each point. */
export interface Group {
  readonly at: readonly [Seen[], Seen[]];
}

export interface Conversation {
  /** Its flows at the first and at the second point. */
  readonly flows: readonly [readonly SeenFlow[], readonly SeenFlow[]];
  /** By flow: 1 where its second end sends in direction 0. */
  readonly turned: ReadonlyMap<SeenFlow, End>;
  /** By direction: all its datagrams at each point, in order of time. */
  readonly seen: readonly [Sequences, Sequences];
  /** By direction: its datagrams by payload. */
  readonly groups: readonly [readonly Group[], readonly Group[]];
}

type Sequences = readonly [readonly Seen[], readonly Seen[]];

interface Link {
  readonly of: readonly [SeenFlow, SeenFlow];
  readonly keys: number[];
  /** Shared datagrams whose sender is the same end of both flows, less those where it is not. */
  parity: number;
}

/** A datagram is looked for in so many flows: more have it only where somebody floods. */
const MAX_FLOWS_OF_ONE = 8;

export function conversationsOf(
  first: ReadonlyMap<string, SeenFlow>,
  second: ReadonlyMap<string, SeenFlow>,
): Conversation[] {
  const parts = new Parts();
  const covered = new Map<SeenFlow, Set<number>>();
  const cover = (flow: SeenFlow) => {
    const before = covered.get(flow) ?? new Set<number>();
    covered.set(flow, before);
    return before;
  };
  for (const { of, keys, parity } of linksOf(first, second)) {
    // Both legs of a proxy in one capture, or a copy from a forged address: nothing that a better link has not told.
    const [a, b] = of.map(cover);
    if (!a || !b || !keys.some((key) => !a.has(key)) || !keys.some((key) => !b.has(key))) continue;
    if (!parts.join(of[0], of[1], parity >= 0 ? 0 : 1)) continue;
    for (const key of keys) {
      a.add(key);
      b.add(key);
    }
  }
  // Where everything got lost, or everything of one of its addresses, the addresses alone tell.
  for (const [key, flow] of first) {
    const other = second.get(key);
    const known = flow.isDtls && other?.isDtls && parts.count > 0;
    if (known && (!parts.has(flow) || !parts.has(other))) parts.join(flow, other, 0);
  }
  const points = [new Set(first.values()), new Set(second.values())] as const;
  return parts.all().map((members) => conversation(members, points));
}

/** The strongest first; of equals those with the same addresses, else in order of appearance. */
function linksOf(first: ReadonlyMap<string, SeenFlow>, second: ReadonlyMap<string, SeenFlow>): Link[] {
  const there = firstInEachFlow(second);
  const links = new Map<SeenFlow, Map<SeenFlow, Link>>();
  for (const [key, here] of firstInEachFlow(first)) {
    const others = there.get(key);
    if (others === undefined) continue;
    for (const one of listed(here)) {
      const from = links.get(one.flow) ?? new Map<SeenFlow, Link>();
      links.set(one.flow, from);
      for (const other of listed(others)) {
        // Records with a connection ID prove nothing by themselves, but they are what they are at the other point.
        if (!one.flow.isDtls && !other.flow.isDtls) continue;
        const link = from.get(other.flow) ?? { of: [one.flow, other.flow], keys: [], parity: 0 };
        from.set(other.flow, link);
        link.keys.push(one.key);
        link.parity += one.end === other.end ? 1 : -1;
      }
    }
  }
  const sameAddresses = ({ of: [a, b] }: Link) => (a.key === b.key ? 1 : 0);
  return [...links.values()]
    .flatMap((from) => [...from.values()])
    .sort((a, b) => b.keys.length - a.keys.length || sameAddresses(b) - sameAddresses(a));
}

/** By payload, where each of the first few flows has it for the first time; nearly always there is but one. */
function firstInEachFlow(flows: ReadonlyMap<string, SeenFlow>): ReadonlyMap<number, Seen | Seen[]> {
  const found = new Map<number, Seen | Seen[]>();
  for (const { seen } of flows.values()) {
    for (const one of seen) {
      if (!one.distinctive) continue;
      const before = found.get(one.key);
      if (before === undefined) found.set(one.key, one);
      else {
        const list = listed(before);
        if (list.length >= MAX_FLOWS_OF_ONE || list.some((other) => other.flow === one.flow)) continue;
        found.set(one.key, [...list, one]);
      }
    }
  }
  return found;
}

const listed = (some: Seen | Seen[]): Seen[] => (Array.isArray(some) ? some : [some]);

/** Flows that hang together, each with whether its ends are turned round (1) against the others' or not (0). */
class Parts {
  readonly #parts = new Map<SeenFlow, Map<SeenFlow, End>>();

  /** False where the flows hang together already, the other way round. */
  join(a: SeenFlow, b: SeenFlow, turned: End): boolean {
    const [partA, partB] = [this.#partOf(a), this.#partOf(b)];
    const turn = ((partA.get(a) ?? 0) ^ (partB.get(b) ?? 0) ^ turned) as End;
    if (partA === partB) return turn === 0;
    const [into, from] = partA.size >= partB.size ? [partA, partB] : [partB, partA];
    for (const [flow, end] of from) {
      into.set(flow, (end ^ turn) as End);
      this.#parts.set(flow, into);
    }
    return true;
  }

  has(flow: SeenFlow): boolean {
    return this.#parts.has(flow);
  }

  get count(): number {
    return this.#parts.size;
  }

  all(): ReadonlyMap<SeenFlow, End>[] {
    return [...new Set(this.#parts.values())];
  }

  #partOf(flow: SeenFlow): Map<SeenFlow, End> {
    const before = this.#parts.get(flow);
    if (before) return before;
    const part = new Map<SeenFlow, End>([[flow, 0]]);
    this.#parts.set(flow, part);
    return part;
  }
}

function conversation(
  members: ReadonlyMap<SeenFlow, End>,
  points: readonly [ReadonlySet<SeenFlow>, ReadonlySet<SeenFlow>],
): Conversation {
  const at = (point: 0 | 1) => [...members.keys()].filter((flow) => points[point].has(flow));
  const flows = [at(0), at(1)] as const;
  const sequence = (point: 0 | 1, direction: End): readonly Seen[] =>
    inOrder(flows[point].flatMap((f) => f.seen.filter(({ end }) => (end ^ (members.get(f) ?? 0)) === direction)));
  const sequences = (direction: End): Sequences => [sequence(0, direction), sequence(1, direction)];
  const seen = [sequences(0), sequences(1)] as const;
  return { flows, turned: members, seen, groups: [groupsOf(seen[0]), groupsOf(seen[1])] };
}

function groupsOf(sequences: Sequences): Group[] {
  const groups = new Map<number, Group>();
  for (const point of [0, 1] as const) {
    for (const one of sequences[point]) {
      const group = groups.get(one.key) ?? { at: [[], []] };
      groups.set(one.key, group);
      group.at[point].push(one);
    }
  }
  return [...groups.values()];
}
