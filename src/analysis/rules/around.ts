/** What the captures hold around one association. Several rules ask the same, and most find nothing. */
import type { IcmpFacts, IncompleteFacts, TupleFacts } from '../surrounding-facts.ts';
import type { Subject } from './subject.ts';

/** All traffic between its two ports; side 0 is the client. */
export const tupleOf = (subject: Subject): TupleFacts | null => subject.remember(readTuple);

/** ICMP errors about its datagrams, in order of time. */
export const icmpOf = (subject: Subject): readonly IcmpFacts[] => subject.remember(readIcmp);

/** Datagrams between its two ends of which IP fragments are missing. */
export const incompleteOf = (subject: Subject): readonly IncompleteFacts[] => subject.remember(readIncomplete);

const readTuple = ({ a, trace }: Subject) => trace.surroundings.tupleFacts(a.client, a.server);

const readIcmp = ({ a, trace }: Subject) => trace.surroundings.icmpFor(a.client, a.server);

const readIncomplete = ({ a, trace }: Subject) => trace.surroundings.incompleteFragments(a.client, a.server);
