/** What became of every datagram of a conversation between its two points. */
import type { Alignment } from './alignment.ts';
import { type Changed, changedOnTheWay } from './changed.ts';
import type { Conversation } from './conversations.ts';
import { isReply } from './identity.ts';
import { type Matched, match, type TimeOf } from './match.ts';
import type { Seen } from './sightings.ts';

export interface Journeys {
  readonly direction: 0 | 1;
  /** The point that this direction comes to first. */
  readonly senderPoint: 0 | 1;
  readonly matched: Matched;
  readonly changed: Changed;
  /** Second images at the receiver's point. */
  readonly echoes: ReadonlySet<Seen>;
  /** Arrivals that the sender's point should have and has not, in any form. */
  readonly unexplained: readonly Seen[];
  /** One of the points has nothing of this direction because it does not capture it: nothing is told by what it lacks. */
  readonly oneWay: boolean;
  /** The fastest datagram, in ms. */
  readonly leastDelay: number;
}

export function journeysOf(alignment: Alignment, conversation: Conversation, timeOf: TimeOf): readonly Journeys[] {
  const point0 = alignment.senderPoint.get(conversation)?.point ?? 0;
  const { earlyMs } = alignment.clocks;
  const directions = ([0, 1] as const).map((direction) => {
    const senderPoint = (point0 ^ direction) as 0 | 1;
    return { direction, senderPoint, matched: match(conversation.groups[direction], senderPoint, timeOf, earlyMs) };
  });
  return directions.map(({ direction, senderPoint, matched }): Journeys => {
    const back = directions[direction === 0 ? 1 : 0]?.matched;
    const doubles = back !== undefined && isDoubling(back);
    const echoes = new Set(matched.copies.filter(({ atOnce }) => doubles && atOnce).map(({ seen }) => seen));
    const changed = changedOnTheWay(inTime(matched.sentOnly, timeOf), inTime(matched.unsent, timeOf), timeOf, earlyMs);
    return {
      direction,
      senderPoint,
      matched,
      changed,
      echoes,
      unexplained: matched.unsent.filter((seen) => !changed.explained.has(seen)),
      oneWay: isOneWay(conversation, direction, senderPoint),
      leastDelay: leastDelay(matched, timeOf),
    };
  });
}

/** A point that shows twice what its own endpoint sends shows twice what arrives there too. */
function isDoubling({ pairs, sentOnly, echoes }: Matched): boolean {
  return echoes.length > 0 && echoes.length * 2 >= pairs.length + sentOnly.length;
}

/** One point has none of this direction, and yet it got through: that point captures one way only. */
function isOneWay({ seen }: Conversation, direction: 0 | 1, senderPoint: 0 | 1): boolean {
  const receiverPoint = senderPoint === 0 ? 1 : 0;
  const [sent, arrived] = [seen[direction][senderPoint], seen[direction][receiverPoint]];
  if (sent.length === 0) return true;
  if (arrived.length > 0) return false;
  const answers = seen[direction === 0 ? 1 : 0][receiverPoint];
  return answers.some(({ datagram }) => isReply(datagram.payload));
}

function leastDelay({ pairs }: Matched, timeOf: TimeOf): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [sent, arrived] of pairs) least = Math.min(least, timeOf(arrived) - timeOf(sent));
  return Number.isFinite(least) ? Math.max(0, least) : 0;
}

const inTime = (seen: readonly Seen[], timeOf: TimeOf): Seen[] => seen.toSorted((a, b) => timeOf(a) - timeOf(b));
