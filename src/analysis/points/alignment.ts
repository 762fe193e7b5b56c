/** How the clocks of two points relate, and which point each direction of a conversation comes to first. */
import { aheadAt, alignClocks, type Bound, type ClockLine, corridorWidth, onFirstClock } from './clocks.ts';
import { type Conversation, conversationsOf } from './conversations.ts';
import type { PointPair } from './recognise.ts';
import { joinFlows, type Seen, type SeenFlow } from './sightings.ts';

export interface Alignment {
  readonly pair: PointPair;
  readonly flows: readonly [ReadonlyMap<string, SeenFlow>, ReadonlyMap<string, SeenFlow>];
  readonly conversations: readonly Conversation[];
  /** By conversation: the point that direction 0 comes to first. Direction 1 comes to the other one first. */
  readonly senderPoint: ReadonlyMap<Conversation, SenderPoint>;
  readonly clocks: Clocks;
}

export interface SenderPoint {
  readonly point: 0 | 1;
  /** Delays show it; else it is a guess. */
  readonly known: boolean;
}

/** Times of both points as milliseconds on the first point's clock, from its first packet on. */
export class Clocks {
  readonly line: ClockLine;
  readonly #starts: readonly [bigint, bigint];

  constructor(line: ClockLine, starts: readonly [bigint, bigint]) {
    this.line = line;
    this.#starts = starts;
  }

  /** What to subtract from the second clock at the second point's first packet. */
  get offsetMs(): number {
    return this.line.aheadMs + milliseconds(this.#starts[1] - this.#starts[0]);
  }

  /** How much before it was sent a datagram may seem to arrive. */
  get earlyMs(): number {
    return Math.min(this.line.errorMs, MOST_EARLY_MS) + 2 * this.line.slackMs + ROUNDING_MS;
  }

  toMs(point: 0 | 1, timeNs: bigint): number {
    const own = milliseconds(timeNs - this.#starts[point]);
    return point === 0 ? own : onFirstClock(this.line, own);
  }

  /** The same as time on the first clock, to the nanosecond. */
  toNs(point: 0 | 1, timeNs: bigint): bigint {
    return point === 0 ? timeNs : this.#starts[0] + BigInt(Math.round(this.toMs(1, timeNs) * 1e6));
  }
}

/** A repeat comes later than this, whatever the clocks. */
const MOST_EARLY_MS = 25;
/** Formats keep whole microseconds at the least. */
const ROUNDING_MS = 0.002;
const MS_DIGITS = 3;

const milliseconds = (ns: bigint): number => Number(ns) / 1e6;

/** Null where the two have nothing in common after all. */
export function align(pair: PointPair): Alignment | null {
  const flows = [joinFlows(pair[0]), joinFlows(pair[1])] as const;
  const conversations = conversationsOf(flows[0], flows[1]);
  const starts = [startOf(pair[0]), startOf(pair[1])] as const;
  const found = related(pair, conversations, starts, false);
  // Where no line fits, it may be because something that is the same in many handshakes was taken for one datagram.
  const strict = found && found.line.slackMs > 0 ? related(pair, conversations, starts, true) : null;
  const best = found && strict && strict.line.slackMs < found.line.slackMs ? strict : found;
  return best && { pair, flows, conversations, senderPoint: best.senderPoint, clocks: new Clocks(best.line, starts) };
}

function related(
  pair: PointPair,
  conversations: readonly Conversation[],
  starts: readonly [bigint, bigint],
  strict: boolean,
): { line: ClockLine; senderPoint: Alignment['senderPoint'] } | null {
  const bounds = new Map(conversations.map((c) => [c, boundsOf(c, starts, strict)]));
  const senderPoint = new Map<Conversation, SenderPoint>();
  for (const [conversation, [there, back]] of bounds) {
    if (there.length === 0 || back.length === 0) continue;
    const [forward, backward] = [corridorWidth(there, back), corridorWidth(back, there)];
    if (forward !== backward) senderPoint.set(conversation, { point: forward > backward ? 0 : 1, known: true });
  }
  const line = lineOf(pair, bounds, senderPoint);
  for (const [conversation, both] of bounds)
    if (!senderPoint.has(conversation)) senderPoint.set(conversation, guess(conversation, both, line, starts));
  const final = line ?? lineOf(pair, bounds, senderPoint);
  return final && { line: final, senderPoint };
}

function startOf(captures: PointPair[number]): bigint {
  const times = captures.flatMap(({ facts }) => facts.firstTimeNs ?? []);
  return times.reduce((a, b) => (a < b ? a : b), times[0] ?? 0n);
}

type Bounds = readonly [readonly Bound[], readonly Bound[]];

/**
 * What the datagrams of each direction show of the clocks: those that each point has once, and of repeats with the
 * same bytes the first, if both points have all. `strict`: only those that no other handshake can have.
 */
function boundsOf({ groups }: Conversation, starts: readonly [bigint, bigint], strict: boolean): Bounds {
  const of = (direction: 0 | 1): Bound[] => {
    const both = groups[direction].filter(({ at: [a, b] }) => a.length > 0 && b.length > 0);
    const telling = both.filter(({ at: [a] }) => a[0]?.distinctive);
    const equal = both.filter(
      ({ at: [a, b] }) => a.length === b.length && (a[0]?.distinctive || (!strict && a.length === 1)),
    );
    return (equal.length > 0 ? equal : telling).flatMap(({ at: [[a], [b]] }) => {
      if (!a || !b) return [];
      const [x, y] = [milliseconds(a.datagram.timeNs - starts[0]), milliseconds(b.datagram.timeNs - starts[1])];
      return [{ x, ahead: y - x }];
    });
  };
  return [of(0), of(1)];
}

/** From all conversations whose directions are known. */
function lineOf(
  pair: PointPair,
  bounds: ReadonlyMap<Conversation, Bounds>,
  senderPoint: ReadonlyMap<Conversation, SenderPoint>,
): ClockLine | null {
  const above: Bound[] = [];
  const below: Bound[] = [];
  for (const [conversation, { point }] of senderPoint) {
    const [there, back] = bounds.get(conversation) ?? [[], []];
    for (const bound of point === 0 ? there : back) above.push(bound);
    for (const bound of point === 0 ? back : there) below.push(bound);
  }
  const digits = (captures: PointPair[number]) => Math.min(9, ...captures.map(({ facts }) => facts.timeDigits));
  const resolution = pair.reduce((sum, captures) => sum + 10 ** (MS_DIGITS - digits(captures)), 0);
  return alignClocks(above, below, originOf(above, below), resolution);
}

/** The second point's start, roughly, on the first clock: both count from their first packets. */
function originOf(above: readonly Bound[], below: readonly Bound[]): number {
  const some = above[0] ?? below[0];
  return some ? -some.ahead : 0;
}

/** Where datagrams of one direction only are in both: by the clocks if other conversations told, else by who has more. */
function guess(
  { seen, groups }: Conversation,
  bounds: Bounds,
  line: ClockLine | null,
  starts: readonly [bigint, bigint],
): SenderPoint {
  const direction = bounds[0].length > 0 ? 0 : 1;
  const other = direction === 0 ? 1 : 0;
  const asDirection0 = (point: 0 | 1) => (direction === 0 ? point : point === 0 ? 1 : 0);
  const late = bounds[direction].map(
    ({ x, ahead }) => ahead - (line ? aheadAt(line, x) : milliseconds(starts[0] - starts[1])),
  );
  const least = Math.min(...late.slice(0, MOST_COMPARED).map(Math.abs));
  const sign = (late[0] ?? 0) >= 0 ? 0 : 1;
  if (line && least > line.aheadErrorMs) return { point: asDirection0(sign), known: true };
  const missing = (from: 0 | 1, d: 0 | 1) => groups[d].filter(({ at }) => at[from].length === 0).length;
  // Everything passes the sender's point; in the other direction everything passes the other one.
  const votes = missing(1, direction) - missing(0, direction) + missing(0, other) - missing(1, other);
  if (votes !== 0) return { point: asDirection0(votes > 0 ? 0 : 1), known: true };
  const hops = hopsOf(seen[direction]);
  if (hops !== 0) return { point: asDirection0(hops > 0 ? 0 : 1), known: true };
  return { point: asDirection0(sign), known: false };
}

const MOST_COMPARED = 1000;

/** How many routers lie from the first point to the second, as the time to live of the first datagram has it. */
function hopsOf([first, second]: readonly [readonly Seen[], readonly Seen[]]): number {
  const [a] = first;
  const same = a && second.find(({ key }) => key === a.key);
  return (a?.datagram.ip?.ttl ?? 0) - (same?.datagram.ip?.ttl ?? a?.datagram.ip?.ttl ?? 0);
}
