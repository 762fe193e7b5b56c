/** O9: what the capture itself lacks. Looked at first: it takes certainty from all that rests on something missing. */
import { surroundingsOf } from '../../flight-setting.ts';
import { contentsOf } from '../../gap-contents.ts';
import { DUPLICATE_ORIGINS, MARK, type Side } from '../../record-table.ts';
import { count, otherSender } from '../../words.ts';
import { incompleteOf } from '../around.ts';
import { span } from '../reassociation/time-words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const captureProblems: Rule = {
  scope: 'association',
  id: 'capture-problems',
  group: 'security',
  title: 'The capture does not hold all that was sent',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.1', 'RFC 9147 §4'],
  advice:
    'Capture again: whole packets (no snaplen), both directions, from before the first ClientHello, with a filter on hosts rather than ports.',
  alternatives: ['The network lost it, and not the capture: then its receiver would have asked for it again.'],
  looksLike:
    'Packets that are cut short, one direction alone, an association without its ClientHello, records that the other side had and the capture has not, packets that are there twice, or a clock that goes back.',
  why: 'What a capture lacks looks like loss, and what it has twice like a repeat. Findings that rest on something missing are worth less then.',
  check: (subject) => [
    ...cutShort(subject),
    ...orElse(oneDirection(subject), () => beginsLate(subject)),
    ...holes(subject),
    ...lostFragments(subject),
    ...seenTwice(subject),
    ...clockSteps(subject),
  ],
};

const orElse = (found: Match[], other: () => Match[]): Match[] => (found.length > 0 ? found : other());

/** The snaplen of the capture ended packets before the records in them. */
function cutShort(subject: Subject): Match[] {
  const cut = subject.datagrams.cutShort;
  if (!cut) return [];
  const bytes = subject.datagram(cut.first).missing;
  return [
    {
      title: `The capture cut ${count(cut.records, 'record')} of ${subject.a.records.total} short`,
      explanation: `The capture kept only the beginning of packets: of the first one here ${count(bytes, 'byte')} are missing. ${count(cut.records, 'record')} of this association cannot be read in full.`,
      evidence: [subject.evidence(cut.first, `${count(bytes, 'byte')} of this packet were not captured`)],
      certainty: 'seen',
    },
  ];
}

/** One side alone was captured, and what it sent shows that the other one answered. */
function oneDirection(subject: Subject): Match[] {
  const { a } = subject;
  if (!a.rolesKnown || (subject.sorted.hasFrom(0) && subject.sorted.hasFrom(1))) return [];
  const side: Side = subject.sorted.hasFrom(1) ? 1 : 0;
  const sign = side === 0 ? clientSign(subject) : serverSign(subject);
  if (!sign) return [];
  const who = side === 0 ? 'client' : 'server';
  return [
    {
      title: `The capture has only what the ${who} sent`,
      explanation: `All ${a.records.total} records are of the ${who}, and what it sends answers something: the packets of the ${otherSender(who)} took another way, or were filtered out.`,
      evidence: [subject.evidence(sign.index, sign.says)],
      certainty: 'near-certain',
    },
  ];
}

interface Sign {
  readonly index: number;
  readonly says: string;
}

function clientSign(subject: Subject): Sign | null {
  // It may have got its answer on another port, or at another address of its own.
  if (subject.all.ofClientAddress(subject).some((o) => o.a.clientRandom === subject.a.clientRandom)) return null;
  const answer = subject.others.find((r) => r.flight > 2 && r.handshake === 1);
  if (answer) return { index: answer.index, says: 'The client answers what is not here' };
  const cookie = subject.said('ClientHello', 'client').find(({ decoded }) => decoded.cookie.length > 0);
  return cookie ? { index: cookie.record, says: 'A ClientHello with a cookie that is not here' } : null;
}

/** A server does not speak first; but its answer may have come from another address than it was asked at. */
function serverSign(subject: Subject): Sign | null {
  const asked = subject.all.ofClientEndpoint(subject).some((o) => Math.abs(o.a.startMs - subject.a.startMs) < NEAR_MS);
  const record = asked ? undefined : subject.others.find((r) => r.flight > 0);
  return record ? { index: record.index, says: 'The server answers what is not here' } : null;
}

const NEAR_MS = 10_000;

/** Nothing of the first hello was captured, and no association before it leads here. */
function beginsLate(subject: Subject): Match[] {
  const { a, analysed, story } = subject;
  const first = analysed.state.records[0];
  if (first === undefined || analysed.state.hasRandom) return [];
  if (analysed.handshakes.some((h) => h.state.messages.some((m) => m.side === 0 && m.type === CLIENT_HELLO))) return [];
  if (subject.sorted.streams.every((s) => s.side === 1 && s.epoch === 0)) return [];
  if (story.relations.some((r) => r.kind === 'rebinding' || r.kind === 'replaces')) return [];
  const before = [...subject.all.betweenHosts(subject), ...subject.all.ofClientAddress(subject)];
  if (before.some((o) => o.a.startMs <= a.startMs && o.analysed.state.hasRandom)) return [];
  return [
    {
      title: 'The capture begins in the middle of this association',
      explanation: `The first record of this association is no ClientHello, and none was captured at all: it began before the capture. What was agreed on, and what happened until then, is not known.`,
      evidence: [subject.evidence(first, 'The first record that was captured')],
      certainty: 'near-certain',
    },
  ];
}

const CLIENT_HELLO = 1;

/** Numbers that the other side must have had, for it went on and nobody sent them again. */
function holes(subject: Subject): Match[] {
  const { trace, analysed } = subject;
  const missing = surroundingsOf(trace, analysed).gaps.filter((gap) => contentsOf(trace, analysed, gap).received);
  const [first] = missing;
  if (!first) return [];
  const n = missing.reduce((sum, gap) => sum + gap.to - gap.from + 1, 0);
  const names = [...new Set(missing.flatMap((gap) => contentsOf(trace, analysed, gap).messages))];
  return [
    {
      title: `${count(n, 'record')} that the other side got ${n === 1 ? 'is' : 'are'} missing in the capture`,
      explanation: `${count(n, 'record number')} of this association ${n === 1 ? 'is' : 'are'} not in the capture${names.length > 0 ? ` (${names.slice(0, 4).join(', ')})` : ''}, yet the other side went on without asking again: the network delivered what the capture lacks.`,
      evidence: [
        subject.evidence(first.after, 'Numbers before this record are missing'),
        ...missing.slice(1, 2).map((gap) => subject.evidence(gap.after, 'And before this one')),
      ],
      certainty: 'near-certain',
    },
  ];
}

/** Fragments of IP are missing, and nothing had to be sent again: a filter on a port keeps the first one alone. */
function lostFragments(subject: Subject): Match[] {
  if (!subject.established || subject.a.retransmissions > 0) return [];
  const lost = incompleteOf(subject);
  const [first] = lost;
  if (!first) return [];
  return [
    {
      title: `Fragments of ${count(lost.length, 'datagram')} are missing in the capture`,
      explanation: `Of ${count(lost.length, 'datagram')} between these endpoints only ${lost.every((l) => l.hasFirst) ? 'the beginning' : 'a part'} was captured, and nothing was sent again: the network delivered the rest. A capture filter on a port keeps the first fragment alone.`,
      evidence: [{ packet: first.packet, timeMs: first.timeMs, says: `${first.bytesHeld} bytes of it were captured` }],
      certainty: 'near-certain',
    },
  ];
}

/** Of so many records at least, this part is there twice. */
const LEAST_TWICE = 3;
const PART_TWICE = 0.25;

function seenTwice(subject: Subject): Match[] {
  if (subject.a.records.duplicate < LEAST_TWICE) return [];
  const c = subject.trace.records.columns;
  const capture = DUPLICATE_ORIGINS.indexOf('capture') + 1;
  const { records } = subject.analysed.state;
  const twice = records.filter((r) => c.mark[r] === MARK.duplicate && c.duplicateOrigin.get(r) === capture);
  const [first] = twice;
  if (first === undefined || twice.length < LEAST_TWICE || twice.length < PART_TWICE * records.length) return [];
  const datagram = subject.datagram(first);
  // A text, shared or not, may show one packet as often as it likes.
  const isText = subject.all.captures[datagram.capture]?.linkTypes.length === 0;
  if (datagram.transit || isText) return [];
  return [
    {
      title: `The capture shows ${count(twice.length, 'record')} twice`,
      explanation: `${twice.length} of ${records.length} records are second views of a packet, as a mirror port or a capture on several interfaces makes them. They are left out of losses and repeats.`,
      evidence: [subject.evidence(first, `The same packet as record ${c.repeats.get(first)}`)],
      certainty: 'near-certain',
    },
  ];
}

/** Packets of several interfaces are not always in order; a clock that was set is further off. */
const CLOCK_STEP_MS = 100;

function clockSteps(subject: Subject): Match[] {
  for (const index of subject.datagrams.captures) {
    const steps = subject.trace.surroundings.captures[index]?.clockSteps;
    if (!steps || steps.largestMs < CLOCK_STEP_MS || steps.firstPacket === null) continue;
    return [
      {
        title: `The clock of the capture goes back by ${span(steps.largestMs)}`,
        explanation: `${count(steps.count, 'packet')} of this capture ${steps.count === 1 ? 'is' : 'are'} older than the one before, by up to ${span(steps.largestMs)}. The clock was set, or the packets were not written in order: waits around it are not to be trusted.`,
        evidence: [{ packet: steps.firstPacket, says: 'The first packet that is older than the one before' }],
        certainty: 'seen',
      },
    ];
  }
  return [];
}
