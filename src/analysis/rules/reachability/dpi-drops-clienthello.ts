/** A7: the path carries everything but this ClientHello. */
import { count, endpointText } from '../../words.ts';
import { tupleOf } from '../around.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const dpiDropsClientHello: Rule = {
  scope: 'association',
  id: 'dpi-drops-clienthello',
  group: 'reachability',
  title: 'Something on the way drops this kind of ClientHello',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 8446 §4.1.2'],
  advice:
    'Let the client send another hello: other extensions or another order of them, or DTLS 1.3. Relay over TLS (TURN on TCP port 443) where that does not help.',
  alternatives: [
    'The server ignores this ClientHello, as some do with fragmented or unusual ones: a capture at the server shows it arriving.',
    'A filter drops DTLS by its first byte, whatever the hello says: then no other fingerprint gets through either.',
  ],
  looksLike:
    'STUN passes in both directions between the same ports, while every ClientHello of one fingerprint is lost.',
  why: 'Some networks filter DTLS by the fingerprint of its ClientHello, to block certain applications.',
  sources: ['net4people/bbs#603', 'getlantern/unbounded#349', 'pion/dtls#474', 'livekit#1568'],
  explains: ['no-answer-to-clienthello', 'gave-up'],
  check: filtered,
};

const MIN_TRANSMISSIONS = 3;

function filtered(subject: Subject): readonly Match[] {
  const hello = subject.flight(1);
  if (!subject.a.rolesKnown || !hello || subject.flights.length > 1) return [];
  const { transmissions } = hello;
  const [first, last] = [transmissions[0], transmissions.at(-1)];
  if (!first || !last || transmissions.length < MIN_TRANSMISSIONS || subject.records.some((r) => r.side === 1))
    return [];
  const path = openPath(subject, first.startMs);
  if (!path) return [];
  const lost = subject.noneArrived(transmissions.flatMap((t) => t.records.map((r) => r - 1)));
  const other = lost ? undefined : answeredHello(subject);
  if (!lost && !other) return [];
  const [client, server] = [endpointText(subject.a.client), endpointText(subject.a.server)];
  const { ja4 } = subject.a.fingerprints;
  const evidence: [Evidence, ...Evidence[]] = [
    subject.sentEvidence(first, 'The first ClientHello'),
    ...path,
    subject.sentEvidence(last, `The last of ${transmissions.length}, and no answer`),
    ...(other?.records[0] ? [subject.evidence(other.records[0].index, 'Another kind of ClientHello: answered')] : []),
  ];
  return [
    {
      title: `STUN passes between ${client} and ${server}, but none of ${count(transmissions.length, 'ClientHello')} does`,
      explanation: `STUN is answered between the same ports after the first ClientHello, so the path is open both ways. ${
        lost
          ? `All ${transmissions.length} transmissions of the ClientHello are lost between the two capture points.`
          : `All ${transmissions.length} transmissions of this ClientHello (JA4 ${ja4 ?? 'unknown'}) stay unanswered, and one of the same client with the fingerprint ${
              other?.a.fingerprints.ja4 ?? 'unknown'
            } is answered.`
      }`,
      evidence,
      certainty: lost ? 'near-certain' : 'inferred',
    },
  ];
}

/** Binding requests of the client were answered, later than that: its datagrams arrive, and so do the answers. */
function openPath(subject: Subject, sinceMs: number): readonly Evidence[] | null {
  const checks = tupleOf(subject)?.stun?.checks ?? [];
  const success = checks.find((c) => c.side === 1 && c.kind === 'success' && c.timeMs > sinceMs);
  return success
    ? [{ packet: success.packet, timeMs: success.timeMs, says: 'STUN from the client is answered meanwhile' }]
    : null;
}

/** A hello of the same host with another fingerprint that the same server host answered. */
function answeredHello(subject: Subject): Subject | undefined {
  const { fingerprints, server } = subject.a;
  return subject.all
    .ofClientAddress(subject)
    .find(
      ({ a }) =>
        a.server.address === server.address &&
        a.fingerprints.ja4 !== null &&
        a.fingerprints.ja4 !== fingerprints.ja4 &&
        a.handshakes.some((h) => h.flights.some((f) => f.sender === 'server')),
    );
}
