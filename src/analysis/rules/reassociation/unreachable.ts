/** What the hosts on the path said: the server's port was unreachable. */
import type { IcmpFacts } from '../../surrounding-facts.ts';
import { icmpOf } from '../around.ts';
import type { Subject } from '../subject.ts';

/** The first ICMP port unreachable after a time that a datagram of the client brought about. */
export function portUnreachable(subject: Subject, afterMs: number, side: 0 | 1 = 0): IcmpFacts | undefined {
  return icmpOf(subject).find(
    (e) => e.kind === 'port-unreachable' && e.side === side && !e.ofCarrier && e.timeMs >= afterMs,
  );
}
