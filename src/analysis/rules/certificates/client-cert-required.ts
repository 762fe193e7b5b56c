/** D2: the server asked for a client certificate, and the client sent none. */
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { certificateOf } from './sent-certificates.ts';

export const clientCertRequired: Rule = {
  scope: 'association',
  id: 'client-cert-required',
  group: 'certificates',
  title: 'The server wants a client certificate, and the client sends none',
  severity: 'failure',
  rank: 'alert',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 5246 §7.4.6', 'RFC 8446 §4.4.2.4'],
  advice: 'Configure a certificate and its key at the client, or make client certificates optional at the server.',
  alternatives: ['The server ends the handshake for another reason that the same alert stands for: its log tells.'],
  looksLike:
    'A CertificateRequest, a client flight with an empty Certificate message or none, and then an alert of the server.',
  why: 'A client without certificate answers the request with an empty list. A server that insists on one then ends the handshake.',
  sources: ['tinydtls#186'],
  sample: 'openssl-fail-client-cert-required.pcap',
  explains: ['plaintext-alert', 'encrypted-alert-ended-it', 'alert-ignored', 'gave-up', 'cert-untrusted'],
  check: noClientCertificate,
};

const HANDSHAKE_FAILURE = 40;
/** no_certificate, bad_, unsupported_certificate, certificate_unknown, access_denied, certificate_required. */
const SAYS_SO: readonly number[] = [41, 42, 43, 46, 49, 116];

function noClientCertificate(subject: Subject): readonly Match[] {
  const alert = subject.endingAlert;
  if (alert?.sender !== 'server') return [];
  if (alert.code !== HANDSHAKE_FAILURE && !SAYS_SO.includes(alert.code)) return [];
  const [request] = subject.said('CertificateRequest', 'server');
  if (!request || request.record > alert.record) return [];
  const sent = certificateOf(subject, 'client');
  if (sent && sent.decoded.certificates.length > 0) return [];
  // Without a Certificate message: only where what has to follow it is there.
  const answer = sent ?? subject.said('ClientKeyExchange', 'client')[0] ?? subject.said('Finished', 'client')[0];
  if (!answer || answer.record > alert.record) return [];
  return [
    {
      title: 'The server requires a client certificate, and the client sent none',
      explanation: `The server asks for a certificate with CertificateRequest. The client answers ${
        sent ? 'with an empty Certificate message: it has none, or none that fits' : 'without a Certificate message'
      }. The server ends the handshake with the alert ${alert.name}.`,
      evidence: [
        subject.evidence(request.record, 'CertificateRequest'),
        subject.evidence(answer.record, sent ? 'An empty Certificate message' : 'The answer, without a Certificate'),
        subject.evidence(alert.record, `The server's alert ${alert.name}`),
      ],
      certainty: alert.code === HANDSHAKE_FAILURE ? 'near-certain' : 'seen',
      ...(request.decoded.certificateAuthorities.length > 0
        ? {
            alternatives: [
              'The client has a certificate, but of none of the issuers that the CertificateRequest lists: compare its issuer with them.',
            ],
          }
        : {}),
    },
  ];
}
