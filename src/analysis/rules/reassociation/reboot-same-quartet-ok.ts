/** H3: a new handshake on the ports of a living association, done as the RFC wants it. */
import { cookie } from '../../../dtls/extensions/accessors.ts';
import { endRecord } from '../../handshake-records.ts';
import { endpointText } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { livingBefore, stillSent, wasDead, wasOpen } from './living.ts';
import { isAlert } from './protected-records.ts';
import { span } from './time-words.ts';

export const rebootSameQuartetOk: Rule = {
  scope: 'association',
  id: 'reboot-same-quartet-ok',
  group: 'reassociation',
  title: 'The client came back on the same ports, and the server replaced the old association properly',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.8', 'RFC 9147 §5.11'],
  advice: 'Nothing to do. If it happens often, find out why the client starts anew without a close_notify.',
  alternatives: ['The client did not restart but chose to do a new handshake, to get new keys: its log tells.'],
  looksLike:
    'Both sides wrote under keys and nobody closed. Then a ClientHello with a new random, a cookie exchange and a full handshake follow on the same ports.',
  why: 'The client lost its state or wants new keys. The cookie proves that the hello is no forgery, and the old association lives until the new handshake is done.',
  sample: 'openssl-assoc-reboot-cookie.pcap',
  check: replacedProperly,
};

function replacedProperly(subject: Subject): readonly Match[] {
  const { a, handshake } = subject;
  if (a.replaces === null || !subject.established || !handshake || handshake.kind.startsWith('resumed')) return [];
  const living = livingBefore(subject);
  if (!living?.sameClient || wasDead(living, subject)) return [];
  const { old } = living;
  const hello = subject.analysed.state.records[0] ?? 0;
  const finish = finishedBy(subject);
  const proof = returnedCookie(subject);
  const served = stillSent(living, 1, hello, finish).find((r) => !isAlert(old, r));
  if (!proof && !served) return [];
  // Ended before the client proved who it is: another finding says that.
  if (stillSent(living, 1, hello, proof?.record ?? finish).some((r) => isAlert(old, r))) return [];
  return [
    {
      title: `A new handshake on the ports of ${old.a.id}, which lived until it was done`,
      explanation: `${old.a.id} was established ${span(a.startMs - old.a.startMs)} before and ${wasOpen(living)}, when ${endpointText(a.client)} sent a ClientHello with a new random. ${
        proof
          ? 'The server asked for a cookie first and went on only when it came back.'
          : 'The server asked for no cookie, but went on under the old keys until the new handshake was done.'
      }`,
      evidence: [
        subject.evidence(hello, 'A ClientHello with a new random, in epoch 0'),
        ...(proof ? [subject.evidence(proof.record, 'The cookie comes back')] : []),
        ...(served ? [subject.evidence(served.index, 'The server still uses the old keys')] : []),
      ],
      certainty: 'seen',
    },
  ];
}

/** The ClientHello with the cookie, of either version. */
export function returnedCookie(subject: Subject) {
  return subject
    .said('ClientHello', 'client')
    .find((s) => s.handshake === 1 && (s.decoded.cookie.length > 0 || cookie(s.decoded.extensions) !== undefined));
}

/** Index of the record with which the first handshake was done. */
export function finishedBy({ analysed }: Subject): number {
  const [first] = analysed.handshakes;
  return (first && endRecord(first.flights, first.decided.outcome)) ?? Number.POSITIVE_INFINITY;
}
