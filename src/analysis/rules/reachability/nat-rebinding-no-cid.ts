/** A5: the client goes on from another address or port, and the server, which knows it by its address, is silent. */
import type { Endpoint } from '../../../capture/datagram.ts';
import { count, duration, endpointText } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { noncesGoOn } from './nonces.ts';

export const natRebindingNoCid: Rule = {
  scope: 'association',
  id: 'nat-rebinding-no-cid',
  group: 'reachability',
  title: 'The client has another address now, and the server does not know it',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9146 §1', 'RFC 6347 §4.1', 'RFC 7925 §10'],
  advice:
    'Negotiate a connection ID (RFC 9146), or send keep-alives more often than the NAT forgets. A client that gets no answers should do a new handshake, best a resumed one.',
  alternatives: [
    'A restart of ICE moved the client on purpose: then STUN on the new ports comes first, and both sides should follow.',
    'Somebody replays old records from another address: then their record numbers do not go on where the client stopped.',
  ],
  looksLike:
    'Protected records from a new port of the client, whose numbers go on where the old port stopped, without a ClientHello, and no answer to them.',
  why: 'A NAT forgets a mapping that is not used, often after 20 to 120 seconds, and then gives the client another port. Without a connection ID the server knows an association only by its addresses.',
  sources: ['zephyr#25935', 'leshan#345', 'openssl#18724', 'dimpl#93'],
  sample: 'openssl-assoc-nat-rebind-client.pcap',
  explains: ['server-lost-state', 'idle-session-dropped', 'one-way-downlink-dead', 'no-close-notify', 'epoch-gap'],
  check: (subject) => {
    const moved = movedByKeys(subject) ?? movedByNumbers(subject);
    return moved && !isAnswered(subject, moved) ? [match(subject, moved)] : [];
  },
};

interface Moved {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly server: Endpoint;
  /** What the client wrote from there, ascending. */
  readonly records: readonly [RecordFact, ...RecordFact[]];
  /** Before the move, whatever the client wrote was answered with this. */
  readonly answer: RecordFact;
  readonly lastBefore: RecordFact;
  readonly certainty: Match['certainty'];
  readonly how: string;
}

/** The keys of the association, or the far one of two capture points, show whose records these are. */
function movedByKeys(subject: Subject): Moved | null {
  const { connectionIds, server } = subject.a;
  const change = subject.analysed.state.addressChanges.find((c) => c.side === 0);
  if (!change || connectionIds.server || subject.fact(change.record).epoch === 0) return null;
  const [first, ...rest] = subject.records.filter((r) => r.side === 0 && r.index >= change.record);
  const before = subject.records.filter((r) => r.index < change.record && r.epoch > 0);
  const lastBefore = before.findLast((r) => r.side === 0);
  const answer = before.findLast((r) => r.side === 1);
  if (!first || !lastBefore || !answer || !subject.established) return null;
  return {
    ...{ from: change.from, to: change.to, server, records: [first, ...rest], answer, lastBefore },
    certainty: 'seen',
    how: change.far
      ? 'The capture beyond the NAT shows the new address.'
      : 'The keys of the association open what comes from there.',
  };
}

/** Without keys: an association that begins in mid-stream, with the next record numbers of one before. */
function movedByNumbers(subject: Subject): Moved | null {
  if (subject.a.outcome !== 'no-handshake') return null;
  const relation = subject.story.relations.find((r) => r.kind === 'rebinding' && r.with !== null);
  const before = subject.all.byId(relation?.with ?? null);
  const [first, ...rest] = subject.records.filter((r) => r.epoch > 0);
  if (!relation || !before?.established || before.a.connectionIds.server || !first) return null;
  const { source, destination } = subject.datagram(first.index);
  // It is the client that moved where the server is still the same.
  if (destination.address !== before.a.server.address || destination.port !== before.a.server.port) return null;
  const own = before.records.filter((r) => r.epoch > 0 && r.timeMs <= first.timeMs);
  const lastBefore = own.findLast((r) => r.side === 0);
  const answer = own.findLast((r) => r.side === 1);
  if (!lastBefore || !answer) return null;
  const nonces = noncesGoOn(before, lastBefore, subject, first);
  return {
    ...{ from: before.a.client, to: source, server: destination, answer, lastBefore },
    records: [first, ...rest.filter((r) => r.side === first.side)],
    certainty: nonces ? 'near-certain' : 'inferred',
    how: nonces
      ? 'The record numbers and nonces of what comes from there go on where those from the old address stopped.'
      : 'The record numbers of what comes from there go on where those from the old address stopped.',
  };
}

const ALERT = 21;
const ANSWER_WITHIN_MS = 1000;
/** One record that is not answered may need no answer; after so long a silence it looks like one that did. */
const LONG_SILENCE_MS = 5000;

function isAnswered(subject: Subject, { to, records }: Moved): boolean {
  const [first] = records;
  const there = subject.records.some((r) => {
    // A plaintext alert says that nobody knows such records there.
    if (r.side === first.side || r.index < first.index || (r.epoch === 0 && r.contentType === ALERT)) return false;
    const { destination } = subject.datagram(r.index);
    return destination.address === to.address && destination.port === to.port;
  });
  const silentMs = records.length > 1 || newHandshake(subject, to) ? ANSWER_WITHIN_MS : LONG_SILENCE_MS;
  return there || !subject.watched(first.timeMs, silentMs);
}

/** The client noticed, and began anew from where it is now. */
function newHandshake(subject: Subject, to: Endpoint): Subject | undefined {
  return subject.all
    .ofClientAddress(subject)
    .find(
      ({ a }) =>
        a.client.address === to.address &&
        a.client.port === to.port &&
        a.handshakes.length > 0 &&
        a.startMs > subject.a.startMs,
    );
}

function match(subject: Subject, moved: Moved): Match {
  const { from, to, server, records, lastBefore, answer, certainty, how } = moved;
  const [first] = records;
  const last = records.at(-1) ?? first;
  const next = newHandshake(subject, to);
  const pauseMs = first.timeMs - Math.max(lastBefore.timeMs, answer.timeMs);
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(first.index, `The first record from ${endpointText(to)}`),
    subject.evidence(lastBefore.index, `The last one from ${endpointText(from)}`),
    ...(last === first ? [] : [subject.evidence(last.index, `The last of ${records.length}, not answered either`)]),
    ...(next ? [subject.evidence(next.records[0]?.index ?? first.index, 'The client begins anew from there')] : []),
  ];
  return {
    title: `The client moved from ${endpointText(from)} to ${endpointText(to)}, and the server does not answer there`,
    explanation: `${pauseMs < 1000 ? 'T' : `After a pause of ${duration(pauseMs)} t`}he client goes on from ${endpointText(to)}. ${how} No connection ID was negotiated, so ${endpointText(
      server,
    )} knows the client by its old address only. ${count(records.length, 'record')} from there ${
      records.length === 1 ? 'is' : 'are'
    } not answered.${
      next ? ` ${duration(next.a.startMs - first.timeMs)} later the client does a new handshake from there.` : ''
    }`,
    evidence,
    certainty,
    severity: next?.established ? 'warning' : 'failure',
  };
}
