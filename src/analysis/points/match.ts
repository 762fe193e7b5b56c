/**
 * Which datagram at the receiver's point is which at the sender's, where the network may have lost, copied and
 * reordered them. Equal bytes in one direction belong together; times decide only among equal ones.
 */
import type { Group } from './conversations.ts';
import type { Seen } from './sightings.ts';

export interface Matched {
  /** Sent and arrived. */
  readonly pairs: readonly (readonly [Seen, Seen])[];
  /** Sent, and not arrived. */
  readonly sentOnly: readonly Seen[];
  /** Arrived, and nothing like it was sent. */
  readonly unsent: readonly Seen[];
  /** Arrived more often than it was sent; `atOnce` right after another one like it. */
  readonly copies: readonly { readonly seen: Seen; readonly atOnce: boolean }[];
  /** Second images of a packet at the sender's point: the capture shows it twice, and nothing else travelled. */
  readonly echoes: readonly Seen[];
}

export type TimeOf = (seen: Seen) => number;

/** A mirror port or an "any" interface shows a packet again within this time; no sender repeats itself so soon. */
const ECHO_MS = 2;

/** @param timeOf on one clock, in ms. @param early how much before it was sent a datagram may seem to arrive. */
export function match(groups: readonly Group[], senderPoint: 0 | 1, timeOf: TimeOf, early: number): Matched {
  const pairs: (readonly [Seen, Seen])[] = [];
  const sentOnly: Seen[] = [];
  const unsent: Seen[] = [];
  const copies: { seen: Seen; atOnce: boolean }[] = [];
  const echoes: Seen[] = [];
  for (const { at } of groups) {
    const [sent, arrived] = senderPoint === 0 ? at : [at[1], at[0]];
    const [one, other] = [sent[0], arrived[0]];
    if (one && other && sent.length === 1 && arrived.length === 1 && timeOf(one) <= timeOf(other) + early) {
      pairs.push([one, other]);
      continue;
    }
    if (!one) {
      for (const seen of arrived) unsent.push(seen);
      continue;
    }
    const { first, again } = apart(sent, timeOf);
    const matched = chosen(first, arrived, timeOf, early);
    // What was copied before it came to the sender's point arrives as often as it was seen there.
    const more = chosen(again, matched.copies, timeOf, early);
    for (const pair of [matched.pairs, more.pairs].flat()) pairs.push(pair);
    for (const seen of matched.sentOnly) sentOnly.push(seen);
    for (const seen of more.sentOnly) echoes.push(seen);
    if (more.copies.length === 0) continue;
    const atOnce = new Set(apart(arrived, timeOf).again);
    for (const seen of more.copies) copies.push({ seen, atOnce: atOnce.has(seen) });
  }
  return { pairs, sentOnly, unsent, copies, echoes };
}

/** Equal datagrams, less those that follow another one at once. */
function apart(seen: readonly Seen[], timeOf: TimeOf) {
  const first: Seen[] = [];
  const again: Seen[] = [];
  for (const one of seen) {
    const last = first.at(-1);
    if (last && timeOf(one) - timeOf(last) < ECHO_MS) again.push(one);
    else first.push(one);
  }
  return { first, again };
}

/**
 * As many as can be are matched, each arrival with the latest sending before it that is still free: a repeat with the
 * same bytes that arrives is the repeat, and what it repeats was lost. The chosen ones are then taken in order.
 */
function chosen(sent: readonly Seen[], arrived: readonly Seen[], timeOf: TimeOf, early: number) {
  const open: Seen[] = [];
  const delivered = new Set<Seen>();
  const taken: Seen[] = [];
  const copies: Seen[] = [];
  let next = 0;
  for (const arrival of arrived) {
    for (let one = sent[next]; one && timeOf(one) <= timeOf(arrival) + early; one = sent[++next]) open.push(one);
    const last = open.pop();
    if (last) {
      delivered.add(last);
      taken.push(arrival);
    } else copies.push(arrival);
  }
  const inTurn = sent.filter((one) => delivered.has(one));
  return {
    pairs: inTurn.map((one, i) => [one, taken[i] ?? one] as const),
    sentOnly: sent.filter((one) => !delivered.has(one)),
    copies,
  };
}
