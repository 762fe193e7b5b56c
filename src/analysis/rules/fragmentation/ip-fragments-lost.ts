/** E6: a datagram was cut into IP fragments, and not all of them came. */
import type { IcmpFacts, IncompleteFacts } from '../../surrounding-facts.ts';
import type { Sender } from '../../trace.ts';
import { capital, count, list } from '../../words.ts';
import { icmpOf, incompleteOf } from '../around.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const ipFragmentsLost: Rule = {
  scope: 'association',
  id: 'ip-fragments-lost',
  group: 'fragmentation',
  title: 'IP fragments of a large datagram are missing',
  severity: 'warning',
  rank: 'size',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.1.1.1', 'RFC 9147 §4.4', 'RFC 8900 §3'],
  advice:
    'Let DTLS cut its messages itself: set its MTU to 1200 bytes, so that IP never has to. Capture without a port filter, which loses all fragments but the first.',
  alternatives: [
    'Only the capture lacks them, by a filter on ports or an overloaded capturing machine: then the receiver goes on without a repeat.',
    'They were late, or came by another way: then the datagram counts all the same.',
  ],
  looksLike:
    'IP fragments of a datagram between these endpoints, of which the first, the last or some in between never come.',
  why: 'Many firewalls and NATs drop IP fragments, which have no ports. One missing fragment costs the whole datagram.',
  sources: ['srs#3565', 'mediasoup#1100', 'ex_dtls#31'],
  sample: 'ipfrag-v4-one-missing-dtls12.pcap',
  explains: [
    'pmtu-black-hole',
    'gave-up',
    'flight-lost-and-recovered',
    'partial-flight-held-up',
    'no-answer-to-clienthello',
    'server-mute-after-cookie',
    'one-way-downlink-dead',
    'epoch-gap',
  ],
  check: missingFragments,
};

/** A receiver waits so long for the rest of a datagram. */
const REASSEMBLY_MS = 30_000;

function missingFragments(subject: Subject): readonly Match[] {
  const incomplete = incompleteOf(subject).filter((f) => isOfThis(subject, f));
  const said = icmpOf(subject).filter(
    (e) => e.kind === 'reassembly-time-exceeded' && isAround(subject, e.timeMs, REASSEMBLY_MS),
  );
  if (incomplete.length === 0 && said.length === 0) return [];
  return ([0, 1] as const).flatMap((side) => {
    // Where one address has both ends, nothing tells whose fragments they are.
    const own = incomplete.filter((f) => f.side === side || (f.side === null && side === 1));
    const errors = said.filter((e) => e.side === side);
    const [first] = [...own, ...errors];
    return first ? [match(subject, side === 0 ? 'client' : 'server', own, errors)] : [];
  });
}

function isOfThis(subject: Subject, { timeMs, ports }: IncompleteFacts): boolean {
  return isAround(subject, timeMs, ports === null ? 0 : REASSEMBLY_MS);
}

function isAround({ a }: Subject, timeMs: number, slackMs: number): boolean {
  return timeMs >= a.startMs - slackMs && timeMs <= a.endMs + slackMs;
}

function match(
  subject: Subject,
  sender: Sender,
  incomplete: readonly IncompleteFacts[],
  said: readonly IcmpFacts[],
): Match {
  const waited = repeatedSince(subject, sender, incomplete);
  const stuck = subject.unfinished && subject.a.retransmissions > 0;
  // Whoever waits for it shows that not only the capture lacks it.
  const filtered = said.length === 0 && !waited && !stuck && looksFiltered(subject, incomplete);
  const layer = incomplete[0]?.layer ?? 'IP';
  const n = Math.max(incomplete.length, said.length);
  return {
    title: `${capital(layer)} fragments of ${count(n, 'datagram')} of the ${sender} are missing${filtered ? ' in this capture' : ''}`,
    explanation: [
      ...incomplete.slice(0, 3).map(lackSentence),
      said.length > 0
        ? `${list([...new Set(said.map((e) => e.from))], 3)} says by ICMP that it waited in vain for the rest.`
        : '',
      filtered
        ? 'Of every such datagram only the first fragment is here: that is what a capture filter on ports does, since later fragments have none.'
        : '',
      consequence(subject, sender, waited),
    ]
      .filter((s) => s !== '')
      .join(' '),
    evidence: evidenceOf(incomplete, said),
    certainty: said.length > 0 ? 'seen' : 'inferred',
    severity: subject.unfinished ? (filtered ? 'warning' : 'failure') : waited || said.length > 0 ? 'warning' : 'note',
  };
}

function lackSentence({ hasFirst, bytesHeld, length, packets, layer }: IncompleteFacts): string {
  const held = length === null ? count(bytesHeld, 'byte') : `${bytesHeld} of ${count(length, 'byte')}`;
  return `Of one datagram ${held} came in ${count(packets.length, `${layer} fragment`)}${hasFirst ? '' : ', the first not among them'}.`;
}

function consequence(subject: Subject, sender: Sender, waited: boolean): string {
  if (subject.unfinished) return 'The handshake never completes.';
  if (waited) return `The ${sender} had to send its flight again.`;
  return subject.established
    ? 'Nothing was repeated, so the receiver had them: only this capture does not.'
    : 'What the datagram held is unknown.';
}

/** Nothing but first fragments, and not one datagram that could be put together. */
function looksFiltered(subject: Subject, incomplete: readonly IncompleteFacts[]): boolean {
  return incomplete.every(
    ({ hasFirst, packets, capture }) =>
      hasFirst && packets.length === 1 && (subject.all.captures[capture]?.ipFragmentsReassembled ?? 0) === 0,
  );
}

/** A flight of the sender was repeated after one of them. */
function repeatedSince({ handshakes }: Subject, sender: Sender, incomplete: readonly IncompleteFacts[]): boolean {
  const flights = handshakes.flatMap((h) => h.flights).filter((f) => f.sender === sender && f.transmissions.length > 1);
  return flights.some(({ transmissions }) =>
    incomplete.some(
      ({ timeMs }) =>
        timeMs >= (transmissions[0]?.startMs ?? 0) - REASSEMBLY_MS && timeMs <= (transmissions.at(-1)?.startMs ?? 0),
    ),
  );
}

function evidenceOf(
  incomplete: readonly IncompleteFacts[],
  said: readonly IcmpFacts[],
): readonly [Evidence, ...Evidence[]] {
  const shown: Evidence[] = [
    ...incomplete.slice(0, 3).map(({ packet, timeMs, bytesHeld, hasFirst }) => ({
      packet,
      timeMs,
      says: `${hasFirst ? 'The first fragment' : 'A fragment without the first'}; ${count(bytesHeld, 'byte')} came in all`,
    })),
    ...said.slice(0, 2).map(({ packet, timeMs }) => ({ packet, timeMs, says: 'ICMP: not all fragments came in time' })),
  ];
  const [first = { says: 'IP fragments' }, ...rest] = shown;
  return [first, ...rest];
}
