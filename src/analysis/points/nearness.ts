/** Which of two points each direction comes to first: delays are never negative, and losses lie beyond the first point. */
import type { Bounds } from './alignment.ts';
import { aheadAt, type Bound, type ClockLine, corridorWidth } from './clocks.ts';
import type { Conversation, Group } from './conversations.ts';
import { answering } from './identity.ts';
import type { Seen } from './sightings.ts';

export interface SenderPoint {
  readonly point: 0 | 1;
  /** Something shows it; else it is a guess. */
  readonly known: boolean;
}

/**
 * Either fits only where one direction ends before the other begins. Clocks that run apart by at most half of what is
 * allowed (`DRIFTS` of clocks.ts) then leave the wrong corridor at most three times as wide as the true one:
 * (200 + 100) / (200 - 100).
 */
const CLEARLY = 3;

/** The point of direction 0, from datagrams of both directions; null where either point could be it. */
export function byDelays(
  { groups }: Conversation,
  there: readonly Bound[],
  back: readonly Bound[],
): SenderPoint | null {
  const [forward, backward] = [corridorWidth(there, back), corridorWidth(back, there)];
  if (forward === backward) return null;
  const wider = forward > backward ? 0 : 1;
  const [most, least] = [Math.max(forward, backward), Math.min(forward, backward)];
  if (least < 0 || most > CLEARLY * least) return { point: wider, known: true };
  const both = whileBoth(groups);
  const votes = lossesBeyond(groups[0], both) - lossesBeyond(groups[1], both);
  return votes === 0 ? { point: wider, known: false } : { point: votes > 0 ? 0 : 1, known: true };
}

/** The point of direction 0, where other conversations have told the clocks, and all delays are longer than their error. */
export function byClocks([there, back]: Bounds, line: ClockLine): SenderPoint | null {
  const late = [
    there.map(({ x, ahead }) => ahead - aheadAt(line, x)),
    back.map(({ x, ahead }) => aheadAt(line, x) - ahead),
  ];
  const told = late.flat();
  if (told.length > 0 && told.every((ms) => ms > line.errorMs)) return { point: 0, known: true };
  if (told.length > 0 && told.every((ms) => ms < -line.errorMs)) return { point: 1, known: true };
  return null;
}

/**
 * The point of direction 0, where only one direction is in both captures: losses and copies tell, which lie beyond the
 * sender's point, or who hears whom, or the time to live.
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
  const both = whileBoth(groups);
  const votes = lossesBeyond(groups[direction], both) || heardFrom(seen, direction, both);
  const voted = votes > 0 ? 0 : 1;
  // A late or early datagram at the edge of a file gives a wrong vote: a few count if set clocks do not contradict.
  const isSet = late.length > 0 && late.every((ms) => Math.abs(ms) < SET_CLOCKS_MS);
  if (votes !== 0) return { point: from(voted), known: Math.abs(votes) >= MANY || !isSet || voted === sign };
  const hops = hopsOf(seen[direction]);
  return hops === 0 ? { point: from(sign), known: false } : { point: from(hops > 0 ? 0 : 1), known: true };
}

/** Clocks that somebody sets differ by less. */
const SET_CLOCKS_MS = 1000;
const MANY = 3;

/** What comes again sooner may be a second image in the capture alone: of a mirror port, or of an "any" interface. */
const IMAGE_NS = 2_000_000n;
/** No timer of a handshake is as short: what comes again sooner is a copy that the network made. */
const COPY_NS = 20_000_000n;
/** No path holds a copy back for as long: what comes again later was sent again. Between the two it may be either. */
const REPEAT_NS = 500_000_000n;

/** At each point, from the first to the last datagram that the other point has too: beyond, only one may have recorded. */
type Times = readonly [{ readonly from: bigint; readonly to: bigint }, { readonly from: bigint; readonly to: bigint }];

function whileBoth(groups: Conversation['groups']): Times {
  const common = groups.flat().filter(({ at: [a, b] }) => a.length > 0 && b.length > 0);
  const times = (point: 0 | 1) => {
    let [from, to]: [bigint | null, bigint | null] = [null, null];
    for (const { at } of common) {
      for (const {
        datagram: { timeNs },
      } of at[point]) {
        if (from === null || timeNs < from) from = timeNs;
        if (to === null || timeNs > to) to = timeNs;
      }
    }
    return { from: from ?? 0n, to: to ?? 0n };
  };
  return [times(0), times(1)];
}

const isWithin = ({ datagram: { timeNs } }: Seen, { from, to }: Times[number]): boolean =>
  timeNs >= from && timeNs <= to;

/** Datagrams that were lost or copied on the way to the second point, less those on the way to the first. */
function lossesBeyond(groups: readonly Group[], times: Times): number {
  let votes = 0;
  for (const {
    at: [a, b],
  } of groups) {
    if (a.length === b.length) continue;
    const point = a.length > b.length ? 0 : 1;
    const more = (point === 0 ? a : b).filter((s) => isWithin(s, times[point]));
    if (more.length <= Math.min(a.length, b.length)) continue;
    const made = a.length === 0 || b.length === 0 ? 'sent' : madeBy(more);
    // Where there are more of them, there they were sent, unless the network made them.
    if (made !== null) votes += (point === 0) === (made === 'sent') ? 1 : -1;
  }
  return votes;
}

/** What made several of one datagram, by the shortest time between two of them; null where more than one thing may have. */
function madeBy(equal: readonly Seen[]): 'sent' | 'copied' | null {
  let shortest: bigint | null = null;
  for (const [i, { datagram }] of equal.entries()) {
    const before = equal[i - 1];
    if (!before) continue;
    const step = datagram.timeNs - before.datagram.timeNs;
    if (shortest === null || step < shortest) shortest = step;
  }
  if (shortest === null || shortest >= REPEAT_NS) return 'sent';
  return shortest >= IMAGE_NS && shortest < COPY_NS ? 'copied' : null;
}

/**
 * The other direction is in one capture alone. Where its receiver answers, it got through, and that capture is the
 * one next to the receiver; where the receiver only opens handshakes it got lost, and that is the one next to its sender.
 * @returns above 0 where the direction in question comes to the first point first, below where to the second.
 */
function heardFrom(seen: Conversation['seen'], direction: 0 | 1, times: Times): number {
  const alone = seen[direction === 0 ? 1 : 0].map(
    (list, point) => list.filter((s) => isWithin(s, times[point === 0 ? 0 : 1])).length,
  );
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
