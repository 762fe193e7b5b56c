/** What the hosts on the path said: the server's port was unreachable. */
import type { IcmpFacts } from '../../surrounding-facts.ts';
import type { Subject } from '../subject.ts';

/** The first ICMP port unreachable after a time that a datagram of the client brought about. */
export function portUnreachable(subject: Subject, afterMs: number, side: 0 | 1 = 0): IcmpFacts | undefined {
  const { client, server } = subject.a;
  return subject.trace.surroundings
    .icmpFor(client, server)
    .find((e) => e.kind === 'port-unreachable' && e.side === side && !e.ofCarrier && e.timeMs >= afterMs);
}
