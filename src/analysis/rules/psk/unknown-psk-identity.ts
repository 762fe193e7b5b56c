/** G2: the server says that it does not know the identity of the client's pre-shared key. */
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { forIdentity } from './identity.ts';

export const unknownPskIdentity: Rule = {
  scope: 'association',
  id: 'unknown-psk-identity',
  group: 'psk',
  title: 'The server does not know the PSK identity',
  severity: 'failure',
  rank: 'alert',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 4279 §2', 'RFC 8446 §6.2'],
  advice:
    'Register this identity with its key at the server, or correct it at the client: case, spaces and domain count. Some gateways let identities expire: pair the device anew.',
  alternatives: ['The server knows the identity, but not for this client or at this address: its log tells.'],
  looksLike: 'The alert unknown_psk_identity after ClientKeyExchange, or in DTLS 1.3 after the ClientHello.',
  why: 'The client names its key by an identity. A server that finds no key under that name may say so with this alert, or go on with a random key to hide it.',
  sources: ['tradfri-client#351', 'tradfri-client#312', 'tradfri-client#394'],
  sample: 'openssl-fail-psk-identity-unknown.pcap',
  explains: ['plaintext-alert', 'alert-ignored', 'gave-up', 'wrong-psk', 'flight-lost-and-recovered'],
  check: unknownIdentity,
};

const UNKNOWN_PSK_IDENTITY = 115;

function unknownIdentity(subject: Subject): readonly Match[] {
  const alert = subject.endingAlert;
  if (alert?.sender !== 'server' || alert.code !== UNKNOWN_PSK_IDENTITY) return [];
  const named =
    subject.said('ClientKeyExchange', 'client').findLast((s) => s.record < alert.record) ??
    subject.said('ClientHello', 'client').findLast((s) => s.record < alert.record);
  const identity = forIdentity(subject);
  return [
    {
      title: `The server does not know ${identity}`,
      explanation: `The client names its pre-shared key by ${identity === 'this client' ? 'an identity that this capture does not show' : identity}. The server answers with the alert ${alert.name}.`,
      evidence: [
        subject.evidence(alert.record, `The server's alert ${alert.name}`),
        ...(named ? [subject.evidence(named.record, `The client names ${identity}`)] : []),
      ],
      certainty: 'seen',
    },
  ];
}
