/** H11: an endpoint moved, and its connection ID says who it is. */
import { hasReturnRoutabilityCheck } from '../../../dtls/extensions/accessors.ts';
import type { Side } from '../../record-table.ts';
import { usuallyAnswered } from '../../relations/answering.ts';
import { count, endpointText, otherSender, sender, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { certainAt, isSame } from './living.ts';
import { hasConnectionId, isAfterHandshake, isOriginal } from './protected-records.ts';
import { span } from './time-words.ts';

export const cidAddressUpdate: Rule = {
  scope: 'association',
  id: 'cid-address-update',
  group: 'reassociation',
  title: 'An endpoint moved to another address, and its connection ID names it',
  severity: 'note',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9146 §6', 'RFC 9853', 'RFC 9147 §9'],
  advice:
    'Nothing to do where the peer follows. To keep others from redirecting its answers with a copied record, use the return routability check of RFC 9853 on both sides.',
  alternatives: [
    'A NAT gave the flow another port, or the endpoint itself changed its network: the address tells, for a NAT keeps it mostly.',
    'Somebody sent a copied record from an address of his own: then the real endpoint goes on at the old address.',
  ],
  looksLike: 'The same connection ID from another address or port, with the next record numbers, and no new handshake.',
  why: 'With a connection ID an association does not depend on addresses. The receiver takes the sender of the newest valid record for the place where its peer is.',
  sources: ['wolfssl#10609'],
  sample: 'wolfssl13-cid-rebind.server.pcap',
  explains: ['server-lost-state', 'nat-rebinding-no-cid', 'no-close-notify'],
  check: addressUpdate,
};

interface Move {
  readonly record: RecordFact;
  readonly side: Side;
  /** Only the point beyond a NAT shows it. */
  readonly far: boolean;
  readonly from: { readonly address: string; readonly port: number };
  readonly to: { readonly address: string; readonly port: number };
}

/** An endpoint that moves on and on says nothing new. */
const MAX_MOVES = 16;
/** A peer that answered before answers within this. */
const SILENCE_MS = 1000;

function addressUpdate(subject: Subject): readonly Match[] {
  const moves = subject.analysed.state.addressChanges
    .slice(0, MAX_MOVES)
    .map(({ record, ...move }): Move => ({ record: subject.fact(record), ...move }))
    .filter(({ record, side }) => record.side === side && record.epoch > 0 && hasConnectionId(subject, record));
  const [move] = moves;
  if (!move) return [];
  const followed = moves.map((m) => followedBy(subject, m));
  const deaf = moves.findLast((_, i) => followed[i] === null);
  const redirected = moves.find((m, i) => followed[i] && isOlder(subject, m));
  return [
    ...(redirected ? [toOldRecord(subject, redirected, followed[moves.indexOf(redirected)] ?? null)] : []),
    ...(deaf && isLeftAlone(subject, deaf) ? [notFollowed(subject, deaf)] : []),
    ...(followed[0] && !redirected ? [works(subject, move, followed[0], moves.length)] : []),
  ];
}

/** The first record that the peer sent to the new address. */
function followedBy(subject: Subject, { record, side, far, to }: Move): RecordFact | null {
  // Behind a NAT it has its own address as ever: what reaches it there was sent to the new one.
  const goesThere = ({ index }: RecordFact): boolean =>
    far ? subject.trace.arrivalMs(index) !== null : isSame(subject.datagram(index).destination, to);
  return subject.records.find((r) => r.index > record.index && r.side !== side && goesThere(r)) ?? null;
}

/** Its number is not the highest so far: a late record, or a copy (RFC 9146 §6 asks for a newer one). */
function isOlder(subject: Subject, { record, side }: Move): boolean {
  const { sequenceNumber, epoch } = record;
  if (sequenceNumber === null) return false;
  return subject.records.some(
    (r) =>
      r.index < record.index &&
      r.side === side &&
      (r.epoch > epoch || (r.epoch === epoch && r.sequenceNumber !== null && r.sequenceNumber >= sequenceNumber)),
  );
}

/** It sent more from there, over some time, and the peer, who had answered before, said nothing to it. */
function isLeftAlone(subject: Subject, { record, side }: Move): boolean {
  const after = subject.records.filter((r) => r.side === side && r.index >= record.index && isOriginal(r));
  const last = after.at(-1);
  return (
    after.length > 1 &&
    last !== undefined &&
    last.timeMs - record.timeMs >= SILENCE_MS &&
    usuallyAnswered(subject.analysed, side, record.index)
  );
}

const moved = (subject: Subject, { side, from, to, record }: Move): string =>
  `The ${sender(side)} moved from ${endpointText(from)} to ${endpointText(to)} ${span(record.timeMs - subject.a.startMs)} after the start, without a new handshake. Its records have the connection ID that the ${otherSender(sender(side))} had asked for.`;

function works(subject: Subject, move: Move, answer: RecordFact, moves: number): Match {
  const who = sender(move.side);
  return {
    title: `The ${who} moved to ${endpointText(move.to)}, and the ${otherSender(who)} follows its connection ID`,
    explanation: `${moved(subject, move)} The ${otherSender(who)} sent its answers there ${span(answer.timeMs - move.record.timeMs)} later. ${
      checksRoutability(subject)
        ? 'Both sides support the return routability check (RFC 9853).'
        : 'The address was taken over without a return routability check (RFC 9853): neither side negotiated it.'
    }${moves > 1 ? ` It moved ${times(moves)} in this capture.` : ''}`,
    evidence: [
      subject.evidence(move.record.index, `The first record from ${endpointText(move.to)}`),
      subject.evidence(answer.index, 'The first answer to the new address'),
    ],
    certainty: 'seen',
  };
}

function toOldRecord(subject: Subject, move: Move, answer: RecordFact | null): Match {
  const who = sender(move.side);
  return {
    title: `The ${otherSender(who)} follows a record that is not newer than others: its answers go to ${endpointText(move.to)}`,
    explanation: `${moved(subject, move)} But the record from the new address has the number ${move.record.sequenceNumber}, and a higher one had come before. The ${otherSender(who)} still sends there now. Whoever copies a record and sends it from elsewhere could draw the answers to himself.`,
    evidence: [
      subject.evidence(move.record.index, `From ${endpointText(move.to)}, with an old number`),
      ...(answer ? [subject.evidence(answer.index, 'The peer answers there')] : []),
    ],
    certainty: 'near-certain',
    severity: 'security',
    advice:
      'Take over a new address only for a record that is newer than all before it, and check with RFC 9853 that the peer is there.',
  };
}

function notFollowed(subject: Subject, move: Move): Match {
  const who = sender(move.side);
  const peer = otherSender(who);
  const after = subject.records.filter((r) => r.side === move.side && r.index >= move.record.index && isOriginal(r));
  const last = after.at(-1) ?? move.record;
  const toOld = subject.records.find(
    (r) => r.index > move.record.index && r.side !== move.side && isAfterHandshake(subject, r),
  );
  return {
    title: `The ${who} moved to ${endpointText(move.to)} with the right connection ID, and the ${peer} does not answer there`,
    explanation: `${moved(subject, move)} ${count(after.length, 'record')} from there within ${span(last.timeMs - move.record.timeMs)} had no answer${
      toOld ? `, while the ${peer} still sends to the old address` : ''
    }. The ${peer} agreed on connection IDs, but keeps to the address that it knew.`,
    evidence: [
      subject.evidence(move.record.index, `The first record from ${endpointText(move.to)}`),
      subject.evidence(last.index, `The last of ${after.length}, no answer`),
    ],
    certainty: certainAt(subject, peer) ? 'near-certain' : 'inferred',
    severity: 'failure',
    advice: `Let the ${peer} take over the new address when a newer record with the connection ID is valid. Its socket must not be connected to one peer, or drop datagrams from others.`,
    alternatives: [`The answers are lost behind this capture point: a capture at the ${who} tells.`],
    verdict: `The handshake was done, but then the ${who} moved to ${endpointText(move.to)} and the ${peer} did not follow.`,
  };
}

function checksRoutability({ clientHello, serverHello }: Subject): boolean {
  return (
    clientHello !== null &&
    serverHello !== null &&
    hasReturnRoutabilityCheck(clientHello.extensions) &&
    hasReturnRoutabilityCheck(serverHello.extensions)
  );
}
