/** How the clocks of two points relate, and which point each direction of a conversation comes to first. */
import { alignClocks, type Bound, type ClockLine, onFirstClock } from './clocks.ts';
import { type Conversation, conversationsOf } from './conversations.ts';
import { byClocks, byDelays, guess, type SenderPoint } from './nearness.ts';
import type { PointPair } from './recognise.ts';
import { joinFlows, type SeenFlow } from './sightings.ts';

export interface Alignment {
  readonly pair: PointPair;
  readonly flows: readonly [ReadonlyMap<string, SeenFlow>, ReadonlyMap<string, SeenFlow>];
  readonly conversations: readonly Conversation[];
  /** By conversation: the point that direction 0 comes to first. Direction 1 comes to the other one first. */
  readonly senderPoint: ReadonlyMap<Conversation, SenderPoint>;
  readonly clocks: Clocks;
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
    const { errorMs, slackMs, bounded } = this.line;
    return (bounded ? errorMs : MOST_EARLY_MS) + 2 * slackMs + ROUNDING_MS;
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

/** Where the error of the clocks is only a guess: no repeat comes sooner. */
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
    const told = byDelays(conversation, there, back);
    if (told) senderPoint.set(conversation, told);
  }
  // What is but a guess shows nothing of the clocks that others could be judged by.
  const line = lineOf(pair, bounds, new Map([...senderPoint].filter(([, { known }]) => known)));
  const clockDifference = milliseconds(starts[1] - starts[0]);
  for (const [conversation, both] of bounds) {
    const told = senderPoint.get(conversation);
    if (told?.known) continue;
    const byOthers = line && byClocks(both, line);
    senderPoint.set(conversation, byOthers ?? told ?? guess(conversation, both, line, clockDifference));
  }
  const final = line ?? lineOf(pair, bounds, senderPoint);
  return final && { line: final, senderPoint };
}

function startOf(captures: PointPair[number]): bigint {
  const times = captures.flatMap(({ facts }) => facts.firstTimeNs ?? []);
  return times.reduce((a, b) => (a < b ? a : b), times[0] ?? 0n);
}

export type Bounds = readonly [readonly Bound[], readonly Bound[]];

/**
 * What the datagrams of each direction show of the clocks: the first of each at both points, if the network made no
 * more than copies of one. `strict`: only those that no other handshake can have, and only if both points have all.
 */
function boundsOf({ groups }: Conversation, starts: readonly [bigint, bigint], strict: boolean): Bounds {
  const of = (direction: 0 | 1): Bound[] => {
    const both = groups[direction].filter(({ at: [a, b] }) => a.length > 0 && b.length > 0);
    const telling = both.filter(({ at: [a] }) => a[0]?.distinctive);
    const equal = strict
      ? telling.filter(({ at: [a, b] }) => a.length === b.length)
      : both.filter(({ at: [a, b] }) =>
          a[0]?.distinctive
            ? a.length === b.length || Math.min(a.length, b.length) === 1
            : a.length === 1 && b.length === 1,
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
