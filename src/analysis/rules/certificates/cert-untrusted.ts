/** D1: a certificate was rejected, as an alert says. */
import { hasExtension } from '../../../dtls/extensions/extensions.ts';
import { EXTENSION_TYPE } from '../../../dtls/registry.ts';
import type { CertificateView } from '../../trace.ts';
import { capital, otherSender } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { day, type Rejected, rejectedCertificate, shortName } from './sent-certificates.ts';

export const certUntrusted: Rule = {
  scope: 'association',
  id: 'cert-untrusted',
  group: 'certificates',
  title: 'A certificate is rejected',
  severity: 'failure',
  rank: 'alert',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 5246 §7.2.2', 'RFC 8446 §6.2', 'RFC 5280 §6'],
  advice:
    'Give the rejecting side the issuer as a trusted root, and have the other side send all intermediate certificates. Renew what has expired, and check both clocks.',
  alternatives: [
    'The side that sent the alert checks something else as well, such as the host name or a pinned fingerprint: its log tells.',
  ],
  looksLike:
    'A Certificate message, and after it an alert that speaks of certificates: bad_certificate, unknown_ca, certificate_expired and their like.',
  why: 'Whoever receives a certificate checks who issued it, its dates, its names and its purpose. Which check failed, only the alert and the dates show on the network.',
  sources: ['Cisco FN-63942', 'amazon-kinesis-video-streams-webrtc-sdk-c#915', 'libdatachannel#1390'],
  sample: 'openssl-fail-unknown-ca.pcap',
  explains: ['plaintext-alert', 'encrypted-alert-ended-it', 'alert-ignored', 'gave-up', 'flight-lost-and-recovered'],
  check: untrusted,
};

function untrusted(subject: Subject): readonly Match[] {
  const rejected = rejectedCertificate(subject);
  if (!rejected) return [];
  const { alert, owner, sent, chain } = rejected;
  const [leaf] = chain;
  const dates = datesOf(subject, chain);
  const what = leaf ? describe(chain, leaf) : 'a raw public key or a certificate that cannot be read';
  return [
    {
      title: titleOf(rejected, dates),
      explanation: `The ${owner} sent ${what}. The ${alert.sender} ends the handshake with the alert ${alert.name}${meaning(alert.code)}. ${dates?.says ?? 'Its dates are valid at the time of the capture.'}`,
      evidence: [
        subject.evidence(
          sent.record,
          leaf
            ? `The ${owner}'s certificate for ${shortName(leaf.subject)}, issued by ${shortName(leaf.issuer)}`
            : `The ${owner}'s key`,
        ),
        ...(dates?.evidence ? [{ ...dates.evidence, record: sent.record }] : []),
        subject.evidence(alert.record, `The ${alert.sender}'s alert ${alert.name}`),
      ],
      certainty: 'seen',
      ...(dates && alert.code !== UNKNOWN_CA ? { advice: dates.advice } : {}),
      alternatives: webRtc(subject),
    },
  ];
}

function titleOf({ alert, owner, chain }: Rejected, dates: Dates | null): string {
  const [leaf] = chain;
  const subject = `the ${owner}'s certificate`;
  // unknown_ca and certificate_revoked name their reason; the dates then are wrong as well.
  const more = dates ? `; it ${dates.title} too` : '';
  if (alert.code === UNKNOWN_CA && leaf?.selfIssued)
    return `${capital(`the ${alert.sender}`)} does not trust ${subject}, which issued itself: ${shortName(leaf.subject)}${more}`;
  if (alert.code === UNKNOWN_CA)
    return `${capital(`the ${alert.sender}`)} does not know the issuer of ${subject}${leaf ? `: ${shortName(chain.at(-1)?.issuer ?? leaf.issuer)}` : ''}${more}`;
  if (alert.code === REVOKED) return `${capital(`the ${alert.sender}`)} says that ${subject} has been revoked`;
  if (dates) return `${capital(`the ${alert.sender}`)} rejects ${subject}, which ${dates.title}`;
  if (alert.code === EXPIRED)
    return `${capital(`the ${alert.sender}`)} says that ${subject} has expired or is not yet valid`;
  return `${capital(`the ${alert.sender}`)} rejects ${subject} with the alert ${alert.name}`;
}

const REVOKED = 44;
const EXPIRED = 45;
const UNKNOWN_CA = 48;

const MEANINGS: ReadonlyMap<number, string> = new Map([
  [42, 'it is corrupt, its signature is wrong, or it fails another check'],
  [43, 'a certificate of this kind is not supported'],
  [REVOKED, 'its issuer has revoked it'],
  [EXPIRED, 'it has expired or is not valid yet'],
  [46, 'some other check failed'],
  [UNKNOWN_CA, 'no trusted issuer was found for it'],
  [49, 'it is valid, but its owner has no access'],
]);

function meaning(code: number): string {
  const says = MEANINGS.get(code);
  return says ? ` (${says})` : '';
}

function describe(chain: readonly CertificateView[], leaf: CertificateView): string {
  const parts = [`a certificate for ${shortName(leaf.subject)} with the key ${leaf.publicKey}`];
  if (leaf.selfIssued) parts.push('which it issued to itself');
  else if (chain.length === 1) parts.push(`issued by ${shortName(leaf.issuer)}, whose certificate was not sent`);
  else parts.push(`and a chain of ${chain.length} certificates up to ${shortName(chain.at(-1)?.issuer ?? '')}`);
  if (chain.some((c) => c.issuedByNext === false)) parts.push('in the wrong order');
  return parts.join(', ');
}

interface Dates {
  /** "expired on 2021-01-01". */
  readonly title: string;
  readonly says: string;
  readonly advice: string;
  readonly evidence: Omit<Evidence, 'record'>;
}

/** Expired, or not valid yet, by the clock of the capture. */
function datesOf(subject: Subject, chain: readonly CertificateView[]): Dates | null {
  const bad = chain.find((c) => c.validity === 'expired' || c.validity === 'not-yet');
  if (!bad) return null;
  const { originMs } = subject.all;
  const captured = originMs === null ? 'another day' : day(new Date(originMs).toISOString());
  const name = bad === chain[0] ? 'It' : `The issuer's certificate ${shortName(bad.subject)}`;
  const span = `valid from ${day(bad.notBefore)} to ${day(bad.notAfter)}`;
  if (bad.validity === 'expired')
    return {
      title:
        bad === chain[0]
          ? `expired on ${day(bad.notAfter)}`
          : `comes with an issuer that expired on ${day(bad.notAfter)}`,
      says: `${name} is ${span}, and the capture was taken on ${captured}.`,
      advice: 'Renew the certificate. Check the clock of the rejecting side too: it has to know the date.',
      evidence: { says: `It is ${span}` },
    };
  return {
    title: `is not valid before ${day(bad.notBefore)}`,
    says: `${name} is ${span}, and by its own clock the capture was taken on ${captured}.`,
    advice:
      'Set the clocks: a device without a battery often starts in 1970. Or make the certificate valid from an earlier date.',
    evidence: { says: `It is ${span}` },
  };
}

function webRtc(subject: Subject): readonly string[] {
  const hello = subject.clientHello;
  if (!hello || !hasExtension(hello.extensions, EXTENSION_TYPE.useSrtp)) return [];
  const peer = otherSender(subject.endingAlert?.sender ?? 'client');
  return [
    `This is WebRTC, where only the fingerprint counts: compare a=fingerprint in the session description of the ${peer} with this certificate.`,
  ];
}
