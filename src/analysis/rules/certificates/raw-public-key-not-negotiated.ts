/** D5: raw public keys (RFC 7250) and certificates: the sides do not agree on what is sent. */
import { readCertificate, readRawPublicKey } from '../../../crypto/x509.ts';
import { clientCertificateTypes, serverCertificateTypes } from '../../../dtls/extensions/accessors.ts';
import { certificateTypeName } from '../../../dtls/registry.ts';
import { list } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Said, Subject } from '../subject.ts';
import { certificateOf } from './sent-certificates.ts';

export const rawPublicKeyNotNegotiated: Rule = {
  scope: 'association',
  id: 'raw-public-key-not-negotiated',
  group: 'certificates',
  title: 'The sides do not agree on raw public keys',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 7250 §4', 'RFC 7925 §4.3'],
  advice:
    'Give both sides what the other can check: raw public keys on both, with the extension that announces them, or X.509 certificates on both.',
  alternatives: ['The key or certificate itself is not accepted: the log of the side that sent the alert tells.'],
  looksLike:
    'A bare public key where no extension announced it, a client that takes raw public keys only, or the alert unsupported_certificate.',
  why: 'A raw public key may be sent only where both hellos name it in server_certificate_type or client_certificate_type. Without that the other side expects X.509.',
  sources: ['californium#53', 'openssl#18185'],
  explains: ['plaintext-alert', 'alert-ignored', 'gave-up', 'cert-untrusted', 'no-shared-cipher'],
  check: (subject) =>
    subject.unfinished ? (bareKey(subject) ?? refusedTypes(subject) ?? wrongType(subject) ?? []) : [],
};

const UNSUPPORTED_CERTIFICATE = 43;
const X509 = 0;
const RAW_PUBLIC_KEY = 2;

/** A public key where a list of certificates has to be. */
function bareKey(subject: Subject): readonly Match[] | null {
  for (const sender of ['server', 'client'] as const) {
    // What could be read as a certificate is one.
    if (subject.a.certificates[sender].length > 0) continue;
    const sent = certificateOf(subject, sender);
    // Which kind it is the ServerHello says: without one before it, it was read as X.509.
    const agreed = subject
      .said('ServerHello', 'server')
      .some((s) => !s.decoded.isHelloRetryRequest && s.record <= (sent?.record ?? -1));
    if (!agreed || sent?.decoded.form !== 'x509' || !holdsBareKey(sent)) continue;
    return [
      {
        title: `The ${sender} sends a raw public key, which was not negotiated`,
        explanation: `The Certificate message of the ${sender} holds a bare public key. The hellos have not agreed on that, so the other side expects an X.509 certificate. ${ending(subject)}`,
        evidence: [
          subject.evidence(sent.record, `A public key instead of a certificate, from the ${sender}`),
          ...alertEvidence(subject),
        ],
        certainty: 'seen',
      },
    ];
  }
  return null;
}

function holdsBareKey({ message, decoded }: Said<'Certificate'>): boolean {
  const [first] = decoded.certificates;
  if (first && readCertificate(first.bytes)) return false;
  if (first && readRawPublicKey(first.bytes)) return true;
  // RFC 7250 §3: before version 1.3 the key stands alone, without a list around it.
  const body = message.assembly.body();
  return body.length > 4 && body[3] === 0x30 && readRawPublicKey(body.subarray(3)) !== null;
}

/** unsupported_certificate in answer to a ClientHello that names certificate types (RFC 7250 §4.2). */
function refusedTypes(subject: Subject): readonly Match[] | null {
  const alert = subject.endingAlert;
  if (alert?.sender !== 'server' || alert.code !== UNSUPPORTED_CERTIFICATE) return null;
  const hello = subject.said('ClientHello', 'client').findLast((said) => said.record < alert.record);
  if (!hello || subject.said('ServerHello', 'server').some((s) => !s.decoded.isHelloRetryRequest)) return null;
  const types = typesText(hello);
  if (!types) return null;
  return [
    {
      title: 'The server supports none of the certificate types that the client offers',
      explanation: `The ClientHello offers ${types}. The server answers with the alert ${alert.name}, as RFC 7250 §4.2 has it where no type is common.`,
      evidence: [subject.evidence(hello.record, `The ClientHello offers ${types}`), ...alertEvidence(subject)],
      certainty: 'near-certain',
    },
  ];
}

function typesText({ decoded }: Said<'ClientHello'>): string {
  const parts: string[] = [];
  const server = serverCertificateTypes(decoded.extensions);
  const client = clientCertificateTypes(decoded.extensions);
  if (server) parts.push(`for the server ${list(server.map(certificateTypeName))}`);
  if (client) parts.push(`for itself ${list(client.map(certificateTypeName))}`);
  return parts.join(', ');
}

/** The client takes raw public keys only, and the server sends a certificate. */
function wrongType(subject: Subject): readonly Match[] | null {
  const sent = certificateOf(subject, 'server');
  const hello = sent && subject.said('ClientHello', 'client').findLast((said) => said.record < sent.record);
  const types = hello ? serverCertificateTypes(hello.decoded.extensions) : undefined;
  if (!sent || !hello || sent.decoded.form !== 'x509' || !types || types.includes(X509)) return null;
  if (!types.includes(RAW_PUBLIC_KEY) || sent.decoded.certificates.length === 0) return null;
  return [
    {
      title: 'The client takes raw public keys only, and the server sends an X.509 certificate',
      explanation: `The ClientHello offers for the server ${list(types.map(certificateTypeName))} and no X.509. The server sends a certificate. ${ending(subject)}`,
      evidence: [
        subject.evidence(hello.record, `server_certificate_type: ${list(types.map(certificateTypeName))}`),
        subject.evidence(sent.record, "The server's X.509 certificate"),
        ...alertEvidence(subject),
      ],
      certainty: 'seen',
    },
  ];
}

function ending({ endingAlert }: Subject): string {
  return endingAlert
    ? `The ${endingAlert.sender} ends the handshake with the alert ${endingAlert.name}.`
    : 'The handshake is not completed.';
}

function alertEvidence(subject: Subject): readonly Evidence[] {
  const { endingAlert: alert } = subject;
  return alert ? [subject.evidence(alert.record, `The ${alert.sender}'s alert ${alert.name}`)] : [];
}
