/** L6: the ClientHello is sent before ICE has found that the path works. */
import { duration, milliseconds } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { firstSuccess, packetEvidence, stunOf } from './ice.ts';

export const dtlsBeforeIce: Rule = {
  scope: 'association',
  id: 'dtls-before-ice',
  group: 'webrtc',
  title: 'The ClientHello is sent before ICE has a path',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 5763 §6.7.1', 'RFC 8827 §6.5', 'RFC 6347 §4.2.4'],
  advice:
    'Start DTLS when ICE reports a connected pair. Or let the receiver keep a ClientHello that comes early and answer it once the pair is chosen.',
  alternatives: [
    'The ClientHello was lost by chance, and ICE has nothing to do with it: then another early one is answered at once.',
  ],
  looksLike:
    'A ClientHello earlier than the first answered check on its ports, and an answer only to a later copy of it.',
  why: 'Before ICE has chosen a pair the other side drops what comes, or a NAT does. The client then waits for its timer, one second or more with most stacks.',
  sources: ['amazon-kinesis-video-streams-webrtc-sdk-c#355', 'rtpengine#1996', 'ortc#173'],
  explains: ['flight-lost-and-recovered', 'no-answer-to-clienthello'],
  check: tooEarly,
};

function tooEarly(subject: Subject): readonly Match[] {
  const stun = stunOf(subject);
  const success = stun && firstSuccess(stun);
  const hello = subject.flight(1);
  if (!success || hello?.sender !== 'client') return [];
  const [first, second] = hello.transmissions;
  if (!first || !second || first.startMs >= success.timeMs) return [];
  const early = hello.transmissions.filter((t) => t.startMs < success.timeMs);
  const heard = subject.records.find((r) => r.side === 1);
  if (heard && heard.timeMs < success.timeMs) return [];
  const useful = hello.transmissions.findLast((t) => !heard || t.startMs < heard.timeMs);
  const lastEarly = early.at(-1) ?? first;
  const lostMs = heard ? heard.timeMs - Math.max(success.timeMs, first.startMs) : null;
  return [
    {
      title: `The ClientHello is sent ${milliseconds(success.timeMs - first.startMs)} before ICE has a path, and has to be repeated`,
      explanation: `The client sent its ClientHello ${early.length === 1 ? 'once' : `${early.length} times`} before the first connectivity check on these ports was answered. ${
        lostMs === null
          ? 'The server does not answer any of them.'
          : `The server answers ${duration(lostMs)} after the path was there: so long the timer of the client took.`
      }`,
      evidence: [
        subject.sentEvidence(first, 'The first ClientHello'),
        packetEvidence(success, 'The first check is answered'),
        ...(useful && useful !== lastEarly && useful !== first
          ? [subject.sentEvidence(useful, 'The ClientHello that came late enough')]
          : []),
      ],
      certainty: 'near-certain',
      ...(heard ? {} : { severity: 'warning' }),
    },
  ];
}
