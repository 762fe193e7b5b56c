/** D3: a signature, or the check over the whole handshake, does not fit what the other side received. */
import type { SignatureVerdict } from '../../../crypto/signatures.ts';
import type { VerificationView } from '../../trace.ts';
import { otherSender } from '../../words.ts';
import { checkOf } from '../checks.ts';
import type { Match, Rule } from '../rule.ts';
import type { EndingAlert, Subject } from '../subject.ts';

export const certVerifyFailed: Rule = {
  scope: 'association',
  id: 'cert-verify-failed',
  group: 'certificates',
  title: 'A signature or the handshake check fails: what was signed is not what arrived',
  severity: 'failure',
  rank: 'proof',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 5246 §7.4.3', 'RFC 5246 §7.4.8', 'RFC 8446 §4.4.3', 'RFC 6347 §4.2.6'],
  advice:
    'Capture at both ends and compare the handshake messages byte by byte. If they are the same, check that the private key belongs to the certificate.',
  alternatives: [
    'Something on the way changes packets: then a message differs between the captures of both ends.',
    'One stack hashes fragments or message headers in another way than the RFC says: then it fails with other peers too.',
  ],
  looksLike: 'The alert decrypt_error after a ServerKeyExchange, CertificateVerify or Finished.',
  why: 'The signatures cover both randoms, and later the whole handshake. If a single byte differs between what one side sent and the other received, they do not fit.',
  sources: ['openssl#18635'],
  sample: 'openssl-corrupt-clienthello-random.client.pcap',
  explains: ['plaintext-alert', 'encrypted-alert-ended-it', 'alert-ignored', 'gave-up', 'corrupted-record'],
  check: failedCheck,
};

const DECRYPT_ERROR = 51;

function failedCheck(subject: Subject): readonly Match[] {
  const alert = subject.endingAlert;
  if (alert?.code !== DECRYPT_ERROR) return [];
  // With a pre-shared key or a password the same alert means that it is another one.
  if (!subject.is13 && /PSK|ECJPAKE|SRP/.test(subject.a.keyExchange ?? '')) return [];
  const by = otherSender(alert.sender);
  const signature = by === 'server' && !subject.is13 ? 'ServerKeyExchange' : 'CertificateVerify';
  const checks = [checkOf(subject, signature, by), checkOf(subject, 'Finished', by)].filter(
    (c) => c !== undefined && c.record - 1 <= alert.record,
  );
  const wrong = checks.find((c) => c?.verdict === 'invalid');
  // The client's alert under its new keys answers the server's Finished, and what is missing before it is another matter.
  if (!wrong && by === 'server' && !subject.is13 && alert.epoch > 0) return [];
  const check = wrong ?? checks[0];
  return check ? [match(subject, alert, check, by)] : finishedUnread(subject, alert, by);
}

function match(subject: Subject, alert: EndingAlert, check: VerificationView, by: VerificationView['sender']): Match {
  const { what, record, verdict } = check;
  const name = what === 'Finished' ? 'Finished' : `signature in ${what}`;
  return {
    title: `The ${alert.sender} finds the ${by}'s ${name} wrong${verdict === 'invalid' ? ', and it is' : ''}`,
    explanation: `The ${alert.sender} ends the handshake with the alert ${alert.name}. ${SAYS[verdict](what, subject, alert)}`,
    evidence: [
      subject.evidence(record - 1, `The ${by}'s ${what}, recomputed here: ${verdict}`),
      subject.evidence(alert.record, `The ${alert.sender}'s alert ${alert.name}`),
    ],
    certainty: verdict === 'invalid' ? 'seen' : 'near-certain',
  };
}

const SAYS: { readonly [verdict in SignatureVerdict]: (what: string, subject: Subject, alert: EndingAlert) => string } =
  {
    invalid: (what, subject) =>
      what === 'CertificateVerify' && finishedFits(subject)
        ? 'Recomputed from this capture the signature is wrong, while the Finished fits the same messages. So the messages are intact, and the key that signed is not that of the certificate.'
        : 'Recomputed from this capture it is wrong: it does not fit the messages and the key as they are here. Either they were changed before they came by here, or it was signed with another key.',
    valid: (_, subject, alert) =>
      `Recomputed from this capture it is right. ${
        subject.surelyCapturedAt(alert.sender)
          ? `So the ${alert.sender} computes otherwise, or sent another message than it believes.`
          : `So a message was changed between here and the ${alert.sender}, or the ${alert.sender} computes otherwise.`
      }`,
    'not-checkable': () => 'Whether it is right cannot be recomputed here: messages or keys are missing.',
  };

function finishedFits(subject: Subject): boolean {
  const server = checkOf(subject, 'Finished', 'server');
  return server?.verdict === 'valid';
}

/** The Finished stayed closed, but the alert answers it. */
function finishedUnread(subject: Subject, alert: EndingAlert, by: 'client' | 'server'): readonly Match[] {
  const [exchange] = subject.said('ClientKeyExchange', 'client');
  if (by !== 'client' || subject.is13 || !exchange || exchange.record > alert.record) return [];
  return [
    {
      title: "The server finds the client's Finished wrong: the two saw different handshakes",
      explanation: `After the client's last flight the server ends the handshake with the alert ${alert.name}. It could read the Finished, or would have said bad_record_mac, but its hash is over other messages. With the keys it could be recomputed here.`,
      evidence: [
        subject.evidence(exchange.record, "The client's flight with its Finished"),
        subject.evidence(alert.record, `The server's alert ${alert.name}`),
      ],
      certainty: 'inferred',
    },
  ];
}
