/** G3: the identity of a pre-shared key travels in the clear. */
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { identityOf, masked } from './identity.ts';

export const pskIdentityExposed: Rule = {
  scope: 'association',
  id: 'psk-identity-exposed',
  group: 'psk',
  title: 'The PSK identity can be read by everybody on the path',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 4279 §7', 'RFC 7925 §4.2', 'RFC 9257 §6'],
  advice:
    'Use identities that say nothing about the device or its owner: no serial number, no address, no name. A random one for each device does.',
  alternatives: ['The identity may be meant to be public, or change with every connection: then nothing is wrong.'],
  looksLike: 'A psk_identity in ClientKeyExchange, or in DTLS 1.3 in the pre_shared_key extension of the ClientHello.',
  why: 'The server needs the name before it can choose the key, so no version of DTLS encrypts it. Who can watch the network can follow the device by it.',
  sample: 'openssl-psk-aes128-gcm.pcap',
  check: exposed,
};

function exposed(subject: Subject): readonly Match[] {
  const identity = identityOf(subject);
  if (!identity) return [];
  const named = subject.is13
    ? subject.said('ClientHello', 'client')[0]
    : subject.said('ClientKeyExchange', 'client')[0];
  if (!named) return [];
  return [
    {
      title: `The PSK identity ${masked(identity)} is sent in the clear`,
      explanation: `The client names its pre-shared key by the identity ${masked(identity)}, which everybody on the path can read. The key itself is not sent.`,
      evidence: [subject.evidence(named.record, 'The identity is in this message')],
      certainty: 'seen',
    },
  ];
}
