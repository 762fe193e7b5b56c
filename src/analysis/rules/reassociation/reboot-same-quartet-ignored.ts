/** H1: the client comes back on the same ports, and a server that still holds the old association ignores it. */
import { count, endpointText, repeatTimes, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { certainAt, livingBefore, stillSent } from './living.ts';
import { span } from './time-words.ts';
import { portUnreachable } from './unreachable.ts';

export const rebootSameQuartetIgnored: Rule = {
  scope: 'association',
  id: 'reboot-same-quartet-ignored',
  group: 'reassociation',
  title: 'The client came back on the same ports, and the server ignores its new ClientHello',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.8', 'RFC 9147 §5.11'],
  advice:
    'Let the server answer a ClientHello in epoch 0 on a connected pair of ports with a cookie, and replace the association when the new handshake is done. Mbed TLS: MBEDTLS_SSL_DTLS_CLIENT_PORT_REUSE and cookie callbacks. Bouncy Castle: give every datagram to DtlsVerifier first. OpenSSL: DTLSv1_listen on an unconnected socket. Until then, let the client use a new source port.',
  alternatives: [
    'The server answers and its HelloVerifyRequests are lost on the way: a capture at the server shows them leaving.',
    'The ClientHello is a forgery: then the real client goes on sending under the old keys, with the next record numbers.',
  ],
  looksLike:
    'Both sides wrote under keys. Then ClientHellos with a new random and record numbers from 0 come from the same port, and the server answers none of them.',
  why: 'The client lost its state, by a restart or a crash, and opens the same port again. The server takes the pair of ports for connected: it throws epoch 0 away, or takes record 0 for a repeat that it has seen.',
  sources: ['bc-csharp#457', 'Mbed-TLS#204', 'openssl#3283', 'pion/dtls#253', 'dtls13-spec#251'],
  sample: 'bc-client-reboot-cookie-ignored.client.pcap',
  explains: ['no-answer-to-clienthello', 'one-way-downlink-dead', 'gave-up', 'no-retransmission-at-all'],
  check: ignoredReboot,
};

function ignoredReboot(subject: Subject): readonly Match[] {
  const { a } = subject;
  if (a.replaces === null) return [];
  const hello = subject.flight(1);
  if (hello?.sender !== 'client' || !hello.messages.includes('ClientHello')) return [];
  const { transmissions } = hello;
  const [first, last] = [transmissions[0], transmissions.at(-1)];
  if (!first || !last || transmissions.length < 2 || subject.sorted.hasFrom(1)) return [];
  const living = livingBefore(subject);
  if (!living?.sameClient || living.peerClosed || portUnreachable(subject, a.startMs)) return [];
  const { old } = living;
  const atServer = certainAt(subject, 'server');
  const stillThere = stillSent(living, 1, (first.records[0] ?? 1) - 1);
  const lastOfOld = old.records.findLast((r) => r.epoch > 0 && r.timeMs < a.startMs);
  const watchedMs = subject.all.captureEndMs - last.startMs;
  const certain = atServer || stillThere.length > 0;
  return [
    {
      title: certain
        ? `The client came back on ${endpointText(a.client)}, and the server ignored its ClientHello ${times(transmissions.length)}`
        : `The client came back on ${endpointText(a.client)}, and its ClientHello, sent ${times(transmissions.length)}, had no answer`,
      explanation: [
        `${old.a.id} was established on these ports and nobody had closed it; its last record came ${span(a.startMs - (lastOfOld?.timeMs ?? old.a.startMs))} before.`,
        `Then the client sent a ClientHello with a new random, and again after ${repeatTimes(transmissions)}: it seems to have lost its state.`,
        stillThere.length > 0
          ? `The server answered nothing in epoch 0, but went on under the old keys: ${count(stillThere.length, 'record')}.`
          : 'The server answered nothing.',
        atServer
          ? 'The capture was taken at the server, so the ClientHellos got there.'
          : 'From here it cannot be told whether the server ignored them or its answers were lost.',
        watchedMs >= subject.horizonMs(transmissions)
          ? ''
          : `The capture ends ${watchedMs < 1 ? 'with the last one' : `${span(watchedMs)} after the last one`}.`,
      ]
        .filter(Boolean)
        .join(' '),
      evidence: [
        subject.sentEvidence(first, 'A ClientHello with a new random, in epoch 0'),
        ...(lastOfOld ? [subject.evidence(lastOfOld.index, `Before it, ${old.a.id} was alive`)] : []),
        ...stillThere.slice(0, 1).map((r) => subject.evidence(r.index, 'The server still uses the old keys')),
        subject.sentEvidence(last, `The last of ${transmissions.length}, and still no answer`),
      ],
      certainty: certain ? 'near-certain' : 'inferred',
    },
  ];
}
