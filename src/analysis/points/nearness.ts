/** Which of two points each direction comes to first, where delays do not tell: one direction alone is in both captures. */
import type { Bounds } from './alignment.ts';
import { aheadAt, type ClockLine } from './clocks.ts';
import type { Conversation, Group } from './conversations.ts';
import { answering } from './identity.ts';
import type { Seen } from './sightings.ts';

export interface SenderPoint {
  readonly point: 0 | 1;
  /** Something shows it; else it is a guess. */
  readonly known: boolean;
}

/**
 * The point of direction 0. Other conversations may have told the clocks; else losses and copies tell, which lie
 * beyond the sender's point, or who hears whom, or the time to live.
 * @param line of the clocks; null where nothing told it. @param difference of the two clocks' starts, in ms.
 */
export function guess(
  { seen, groups }: Conversation,
  bounds: Bounds,
  line: ClockLine | null,
  difference: number,
): SenderPoint {
  const direction = bounds[0].length > 0 ? 0 : 1;
  const from = (point: 0 | 1) => (point === direction ? 0 : 1);
  const late = bounds[direction].map(({ x, ahead }) => (line ? ahead - aheadAt(line, x) : ahead + difference));
  const sign = (late[0] ?? 0) >= 0 ? 0 : 1;
  const certain = line !== null && late.length > 0 && late.every((ms) => Math.abs(ms) > line.errorMs);
  if (certain) return { point: from(sign), known: true };
  const votes = lossesBeyond(groups[direction]) || heardFrom(seen, direction);
  if (votes !== 0) return { point: from(votes > 0 ? 0 : 1), known: true };
  const hops = hopsOf(seen[direction]);
  return hops === 0 ? { point: from(sign), known: false } : { point: from(hops > 0 ? 0 : 1), known: true };
}

/** No timer of a handshake is as short: what comes again sooner is a copy that the network made. */
const COPY_NS = 20_000_000n;

/** Datagrams that were lost or copied on the way to the second point, less those on the way to the first. */
function lossesBeyond(groups: readonly Group[]): number {
  let votes = 0;
  for (const {
    at: [a, b],
  } of groups) {
    if (a.length === b.length) continue;
    const more = a.length > b.length ? a : b;
    const copied = more.some((s, i) => i > 0 && s.datagram.timeNs - (more[i - 1] ?? s).datagram.timeNs < COPY_NS);
    // Where there are more of them, there they were sent, unless the network made them.
    const senderFirst = (more === a) !== (copied && a.length > 0 && b.length > 0);
    votes += senderFirst ? 1 : -1;
  }
  return votes;
}

/**
 * The other direction is in one capture alone. Where its receiver answers, it got through, and that capture is the
 * one next to the receiver; where the receiver only opens handshakes it got lost, and that is the one next to its sender.
 * @returns above 0 where the direction in question comes to the first point first, below where to the second.
 */
function heardFrom(seen: Conversation['seen'], direction: 0 | 1): number {
  const alone = seen[direction === 0 ? 1 : 0].map((list) => list.length);
  const said = new Set(seen[direction].flat().map(({ datagram }) => answering(datagram.payload)));
  const there = Math.sign((alone[0] ?? 0) - (alone[1] ?? 0));
  return said.has('reply') ? there : said.has('protected') ? 0 : -there;
}

/** How many routers lie from the first point to the second, as the time to live of the first datagram has it. */
function hopsOf([first, second]: readonly [readonly Seen[], readonly Seen[]]): number {
  const [a] = first;
  const same = a && second.find(({ key }) => key === a.key);
  return (a?.datagram.ip?.ttl ?? 0) - (same?.datagram.ip?.ttl ?? a?.datagram.ip?.ttl ?? 0);
}
