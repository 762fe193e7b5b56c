/** D6: a certificate is rejected, and what it says it may be used for does not include this. */
import type { Certificate } from '../../../crypto/x509.ts';
import type { Sender } from '../../trace.ts';
import { list } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { leafOf, rejectedCertificate, shortName } from './sent-certificates.ts';

export const wrongKeyUsage: Rule = {
  scope: 'association',
  id: 'wrong-key-usage',
  group: 'certificates',
  title: 'The certificate may not be used in this role',
  severity: 'failure',
  rank: 'alert',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 5280 §4.2.1.12', 'RFC 5280 §4.2.1.3'],
  advice:
    'Issue a certificate whose extended key usage has serverAuth for a server and clientAuth for a client. A device that plays both roles needs both.',
  alternatives: [
    'The certificate is rejected for another reason, such as its issuer: the log of the rejecting side tells.',
  ],
  looksLike:
    'An alert about a certificate whose extended key usage lacks serverAuth (or clientAuth), or whose key usage lacks digitalSignature.',
  why: 'Two extensions of a certificate limit its use. Many stacks check that a server shows one for servers and a client one for clients.',
  sources: ['leshan#1081', 'californium#1704'],
  explains: ['plaintext-alert', 'encrypted-alert-ended-it', 'alert-ignored', 'gave-up', 'cert-untrusted'],
  check: forbiddenUse,
};

/** unknown_ca and certificate_expired say another reason themselves. */
const SAYS_OTHERWISE: readonly number[] = [44, 45, 48];

function forbiddenUse(subject: Subject): readonly Match[] {
  const rejected = rejectedCertificate(subject);
  if (!rejected || SAYS_OTHERWISE.includes(rejected.alert.code)) return [];
  const { alert, owner, sent, chain } = rejected;
  const leaf = leafOf(sent);
  // An expired certificate is reason enough.
  if (!leaf || chain.some((c) => c.validity === 'expired' || c.validity === 'not-yet')) return [];
  const lack = missingUse(leaf, owner);
  if (!lack) return [];
  return [
    {
      title: `The ${owner}'s certificate may not be used by a ${owner}: ${lack}`,
      explanation: `The certificate for ${shortName(leaf.subject)} was sent by the ${owner}, but ${lack}. The ${alert.sender} ends the handshake with the alert ${alert.name}.`,
      evidence: [
        subject.evidence(sent.record, `The ${owner}'s certificate: ${lack}`),
        subject.evidence(alert.record, `The ${alert.sender}'s alert ${alert.name}`),
      ],
      certainty: 'near-certain',
    },
  ];
}

/** "its extended key usage allows clientAuth only"; null where it may be used. */
function missingUse({ extendedKeyUsage, keyUsage }: Certificate, owner: Sender): string | null {
  const needed = owner === 'server' ? 'serverAuth' : 'clientAuth';
  if (extendedKeyUsage && !extendedKeyUsage.includes(needed) && !extendedKeyUsage.includes('anyExtendedKeyUsage'))
    return `its extended key usage allows ${list(extendedKeyUsage, 3) || 'nothing'} only`;
  // A client signs; a server signs too, but for the oldest suites, in which its key decrypts.
  if (
    keyUsage &&
    !keyUsage.includes('digitalSignature') &&
    (owner === 'client' || !keyUsage.includes('keyEncipherment'))
  )
    return `its key usage allows ${list(keyUsage, 3) || 'nothing'} only`;
  return null;
}
