/** M6: the gateway of IKEA's lamps forgets identities. */
import { cipherSuiteName } from '../../../dtls/registry.ts';
import { times } from '../../words.ts';
import { forIdentity } from '../psk/identity.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const tradfri: Rule = {
  scope: 'association',
  id: 'tradfri',
  group: 'iot',
  title: 'A Trådfri gateway refuses a PSK identity that it has dropped',
  severity: 'note',
  rank: 'remark',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 4279 §2', 'RFC 7252 §9'],
  advice:
    'If the server is a Trådfri gateway, make a new identity with the security code on its back. Do not use one identity from two programs at once.',
  alternatives: ['Another CoAP server on port 5684: the port and the suite alone are only a hint.'],
  looksLike:
    'A handshake with TLS_PSK_WITH_AES_128_CCM_8 to port 5684 that is refused, or answered by nothing after the ClientKeyExchange.',
  why: 'The gateway forgets identities that were not used for some weeks, and after a reset. Then it answers unknown_psk_identity or nothing.',
  sources: ['tradfri-client#351', 'tradfri-client#312', 'tradfri-go#3'],
  check: forgotten,
};

const COAPS_PORT = 5684;
const PSK_AES_128_CCM_8 = 0xc0a8;
/** decryption failures, and unknown_psk_identity. */
const REFUSED: readonly number[] = [20, 40, 51, 115];

function forgotten(subject: Subject): readonly Match[] {
  const { a } = subject;
  if (a.server.port !== COAPS_PORT || a.cipherSuite?.id !== PSK_AES_128_CCM_8 || a.outcome === 'ongoing') return [];
  const [exchange] = subject.said('ClientKeyExchange', 'client');
  if (!exchange) return [];
  const alert = subject.endingAlert;
  if (alert && (alert.sender !== 'server' || !REFUSED.includes(alert.code))) return [];
  const sent = subject.flightWith('ClientKeyExchange', 'client')?.transmissions.length ?? 1;
  return [
    {
      title: `If the server is a Trådfri gateway: it may have forgotten ${forIdentity(subject)}`,
      explanation: `The handshake uses ${cipherSuiteName(PSK_AES_128_CCM_8)} on port 5684, as these gateways do. The server ${
        alert
          ? `answers the ClientKeyExchange with the alert ${alert.name}`
          : `does not go on after the ClientKeyExchange, which was sent ${times(sent)}`
      }.`,
      evidence: [
        subject.evidence(exchange.record, 'The ClientKeyExchange with the identity'),
        ...(alert ? [subject.evidence(alert.record, `The alert ${alert.name}`)] : []),
      ],
      certainty: 'inferred',
    },
  ];
}
