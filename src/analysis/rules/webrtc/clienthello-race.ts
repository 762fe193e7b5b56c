/** L10: a media port answers the ClientHello of somebody with whom it has no connectivity check. */
import { endpointText } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { firstSuccess, packetEvidence, pairAt, stunOf } from './ice.ts';

export const clientHelloRace: Rule = {
  scope: 'association',
  id: 'clienthello-race',
  group: 'webrtc',
  title: 'A media port answers a ClientHello from an address that ICE has not verified',
  severity: 'security',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 8445 §12', 'RFC 5763 §6.7.1', 'RFC 8827 §6.5'],
  advice:
    'Let the server drop DTLS from addresses without an answered connectivity check. Else whoever sends a ClientHello first takes the place of the peer, and the call fails.',
  alternatives: [
    'The check was answered before the capture began.',
    'The two are one host behind a NAT with changing ports: then a check from the new port follows.',
  ],
  looksLike:
    'A ClientHello from an address without an answered check to a port that has one with another address, and a ServerHello in answer.',
  why: 'Media servers open the DTLS association with the first that speaks. An attacker who finds the port wins the race against the real peer.',
  sources: ['rtcsec.com: DTLS ClientHello race conditions in WebRTC implementations'],
  check: stranger,
};

function stranger(subject: Subject): readonly Match[] {
  const { a, trace } = subject;
  const hello = subject.analysed.state.records[0];
  const [answer] = subject.said('ServerHello', 'server');
  if (hello === undefined || !answer || !a.rolesKnown) return [];
  const stun = stunOf(subject);
  if (stun && firstSuccess(stun)) return [];
  const pair = pairAt(trace.surroundings, a.server);
  const success = pair?.stun && firstSuccess(pair.stun);
  if (!pair || !success) return [];
  const peer = endpointText(pair.a) === endpointText(a.server) ? pair.b : pair.a;
  // The same host on another port may be its NAT's doing.
  const sameHost = peer.address === a.client.address;
  return [
    {
      title: `${endpointText(a.server)} answers a ClientHello from ${endpointText(a.client)}, with which it has no connectivity check`,
      explanation: `The port takes part in connectivity checks with ${endpointText(peer)}, and no check with ${endpointText(a.client)} was answered. It answers its ClientHello with a ServerHello all the same${
        subject.established ? ', and the handshake is done' : ''
      }.`,
      evidence: [
        subject.evidence(hello, `The ClientHello from ${endpointText(a.client)}`),
        subject.evidence(answer.record, 'The ServerHello in answer'),
        packetEvidence(success, `An answered check with ${endpointText(peer)}`),
      ],
      certainty: sameHost ? 'inferred' : 'near-certain',
    },
  ];
}
