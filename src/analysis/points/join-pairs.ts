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
  const groups: Group[] = [];
  for (const pair of pairs) {
    const next = align(pair);
    if (!next) continue;
    const near = nearnessOf(next);
    const [group, relation] = find(groups, near);
    if (group && relation) group.add(next, near, relation === 'turned');
    else groups.push(new Group(next, near));
  }
  return groups.flatMap((group) => group.whole()).map((alignment) => withContinuations(alignment, single));
}

function find(groups: readonly Group[], near: Nearness): [Group, 'same' | 'turned'] | [] {
  for (const group of groups) {
    const relation = sameOrTurned(group.near, near);
    if (relation) return [group, relation];
  }
  return [];
}

/** By flow: the points that have it (bit 0 and bit 1), and the point near its first end; null where it is not known. */
type Nearness = Map<string, { points: number; near: 0 | 1 | null }>;

/** Pairs of files that seem to be of the same two points. */
class Group {
  readonly near: Nearness;
  readonly #members: Alignment[];
  readonly #points: [SeenCapture[], SeenCapture[]];

  constructor(first: Alignment, near: Nearness) {
    this.near = new Map(near);
    this.#members = [first];
    this.#points = [[...first.pair[0]], [...first.pair[1]]];
  }

  add(member: Alignment, near: Nearness, turned: boolean): void {
    this.#members.push(member);
    for (const point of [0, 1] as const) this.#points[turned ? 1 - point : point]?.push(...member.pair[point]);
    for (const [key, entry] of near) {
      const before = this.near.get(key);
      const its = turned ? turnedRound(entry) : entry;
      this.near.set(key, before ? { points: before.points | its.points, near: before.near ?? its.near } : its);
    }
  }

  /** One alignment of all files; where no line fits them together, they are not of two points, and stay apart. */
  whole(): readonly Alignment[] {
    if (this.#members.length === 1) return this.#members;
    const whole = align(this.#points);
    const slack = Math.max(...this.#members.map(({ clocks }) => clocks.line.slackMs)) + MORE_SLACK_MS;
    return whole && whole.clocks.line.slackMs <= slack ? [whole] : this.#members;
  }
}

function turnedRound({ points, near }: { points: number; near: 0 | 1 | null }) {
  return {
    points: ((points & 1) << 1) | (points >> 1),
    near: near === null ? null : near === 0 ? (1 as const) : (0 as const),
  };
}

function nearnessOf({ conversations, senderPoint }: Alignment): Nearness {
  const found: Nearness = new Map();
  for (const conversation of conversations) {
    const sender = senderPoint.get(conversation);
    for (const point of [0, 1] as const) {
      for (const flow of conversation.flows[point]) {
        const turned = conversation.turned.get(flow) ?? 0;
        const near = sender?.known ? ((sender.point ^ turned) as 0 | 1) : null;
        const before = found.get(flow.key);
        found.set(flow.key, { points: (before?.points ?? 0) | (1 << point), near: before?.near ?? near });
      }
    }
  }
  return found;
}

const BOTH = 3;

/** Whether the points of two pairs are the same, in the same order or turned round; null where nothing tells. */
function sameOrTurned(a: Nearness, b: Nearness): 'same' | 'turned' | null {
  let votes = 0;
  for (const [key, its] of b) {
    const mine = a.get(key);
    if (!mine) continue;
    // With a NAT only one point has the flow; without one both do, and which is near its first end tells.
    if (mine.points !== BOTH && its.points !== BOTH) votes += mine.points === its.points ? 1 : -1;
    else if (mine.near !== null && its.near !== null) votes += mine.near === its.near ? 1 : -1;
  }
  return votes === 0 ? null : votes > 0 ? 'same' : 'turned';
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
  return align([pair[0].concat(more[0]), pair[1].concat(more[1])]) ?? alignment;
}
