/** M5: the entertainment stream of a Hue bridge. */
import { cipherSuiteName } from '../../../dtls/registry.ts';
import { list } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const hueEntertainment: Rule = {
  scope: 'association',
  id: 'hue-entertainment',
  group: 'iot',
  title: 'A Hue bridge does not take the entertainment stream',
  severity: 'failure',
  rank: 'remark',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 4279 §2', 'RFC 5487 §2'],
  advice:
    'Offer TLS_PSK_WITH_AES_128_GCM_SHA256. Activate the stream of the entertainment area over its REST interface at most 10 seconds before, and use the client key of the same application as PSK.',
  alternatives: ['Port 2100 belongs to something else here: the port alone is only a hint.'],
  looksLike: 'A handshake to UDP port 2100 that gets no answer, or that offers no TLS_PSK_WITH_AES_128_GCM_SHA256.',
  why: 'The bridge knows one cipher suite, and answers only while a stream is active. Else it is silent.',
  sources: ['huestacean#59', 'HyperHDR#1071', 'screenBloom#66'],
  check: stream,
};

const HUE_PORT = 2100;
const PSK_AES_128_GCM = 0x00a8;

function stream(subject: Subject): readonly Match[] {
  const { a, clientHello } = subject;
  if (a.server.port !== HUE_PORT || !a.rolesKnown || !clientHello || a.outcome === 'ongoing') return [];
  const hello = subject.said('ClientHello', 'client').at(-1);
  const psk = clientHello.cipherSuites.filter((suite) => cipherSuiteName(suite).startsWith('TLS_PSK_'));
  if (!hello || (psk.length === 0 && subject.serverHello !== null)) return [];
  const offers = clientHello.cipherSuites.includes(PSK_AES_128_GCM);
  const evidence = [subject.evidence(hello.record, 'The ClientHello and its cipher suites')] as const;
  if (!offers)
    return [
      {
        title:
          'If this is a Hue bridge: the ClientHello does not offer TLS_PSK_WITH_AES_128_GCM_SHA256, the only suite it takes',
        explanation: `UDP port 2100 is that of the entertainment stream of Hue bridges. They take TLS_PSK_WITH_AES_128_GCM_SHA256 alone. The client offers ${
          psk.length > 0 ? list(psk.map(cipherSuiteName), 3) : 'no plain PSK suite'
        }.`,
        evidence,
        certainty: 'inferred',
      },
    ];
  return [
    {
      title: 'If this is a Hue bridge: it answers only while an entertainment stream is active',
      explanation:
        'UDP port 2100 is that of the entertainment stream of Hue bridges. The right cipher suite is offered, so the stream is probably not active, or the key is not that of this application.',
      evidence,
      certainty: 'inferred',
      severity: 'note',
    },
  ];
}
