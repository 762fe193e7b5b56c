/** E1: small datagrams get through and large ones do not: some link on the path is too narrow for them. */
import { greatest, least } from '../../extremes.ts';
import type { IcmpFacts } from '../../surrounding-facts.ts';
import type { Sender } from '../../trace.ts';
import { count, list, otherSender, times } from '../../words.ts';
import { icmpOf } from '../around.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import type { Stretch } from './datagram-sizes.ts';
import { type Hole, holeIn } from './size-selective.ts';
import { stretches } from './stretches.ts';

export const pmtuBlackHole: Rule = {
  scope: 'association',
  id: 'pmtu-black-hole',
  group: 'fragmentation',
  title: 'Only small datagrams get through',
  severity: 'failure',
  rank: 'size',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.1.1.1', 'RFC 9147 §4.4'],
  advice:
    'Limit the handshake to datagrams of 1200 bytes at its sender. Use short chains and ECDSA certificates. Let ICMP messages about the packet size pass all firewalls.',
  alternatives: [
    'Random loss: then small datagrams are lost as well, and some large ones arrive. Several handshakes show it.',
    'The receiver has too small a buffer and drops large datagrams itself: a capture there shows them arriving.',
    'The path was down for a while, and smaller datagrams came just when it was up again: a second handshake shows it.',
    'A firewall drops IP fragments: then only datagrams beyond the MTU of the sender’s own link are lost.',
  ],
  looksLike:
    'In round after round the small records of a flight arrive and the large ones, mostly the Certificate, do not. Smaller pieces get through at last, or nothing does.',
  why: 'The Certificate is larger than the path allows. Whoever drops it sends no ICMP error, or a firewall eats it, so the sender never learns.',
  sources: ['mediasoup#1100', 'janus-gateway#252', 'srs#3565'],
  sample: 'openssl-mtu-blackhole-500.client.pcap',
  explains: [
    'gave-up',
    'flight-lost-and-recovered',
    'partial-flight-held-up',
    'one-way-downlink-dead',
    'no-answer-to-clienthello',
    'fragmented-clienthello-ignored',
    'server-mute-after-cookie',
    'chain-too-big',
    'fast-loss-random',
    'retransmission-storm',
    'timer-too-slow',
    'epoch-gap',
  ],
  check: blackHoles,
};

function blackHoles(subject: Subject): readonly Match[] {
  const tooBig = icmpOf(subject).filter((e) => TOO_BIG.has(e.kind) && !e.ofCarrier);
  // Without repeats, and without a second capture point, nothing shows a loss.
  if (tooBig.length === 0 && subject.a.retransmissions === 0 && !subject.atTwoPoints) return [];
  return ([0, 1] as const).flatMap((side) => {
    const said = tooBig.filter((e) => e.side === side);
    const hole = stretches(subject, side)
      .map((stretch) => holeIn(subject, stretch))
      .find((h) => h !== null);
    const sender: Sender = side === 0 ? 'client' : 'server';
    if (said.length > 0) return [refusedByRouter(subject, sender, said, hole ?? null)];
    return hole ? [unsaid(subject, sender, hole)] : [];
  });
}

const TOO_BIG: ReadonlySet<IcmpFacts['kind']> = new Set(['fragmentation-needed', 'packet-too-big']);

function refusedByRouter(subject: Subject, sender: Sender, said: readonly IcmpFacts[], hole: Hole | null): Match {
  const [first] = said;
  const mtus = said.flatMap((e) => e.mtu ?? []);
  const mtu = mtus.length > 0 ? least(mtus) : null;
  const routers = list([...new Set(said.map((e) => e.from))], 3);
  const sizes = said.map((e) => e.ipLength);
  const repeated = subject.handshakes.some((h) =>
    h.flights.some((f) => f.sender === sender && f.transmissions.length > 1),
  );
  return {
    title: `A router says that the ${sender}'s datagrams are too large${mtu === null ? '' : `: its next link takes ${count(mtu, 'byte')}`}`,
    explanation:
      `${routers} sent ${count(said.length, 'ICMP error')}: a packet of ${count(greatest(sizes), 'byte')} with its IP header is too large${
        mtu === null ? ' for its next link' : ` for a link of ${count(mtu, 'byte')}`
      }. ${hole ? holeSentence(hole, sender) : ''} ${heard(subject, repeated)}`.replace(/ {2,}/g, ' '),
    evidence: [
      ...(said.slice(0, 3).map(({ packet, timeMs, ipLength }) => ({
        packet,
        timeMs,
        says: `ICMP: ${count(ipLength, 'byte')} are too many`,
      })) as [Evidence, ...Evidence[]]),
      ...(hole ? evidenceOf(hole) : []),
    ],
    certainty: 'seen',
    severity: subject.unfinished ? 'failure' : repeated || hole ? 'warning' : 'note',
    ...(first && mtu !== null ? { advice: limited(sender, mtu - overhead(first.version)) } : {}),
  };
}

function heard(subject: Subject, repeated: boolean): string {
  if (subject.unfinished) return 'The handshake never completes.';
  return repeated
    ? 'The handshake completes all the same, after a repeat.'
    : 'The sender took note of it: the handshake completes.';
}

const limited = (sender: Sender, bytes: number): string =>
  `Limit the handshake datagrams of the ${sender} to ${count(Math.max(bytes, 0), 'byte')}, with shorter chains or ECDSA certificates. Let ICMP messages about the packet size pass all firewalls.`;

function unsaid(subject: Subject, sender: Sender, hole: Hole): Match {
  const [record] = hole.stretch.passed;
  const version = (record && subject.datagram(record.record).ip?.version) ?? 4;
  const early = subject.unfinished && !isOver(subject, hole);
  return {
    title: titleOf(hole, sender),
    explanation: [
      holeSentence(hole, sender),
      PLACES[hole.stretch.where](otherSender(sender)),
      chanceSentence(hole),
      pathSentence(hole, overhead(version)),
      subject.unfinished
        ? early
          ? 'The capture ends too early to tell whether smaller datagrams follow.'
          : 'The handshake never completes.'
        : '',
    ]
      .filter((s) => s !== '')
      .join(' '),
    evidence: evidenceOf(hole),
    certainty: hole.kind === 'sizes' && hole.stretch.where === 'between' ? 'near-certain' : 'inferred',
    severity: subject.unfinished ? 'failure' : 'warning',
    ...(hole.lostBytes === null ? {} : { advice: limited(sender, hole.passedBytes) }),
  };
}

/** Stacks that try smaller datagrams do so after two or three timeouts. */
const PATIENT_ROUNDS = 4;

/** The capture goes on for long enough, or somebody ended the handshake. */
function isOver(subject: Subject, { rounds }: Hole): boolean {
  if (rounds >= PATIENT_ROUNDS || subject.ending?.kind === 'alert' || subject.ending?.kind === 'closed') return true;
  const last = subject.flights.at(-1)?.transmissions ?? [];
  return subject.watched(last.at(-1)?.endMs ?? 0, subject.horizonMs(last));
}

const overhead = (version: 4 | 6): number => (version === 6 ? 48 : 28);

function titleOf({ kind, stretch, passedBytes, lostBytes, rounds }: Hole, sender: Sender): string {
  const to = otherSender(sender);
  if (kind === 'never-seen')
    return `The ${sender}'s ${namesOf(stretch)} ${stretch.neverSeen?.messages.length === 1 ? 'is' : 'are'} lost in ${all(rounds)} transmissions, while smaller messages arrive`;
  if (kind === 'rounds')
    return `The ${sender}'s flight gets through only in small datagrams: with ${lostBytes} bytes it is lost ${times(rounds)}, with ${passedBytes} it arrives`;
  return stretch.where === 'before'
    ? `Only small datagrams get from the ${sender} to the ${to}: up to ${passedBytes} bytes arrive, what is larger is lost`
    : `Only small datagrams get from the ${sender} to the ${to}: ${passedBytes} bytes arrive, ${lostBytes} do not`;
}

const namesOf = ({ neverSeen }: Stretch): string => list(neverSeen?.messages ?? []);
const all = (n: number): string => (n === 2 ? 'both' : `all ${n}`);

function holeSentence(hole: Hole, sender: Sender): string {
  const { kind, stretch, passedBytes, lostBytes, rounds, meanwhile } = hole;
  switch (kind) {
    case 'never-seen':
      return `In ${rounds} transmissions the numbers show that just the records of ${namesOf(stretch)} are missing, and the ${count(meanwhile, 'other datagram')} arrive. Their size cannot be seen here; those that arrive have at most ${count(passedBytes, 'byte')}.`;
    case 'rounds':
      return `The ${sender} sent it ${times(rounds)} with datagrams of ${count(lostBytes ?? 0, 'byte')} or more, in vain. Then ${count(meanwhile, 'datagram')} of at most ${count(passedBytes, 'byte')} all got through.`;
    case 'sizes':
      return `${
        stretch.where === 'before'
          ? `In ${count(rounds, 'transmission')} the numbers show that records of ${lostBytes} bytes on average, or more, are missing.`
          : `What was lost, in ${count(rounds, 'transmission')}, has ${count(lostBytes ?? 0, 'byte')} or more.`
      } Meanwhile ${count(meanwhile, 'datagram')} arrived, and nothing that arrived has more than ${count(passedBytes, 'byte')}.`;
  }
}

const PLACES: { readonly [where in Stretch['where']]: (to: Sender) => string } = {
  before: () => 'It is lost before it reaches this capture point.',
  after: (to) => `It is lost after this capture point, or the ${to} drops it.`,
  between: () => 'It is lost between the two capture points.',
};

function chanceSentence({ chance }: Hole): string {
  const oneIn = chance > 0 ? Math.round(1 / chance) : Number.POSITIVE_INFINITY;
  return oneIn > 1_000_000
    ? 'Chance does not pick the largest so reliably.'
    : `Chance would hit just the largest in one of ${oneIn} cases.`;
}

function pathSentence({ kind, stretch, passedBytes, lostBytes }: Hole, header: number): string {
  if (kind === 'never-seen' || lostBytes === null) return '';
  return `So the path takes IP packets of ${passedBytes + header} bytes${
    stretch.where === 'before' ? ', and not those that are missing' : ` and no longer those of ${lostBytes + header}`
  }.`;
}

function evidenceOf({ stretch, records, kind, passedBytes }: Hole): readonly [Evidence, ...Evidence[]] {
  const says =
    stretch.where === 'before'
      ? 'Before this record a large one is missing'
      : kind === 'rounds'
        ? 'Sent in large datagrams, and of no effect'
        : 'Large, and it never arrived';
  const [first = 0, ...rest] = records;
  const more = rest.length > 2 ? [rest[0] ?? first, rest.at(-1) ?? first] : rest;
  const small = stretch.passed.find((p) => p.bytes === passedBytes);
  return [
    { record: first, says },
    ...more.map((record) => ({ record, says })),
    ...(small ? [{ record: small.record, says: `The largest that got through: ${count(passedBytes, 'byte')}` }] : []),
  ];
}
