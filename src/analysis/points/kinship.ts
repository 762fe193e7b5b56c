/** What two captures have in common: nothing, the very same packets, or the same datagrams seen at another point. */
import { endpointName, type Seen, type SeenCapture } from './sightings.ts';

export interface Kinship {
  /** Capture indexes, ascending. */
  readonly of: readonly [number, number];
  /** `copies`: one point and the same packets. `points`: the same datagrams at two points. */
  readonly kind: 'copies' | 'points';
  /** Of copies: by how much the second's times differ from the first's, in ns. */
  readonly shiftNs: bigint;
}

interface Shared {
  readonly first: Seen;
  readonly second: Seen;
}

/** The first time that a capture has a payload, and how often it has it. */
type Firsts = ReadonlyMap<number, { readonly seen: Seen; count: number }>;

/** A datagram that more captures have than this is compared among the first of them. */
const MAX_OWNERS = 8;

export function kinships(captures: readonly SeenCapture[]): Kinship[] {
  const firsts = captures.map(firstsOf);
  const shared = new Map<string, number[]>();
  /** By payload, the captures that have it; most have but one owner, and need no list. */
  const owners = new Map<number, number | number[]>();
  for (const [j, own] of firsts.entries()) {
    for (const key of own.keys()) {
      const before = owners.get(key);
      if (before === undefined) {
        owners.set(key, j);
        continue;
      }
      const list = typeof before === 'number' ? [before] : before;
      if (list.length >= MAX_OWNERS) continue;
      for (const i of list) {
        const keys = shared.get(`${i} ${j}`);
        if (keys) keys.push(key);
        else shared.set(`${i} ${j}`, [key]);
      }
      list.push(j);
      if (list !== before) owners.set(key, list);
    }
  }
  const found: Kinship[] = [];
  for (const [pair, keys] of shared) {
    const [i = 0, j = 0] = pair.split(' ').map(Number);
    const kinship = judge(captures[i], captures[j], firsts[i], firsts[j], keys);
    if (kinship) found.push(kinship);
  }
  return found;
}

/** A mirror port or an "any" interface shows a packet again at once: that is no repeat. */
const ECHO_NS = 2_000_000n;

function firstsOf({ flows }: SeenCapture): Firsts {
  const firsts = new Map<number, { readonly seen: Seen; lastNs: bigint; count: number }>();
  for (const { isDtls, seen } of flows.values()) {
    for (const one of isDtls ? seen : []) {
      if (!one.distinctive) continue;
      const { timeNs } = one.datagram;
      const before = firsts.get(one.key);
      if (!before) firsts.set(one.key, { seen: one, lastNs: timeNs, count: 1 });
      else {
        if (timeNs - before.lastNs > ECHO_NS) before.count++;
        before.lastNs = timeNs;
      }
    }
  }
  return firsts;
}

function judge(
  a: SeenCapture | undefined,
  b: SeenCapture | undefined,
  inA: Firsts | undefined,
  inB: Firsts | undefined,
  keys: readonly number[],
): Kinship | null {
  if (!a || !b || !inA || !inB) return null;
  const shared = keys.flatMap((key): Shared[] => {
    const [first, second] = [inA.get(key), inB.get(key)];
    // What both have several times is a repeat with the same bytes, and says nothing of when.
    return first && second && Math.min(first.count, second.count) === 1
      ? [{ first: first.seen, second: second.seen }]
      : [];
  });
  if (shared.length === 0) return null;
  const of = [a.capture, b.capture] as const;
  const shiftNs = shiftOfCopies(a, b, shared);
  if (shiftNs !== null) return { of, kind: 'copies', shiftNs };
  return isContinuation(a, b, shared, inA, inB) || !isEnough(a, b, shared, inA, inB)
    ? null
    : { of, kind: 'points', shiftNs: 0n };
}

const differenceNs = ({ first, second }: Shared): bigint => second.datagram.timeNs - first.datagram.timeNs;

/** Formats keep microseconds or nanoseconds: a copy in the other one differs by less than this. */
const MICROSECOND_NS = 1000n;
const MICROSECOND_DIGITS = 6;
/** So many datagrams never take the same time to the nanosecond. */
const FEWEST_SHIFTED = 3;

/** By how much the times of copies differ; null where these are no copies of the same packets. */
function shiftOfCopies(a: SeenCapture, b: SeenCapture, shared: readonly Shared[]): bigint | null {
  if (!shared.every(sameAddresses)) return null;
  const [some] = shared;
  if (!some) return null;
  const sameTimes = shared.every((s) => abs(differenceNs(s)) < MICROSECOND_NS);
  const fine = Math.min(a.facts.timeDigits, b.facts.timeDigits) >= MICROSECOND_DIGITS;
  const bothWays = new Set(shared.map((s) => s.first.end)).size === 2;
  // In one direction delay and clock may cancel out, and a coarse clock shows no delay: then the frames have to tell.
  if (sameTimes && ((fine && bothWays) || shared.every(sameFrames))) return 0n;
  const shift = differenceNs(some);
  const shifted = shared.length >= FEWEST_SHIFTED && shared.every((s) => differenceNs(s) === shift && sameFrames(s));
  return shifted ? shift : null;
}

function sameAddresses({ first, second }: Shared): boolean {
  return (
    first.end === second.end &&
    first.flow.endpoints.every((e, i) => endpointName(e) === endpointName(second.flow.endpoints[i] ?? e)) &&
    first.flow.tag === second.flow.tag
  );
}

function sameFrames({ first, second }: Shared): boolean {
  const [a, b] = [first.datagram.frame, second.datagram.frame];
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Datagrams that two copies of a network, or a replay, put into files of one point that follow each other. */
const MOST_BY_REPLAY = 2;
/** Of what both could have seen in the flows in question, with many and with few datagrams in common. */
const LEAST_SHARE = 0.05;
const LEAST_SHARE_OF_FEW = 0.2;
const EDGE_NS = 1_000_000_000n;

/** One file ends before the other begins, with the same addresses: files of one point that share a late copy. */
function isContinuation(a: SeenCapture, b: SeenCapture, shared: readonly Shared[], inA: Firsts, inB: Firsts): boolean {
  if (!areApart(a, b) || !shared.every(sameAddresses)) return false;
  return shared.length <= MOST_BY_REPLAY && shared.length * 2 < Math.min(inA.size, inB.size);
}

/** The captures do not overlap in time, by their own clocks. */
export function areApart({ facts: a }: SeenCapture, { facts: b }: SeenCapture): boolean {
  const before = (x: bigint | null, y: bigint | null) => x !== null && y !== null && x <= y;
  return before(a.lastTimeNs, b.firstTimeNs) || before(b.lastTimeNs, a.firstTimeNs);
}

/** With the clocks laid over each other, a fair part of what both could have seen is in both. */
function isEnough(a: SeenCapture, b: SeenCapture, shared: readonly Shared[], inA: Firsts, inB: Firsts): boolean {
  const differences = shared.map(differenceNs).sort((x, y) => (x < y ? -1 : x > y ? 1 : 0));
  const offset = differences[differences.length >> 1] ?? 0n;
  const from = later(a.facts.firstTimeNs, (b.facts.firstTimeNs ?? 0n) - offset) - EDGE_NS;
  const to = -later(-(a.facts.lastTimeNs ?? 0n), -((b.facts.lastTimeNs ?? 0n) - offset)) + EDGE_NS;
  const count = (firsts: Firsts, flows: ReadonlySet<string>, shift: bigint) => {
    let n = 0;
    for (const { seen } of firsts.values()) {
      const at = seen.datagram.timeNs - shift;
      if (at >= from && at <= to && flows.has(seen.flow.key)) n++;
    }
    return n;
  };
  const most = Math.min(
    count(inA, new Set(shared.map((s) => s.first.flow.key)), 0n),
    count(inB, new Set(shared.map((s) => s.second.flow.key)), offset),
  );
  return shared.length >= most * (shared.length > MOST_BY_REPLAY ? LEAST_SHARE : LEAST_SHARE_OF_FEW);
}

const abs = (n: bigint): bigint => (n < 0n ? -n : n);
const later = (a: bigint | null, b: bigint): bigint => (a !== null && a > b ? a : b);
