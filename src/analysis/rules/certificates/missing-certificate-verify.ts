/** D4: the client shows a certificate and never proves that the key is its own. */
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { certificateOf, leafOf, shortName } from './sent-certificates.ts';

export const missingCertificateVerify: Rule = {
  scope: 'association',
  id: 'missing-certificate-verify',
  group: 'certificates',
  title: 'A client certificate without CertificateVerify',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 5246 §7.4.8', 'RFC 8446 §4.4.3'],
  advice:
    'Update the client: it has to sign the handshake with the key of its certificate. Check that it has that key, and not the certificate alone.',
  alternatives: [
    'The certificate holds a fixed Diffie-Hellman key, which signs nothing: such certificates are very rare.',
  ],
  looksLike:
    'In the flight of the client a Certificate that is not empty, ClientKeyExchange and ChangeCipherSpec in unbroken record numbers, and no CertificateVerify.',
  why: 'Anybody can copy a certificate. Only the signature in CertificateVerify shows that the client has the key, so a server must not go on without it.',
  sources: ['webrtc2sip#111', 'CVE-2020-2655'],
  explains: ['plaintext-alert', 'gave-up', 'cert-untrusted', 'client-cert-required', 'handshake-skipped-message'],
  check: unproven,
};

function unproven(subject: Subject): readonly Match[] {
  if (subject.is13 || subject.a.certificates.client.length === 0) return [];
  const sent = certificateOf(subject, 'client');
  if (!sent) return [];
  if (subject.said('CertificateVerify', 'client').length > 0) return [];
  const flight = subject.flightWith('ClientKeyExchange', 'client');
  if (!flight || flight.messages.includes('CertificateVerify')) return [];
  const [exchange] = subject.said('ClientKeyExchange', 'client');
  // Message numbers without a gap, and records without one up to ChangeCipherSpec: nothing in between is missing.
  if (!exchange || exchange.message.messageSeq !== sent.message.messageSeq + 1) return [];
  const change = changeRightAfter(subject, exchange.record);
  if (!change) return [];
  const leaf = leafOf(sent);
  const accepted = subject.established;
  const alert = subject.endingAlert;
  return [
    {
      severity: accepted ? 'security' : 'failure',
      title: accepted
        ? 'The server accepted a client certificate whose owner proved nothing'
        : 'The client sends a certificate and no CertificateVerify',
      explanation: `The client sent a certificate${leaf ? ` for ${shortName(leaf.subject)}` : ''}, ClientKeyExchange and ChangeCipherSpec, and no CertificateVerify. The record numbers have no gap, so none was lost. ${
        accepted
          ? 'The server completed the handshake all the same: anybody could use this certificate.'
          : alert
            ? `The ${alert.sender} ends the handshake with the alert ${alert.name}.`
            : 'The handshake was not completed.'
      }`,
      evidence: [
        subject.evidence(sent.record, "The client's certificate"),
        subject.evidence(change.index, 'ChangeCipherSpec: CertificateVerify should have come before it'),
        ...(alert ? [subject.evidence(alert.record, `The ${alert.sender}'s alert ${alert.name}`)] : []),
      ],
      certainty: 'near-certain',
      ...(accepted
        ? {
            advice:
              'Update the server: it must refuse a client certificate without CertificateVerify. Until then do not rely on client certificates.',
          }
        : {}),
    },
  ];
}

/** The ChangeCipherSpec whose record number follows that of this record. */
function changeRightAfter(subject: Subject, record: number): RecordFact | undefined {
  const { sequenceNumber } = subject.fact(record);
  if (sequenceNumber === null) return undefined;
  return subject.records.find(
    (r) =>
      r.side === 0 &&
      r.epoch === 0 &&
      (r.sequenceNumber === sequenceNumber + 1 || (r.index > record && r.sequenceNumber === sequenceNumber)) &&
      subject.carried(r.index).some((c) => c.kind === 'changeCipherSpec'),
  );
}
