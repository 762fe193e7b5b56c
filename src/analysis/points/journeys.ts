/** What became of every datagram of a conversation between its two points. */
import { greatest, least } from '../extremes.ts';
import type { Alignment } from './alignment.ts';
import { type Changed, changedOnTheWay } from './changed.ts';
import type { Conversation } from './conversations.ts';
import { answering } from './identity.ts';
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
  /** What it tells if the receiver's point lacks a datagram: nothing if that point does not capture this direction. */
  readonly lacking: 'nothing' | 'perhaps-lost' | 'lost';
  /** How long most datagrams took at the most, in ms. */
  readonly usualDelay: number;
  /** When the first and the last that both points have were sent, and when the latest of them arrived. */
  readonly common: { readonly from: number; readonly to: number; readonly arrived: number };
}

export function journeysOf(alignment: Alignment, conversation: Conversation, timeOf: TimeOf): readonly Journeys[] {
  const { point: point0, known } = alignment.senderPoint.get(conversation) ?? { point: 0, known: false };
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
      // Where it is not known who is nearer to the sender, lost and made up on the way look the same.
      lacking: known ? lacking(conversation, direction, senderPoint) : 'nothing',
      usualDelay: usualDelay(matched, timeOf),
      common: {
        from: least(matched.pairs.map(([sent]) => timeOf(sent))),
        to: greatest(matched.pairs.map(([sent]) => timeOf(sent))),
        arrived: greatest(matched.pairs.map(([, arrived]) => timeOf(arrived))),
      },
    };
  });
}

/** A point that shows twice what its own endpoint sends shows twice what arrives there too. */
function isDoubling({ pairs, sentOnly, echoes }: Matched): boolean {
  return echoes.length > 0 && echoes.length * 2 >= pairs.length + sentOnly.length;
}

/** Where a point has nothing at all of a direction, what the end next to it sends shows whether it heard something. */
function lacking({ seen }: Conversation, direction: 0 | 1, senderPoint: 0 | 1): Journeys['lacking'] {
  const receiverPoint = senderPoint === 0 ? 1 : 0;
  if (seen[direction][senderPoint].length === 0) return 'nothing';
  if (seen[direction][receiverPoint].length > 0) return 'lost';
  const said = new Set(seen[direction === 0 ? 1 : 0][receiverPoint].map((s) => answering(s.datagram.payload)));
  return said.has('reply') ? 'nothing' : said.has('protected') ? 'perhaps-lost' : 'lost';
}

const MOST = 0.9;

function usualDelay({ pairs }: Matched, timeOf: TimeOf): number {
  const delays = pairs.map(([sent, arrived]) => timeOf(arrived) - timeOf(sent)).sort((a, b) => a - b);
  return Math.max(0, delays[Math.floor(delays.length * MOST)] ?? 0);
}

const inTime = (seen: readonly Seen[], timeOf: TimeOf): Seen[] => seen.toSorted((a, b) => timeOf(a) - timeOf(b));
