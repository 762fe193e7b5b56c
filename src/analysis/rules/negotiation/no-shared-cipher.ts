/** C2: the server finds no cipher suite in the offer that it can use. */

import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import {
  groupsText,
  offersOnly13,
  otherChoice,
  signalsSecureRenegotiation,
  signatureFit,
  suitesText,
} from './offers.ts';
import { refusalOf } from './refusal.ts';

export const noSharedCipher: Rule = {
  scope: 'association',
  id: 'no-shared-cipher',
  group: 'negotiation',
  title: 'No cipher suite in common',
  severity: 'failure',
  rank: 'alert',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 5246 §7.4.1.3', 'RFC 9325 §4.2'],
  advice:
    'Compare the cipher suites of both sides, and the kind of the server: an ECDSA certificate needs ECDSA suites, an RSA certificate RSA suites. A server without certificate needs a pre-shared key suite.',
  alternatives: [
    'Suites are common, but the groups, the signature algorithms or the certificate do not fit them: the server log tells which.',
  ],
  looksLike:
    'The server answers a ClientHello with handshake_failure or insufficient_security, and sends no ServerHello.',
  why: 'The server takes one of the suites that the client offers. It can use only those that its certificate or pre-shared key, its version and its settings allow.',
  sources: ['rtpengine#130', 'rtpengine#141', 'openwebrtc#432', 'openconnect-gui#35'],
  sample: 'pion12-fail-no-cipher.pcap',
  explains: ['plaintext-alert', 'alert-ignored', 'gave-up', 'flight-lost-and-recovered'],
  check: refused,
};

const INSUFFICIENT_SECURITY = 71;

function refused(subject: Subject): readonly Match[] {
  const refusal = refusalOf(subject);
  if (refusal?.why !== 'suites') return [];
  const { alert, hello } = refusal;
  const offer = hello.decoded;
  const other = otherChoice(subject);
  const fit = signatureFit(offer);
  const alternatives: string[] = [];
  if (groupsText(offer))
    alternatives.push(
      `The server supports none of the groups offered (${groupsText(offer)}): offer more of them and try again.`,
    );
  if (!offersOnly13(offer) && !signalsSecureRenegotiation(offer))
    alternatives.push(
      'The ClientHello lacks renegotiation_info, and the server insists on it: its log then speaks of secure renegotiation.',
    );
  return [
    {
      title: offersOnly13(offer)
        ? `No cipher suite in common, or no DTLS 1.3 at the server: it refuses the ClientHello with ${alert.name}`
        : `No cipher suite in common: the server refuses the ClientHello with ${alert.name}`,
      explanation: [
        `The client offers ${suitesText(offer)}${offersOnly13(offer) ? ', and DTLS 1.3 only' : ''}.`,
        `The server answers with the alert ${alert.name}, without a ServerHello.`,
        alert.code === INSUFFICIENT_SECURITY
          ? 'That alert says that its settings want stronger suites than those offered.'
          : 'From the network it shows that nothing in the offer suits it, not which part.',
        ...(fit.unusable > 0
          ? [`The signature algorithms of the client rule out ${fit.unusable} of its own suites.`]
          : []),
        ...(other?.a.cipherSuite ? [`For another client it chose ${other.a.cipherSuite.name}.`] : []),
      ].join(' '),
      evidence: [
        subject.evidence(hello.record, `The ClientHello offers ${suitesText(offer)}`),
        subject.evidence(alert.record, `The server's alert ${alert.name} instead of a ServerHello`),
      ],
      certainty: 'inferred',
      alternatives,
    },
  ];
}
