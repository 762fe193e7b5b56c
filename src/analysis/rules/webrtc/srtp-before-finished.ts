/** L9: media come before the handshake is done. */
import { milliseconds, otherSender } from '../../words.ts';
import { tupleOf } from '../around.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { packetEvidence } from './ice.ts';

export const srtpBeforeFinished: Rule = {
  scope: 'association',
  id: 'srtp-before-finished',
  group: 'webrtc',
  title: 'SRTP is sent before the handshake is done',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 5764 §5.1.2', 'RFC 5763 §6.2'],
  advice:
    'Let the receiver keep the first packets until the handshake is done, or let the sender wait: else the first picture or sound is lost.',
  alternatives: [
    'The packets are RTP without protection, or with keys from elsewhere (SDES): then the sender sends them with or without DTLS.',
  ],
  looksLike: 'RTP on the ports of the association between its ClientHello and its last Finished.',
  why: 'One side is done a round trip before the other and begins at once. The other side has no keys yet.',
  sources: ['sipsorcery#1832'],
  check: early,
};

function early(subject: Subject): readonly Match[] {
  const { handshake } = subject;
  if (!handshake || !subject.established) return [];
  const tuple = tupleOf(subject);
  if (!tuple) return [];
  return ([0, 1] as const).flatMap((side) => {
    const flow = tuple.udp.rtp[side];
    if (!flow || flow.first.timeMs < handshake.startMs || flow.first.timeMs >= handshake.endMs) return [];
    const sender = side === 0 ? 'client' : 'server';
    return [
      {
        title: `The ${sender} sends RTP ${milliseconds(handshake.endMs - flow.first.timeMs)} before the handshake is done`,
        explanation: `The first RTP packet of the ${sender} comes ${milliseconds(flow.first.timeMs - handshake.startMs)} after the ClientHello, and the handshake takes ${milliseconds(handshake.endMs - handshake.startMs)}. The ${otherSender(sender)} cannot read it before that, unless it keeps it.`,
        evidence: [packetEvidence(flow.first, `The first RTP packet of the ${sender}`)],
        certainty: 'seen' as const,
      },
    ];
  });
}
