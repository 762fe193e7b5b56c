/**
 * Files of two points that were rotated together: those of the first hour share datagrams with each other, and so do
 * those of the second, but neither with the other hour's. The addresses tell which belong to one point.
 */
import { type Alignment, align } from './alignment.ts';
import { areApart } from './kinship.ts';
import type { PointPair } from './recognise.ts';
import type { SeenCapture } from './sightings.ts';

/** The line through all files of two points may miss this much more than those through the parts, in ms. */
const MORE_SLACK_MS = 0.01;

export function joinPairs(pairs: readonly PointPair[], single: readonly SeenCapture[]): Alignment[] {
  const joined: Alignment[] = [];
  for (const pair of pairs) {
    const next = align(pair);
    if (!next) continue;
    const at = joined.findIndex((before) => sameOrTurned(before, next) !== null);
    const whole = joined[at] && together(joined[at], next);
    if (whole) joined[at] = whole;
    else joined.push(next);
  }
  return joined.map((alignment) => withContinuations(alignment, single));
}

function together(before: Alignment, next: Alignment): Alignment | null {
  const relation = sameOrTurned(before, next);
  if (relation === null) return null;
  const [a, b] = relation === 'same' ? next.pair : [next.pair[1], next.pair[0]];
  const whole = align([
    [...before.pair[0], ...a],
    [...before.pair[1], ...b],
  ]);
  const slack = Math.max(before.clocks.line.slackMs, next.clocks.line.slackMs) + MORE_SLACK_MS;
  return whole && whole.clocks.line.slackMs <= slack ? whole : null;
}

/** Whether the points of two pairs are the same, in the same order or turned round; null where nothing tells. */
function sameOrTurned(a: Alignment, b: Alignment): 'same' | 'turned' | null {
  let votes = 0;
  for (const [key, near] of nearnessOf(a)) {
    const other = nearnessOf(b).get(key);
    if (!other) continue;
    // Without a NAT both points have the flow, and which is near its first end tells; with one only one point has it.
    const [mine, its] =
      near.points.size === 1 && other.points.size === 1 ? [near.points, other.points] : [near.near, other.near];
    const [p, q] = [[...mine][0], [...its][0]];
    if (p === undefined || q === undefined) continue;
    votes += p === q ? 1 : -1;
  }
  return votes === 0 ? null : votes > 0 ? 'same' : 'turned';
}

interface Nearness {
  /** The points that have the flow. */
  readonly points: Set<0 | 1>;
  /** The point that is near its first end. */
  readonly near: Set<0 | 1>;
}

const nearness = new WeakMap<Alignment, ReadonlyMap<string, Nearness>>();

function nearnessOf(alignment: Alignment): ReadonlyMap<string, Nearness> {
  const before = nearness.get(alignment);
  if (before) return before;
  const found = new Map<string, Nearness>();
  for (const conversation of alignment.conversations) {
    const sender = alignment.senderPoint.get(conversation);
    for (const point of [0, 1] as const) {
      for (const flow of conversation.flows[point]) {
        const entry = found.get(flow.key) ?? { points: new Set(), near: new Set() };
        found.set(flow.key, entry);
        entry.points.add(point);
        const turned = conversation.turned.get(flow) ?? 0;
        if (sender?.known) entry.near.add((sender.point ^ turned) as 0 | 1);
      }
    }
  }
  nearness.set(alignment, found);
  return found;
}

/** A file of one point for which there is none of the other: behind a NAT the addresses tell whose it is. */
function withContinuations(alignment: Alignment, single: readonly SeenCapture[]): Alignment {
  const more: readonly [SeenCapture[], SeenCapture[]] = [[], []];
  for (const capture of single) {
    const points = ([0, 1] as const).filter((point) =>
      [...capture.flows].some(([key, { isDtls }]) => isDtls && alignment.flows[point].has(key)),
    );
    const [point] = points;
    if (points.length === 1 && point !== undefined && alignment.pair[point].every((other) => areApart(other, capture)))
      more[point].push(capture);
  }
  if (more[0].length + more[1].length === 0) return alignment;
  const { pair } = alignment;
  return (
    align([
      [...pair[0], ...more[0]],
      [...pair[1], ...more[1]],
    ]) ?? alignment
  );
}
