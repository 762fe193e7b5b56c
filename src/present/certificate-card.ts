/** A certificate as a few short lines, and the words for what its dates mean. */
import type { CertificateView } from '../analysis/trace.ts';

export interface CertificateCard {
  readonly subject: string;
  /** "issued by CN=…", "self-issued". */
  readonly issuer: string | null;
  /** "2026-01-01 to 2036-01-01". */
  readonly dates: string | null;
  /** What is wrong with the dates at the time of the capture; null where nothing is. */
  readonly datesWrong: string | null;
  /** What is wrong with its place in the chain. */
  readonly chainWrong: string | null;
  /** "EC P-256, signed with ecdsa-with-SHA256". */
  readonly key: string;
  readonly names: string | null;
  /** As `a=fingerprint` of SDP writes it. */
  readonly fingerprint: string;
}

const SHOWN_NAMES = 6;
const VALIDITY: Readonly<Record<CertificateView['validity'], string | null>> = {
  valid: null,
  expired: 'expired when this was captured',
  'not-yet': 'not yet valid when this was captured',
  unknown: null,
};

export function certificateCard(certificate: CertificateView): CertificateCard {
  const { subject, issuer, selfIssued, notBefore, notAfter, validity, publicKey, names, fingerprint } = certificate;
  const { signatureAlgorithm, issuedByNext } = certificate;
  const more = names.length - SHOWN_NAMES;
  return {
    subject: subject || 'no subject',
    issuer: selfIssued ? 'self-issued' : issuer === '' ? null : `issued by ${issuer}`,
    dates: notBefore && notAfter ? `${day(notBefore)} to ${day(notAfter)}` : null,
    datesWrong: VALIDITY[validity],
    chainWrong: issuedByNext === false ? 'the next certificate is not its issuer’s' : null,
    key: signatureAlgorithm === null ? publicKey : `${publicKey}, signed with ${signatureAlgorithm}`,
    names: names.length === 0 ? null : names.slice(0, SHOWN_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : ''),
    fingerprint,
  };
}

/** "2026-11-20" of an ISO time: certificates change hands by the day. */
function day(time: string): string {
  return time.slice(0, 10);
}
