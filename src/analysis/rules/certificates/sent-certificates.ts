/** Certificates as the rules of this group look at them: who sent which, and what the other side said to them. */
import { type Certificate, readCertificate } from '../../../crypto/x509.ts';
import type { CertificateView, Sender } from '../../trace.ts';
import { otherSender } from '../../words.ts';
import type { EndingAlert, Said, Subject } from '../subject.ts';

/** bad_certificate, unsupported_certificate, certificate_revoked, _expired, _unknown, unknown_ca, access_denied. */
export const CERTIFICATE_ALERTS: readonly number[] = [42, 43, 44, 45, 46, 48, 49];

/** The first Certificate message of a side, whatever is in it. */
export function certificateOf(subject: Subject, sender: Sender): Said<'Certificate'> | undefined {
  return subject.said('Certificate', sender).find((said) => said.handshake === 1);
}

/** Its first certificate, read; undefined for a raw public key and for what is no certificate. */
export function leafOf(said: Said<'Certificate'> | undefined): Certificate | undefined {
  const first = said?.decoded.form === 'x509' ? said.decoded.certificates[0] : undefined;
  return (first && readCertificate(first.bytes)) ?? undefined;
}

export interface Rejected {
  readonly alert: EndingAlert;
  /** Whose certificate it is. */
  readonly owner: Sender;
  readonly sent: Said<'Certificate'>;
  readonly chain: readonly CertificateView[];
}

/** A certificate that the other side answered with an alert about certificates. */
export function rejectedCertificate(subject: Subject): Rejected | null {
  const alert = subject.endingAlert;
  if (!alert || !CERTIFICATE_ALERTS.includes(alert.code)) return null;
  const owner = otherSender(alert.sender);
  const sent = certificateOf(subject, owner);
  if (!sent || sent.record > alert.record || sent.decoded.certificates.length === 0) return null;
  return { alert, owner, sent, chain: subject.a.certificates[owner] };
}

const LONGEST = 40;
const MOST_WORDS = 5;

/** The common name, or the beginning of the whole name; quoted. */
export function shortName(distinguishedName: string): string {
  const common = /(?:^|,)CN=((?:\\.|[^,\\])*)/i.exec(distinguishedName)?.[1] ?? distinguishedName;
  const name = common === '' ? 'no name' : common;
  const short = name.split(/\s+/).slice(0, MOST_WORDS).join(' ').slice(0, LONGEST);
  return `"${short}${short.length < name.length ? '…' : ''}"`;
}

/** "2021-03-01". */
export const day = (isoTime: string | null): string => isoTime?.slice(0, 10) ?? 'an unreadable date';
