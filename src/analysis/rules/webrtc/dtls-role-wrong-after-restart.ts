/** L7: after an ICE restart one side begins a new DTLS association, and the other goes on with the old one. */
import { duration, endpointText, times } from '../../words.ts';
import { isAfterHandshake, isOriginal, mayBeClose } from '../reassociation/protected-records.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { packetEvidence, stunOf } from './ice.ts';

export const dtlsRoleWrongAfterRestart: Rule = {
  scope: 'association',
  id: 'dtls-role-wrong-after-restart',
  group: 'webrtc',
  title: 'After an ICE restart only one side starts DTLS anew',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 8842 §5.5', 'RFC 5763 §6.6'],
  advice:
    'A restart of ICE alone keeps the DTLS association. For a new one, change a=tls-id, or the fingerprint or setup role, in the SDP, so that both sides begin anew.',
  alternatives: [
    'One side was restarted as a whole: then it comes with new certificates and new media as well.',
    'The other side never got the ClientHello: a capture there tells.',
  ],
  looksLike:
    'New user fragments in the connectivity checks, then a ClientHello that nobody answers, while the other side goes on under the old keys.',
  why: 'The SDP says whether a new association is meant. A stack that takes any new offer for one sends a ClientHello which its peer ignores.',
  sources: ['rtpengine#2157', 'rtpengine#1585', 'webrtc-rs/rtc#82', 'ortc#751'],
  explains: [
    'no-answer-to-clienthello',
    'reboot-same-quartet-ignored',
    'gave-up',
    'role-reversal-clienthello',
    'server-lost-state',
    'fragmented-clienthello-ignored',
  ],
  check: afterRestart,
};

function afterRestart(subject: Subject): readonly Match[] {
  const stun = stunOf(subject);
  const hello = subject.flight(1);
  if (!stun || hello?.sender !== 'client' || hello.transmissions.length < 2 || subject.flights.length > 1) return [];
  const [first] = hello.transmissions;
  if (!first) return [];
  const found = oldOne(subject, first.startMs);
  if (!found) return [];
  const { old, goesOn } = found;
  // On the same ports the second names are a restart; on new ones the first are.
  const moved =
    endpointText(old.a.client) !== endpointText(subject.a.client) &&
    endpointText(old.a.client) !== endpointText(subject.a.server);
  const restart = stun.usernames.find(
    (u) => u.timeMs <= first.startMs && (moved || stun.usernames.some((v) => v.side === u.side && v.timeMs < u.timeMs)),
  );
  if (!restart) return [];
  return [
    {
      title: 'After the ICE restart one side sends a ClientHello, and the other goes on with the old keys',
      explanation: `The connectivity checks have new user fragments (${restart.ufrags}) ${duration(first.startMs - restart.timeMs)} before the ClientHello: ICE was restarted. The ClientHello was sent ${times(hello.transmissions.length)} and never answered, while ${endpointText(
        subject.datagram(goesOn.index).source,
      )} still writes under the keys of ${old.a.id}.`,
      evidence: [
        packetEvidence(restart, 'New user fragments: ICE was restarted'),
        subject.sentEvidence(first, 'The new ClientHello'),
        subject.evidence(goesOn.index, 'The other side still uses the old keys'),
      ],
      certainty: 'near-certain',
    },
  ];
}

/** The established association of the two hosts whose other side goes on after the ClientHello. */
function oldOne(subject: Subject, helloMs: number): { old: Subject; goesOn: RecordFact } | null {
  const { client } = subject.a;
  for (const old of subject.all.betweenHosts(subject)) {
    if (!old.established || old.a.startMs >= helloMs) continue;
    const goesOn = old.records.find(
      (r) =>
        r.timeMs > helloMs &&
        isOriginal(r) &&
        isAfterHandshake(old, r) &&
        !mayBeClose(old, r) &&
        endpointText(old.datagram(r.index).source) !== endpointText(client),
    );
    // On the new ports its records count to the new association, which cannot have any before a ServerHello.
    const under = goesOn ?? subject.records.find((r) => r.side === 1 && r.epoch > 0 && r.timeMs > helloMs);
    if (under) return { old, goesOn: under };
  }
  return null;
}
