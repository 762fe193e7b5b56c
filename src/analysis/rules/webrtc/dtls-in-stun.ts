/** L11: the handshake is carried inside the connectivity checks. */
import { firstOf, lastOf } from '../../surrounding-facts.ts';
import { count, milliseconds } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { packetEvidence, stunOf } from './ice.ts';

export const dtlsInStun: Rule = {
  scope: 'association',
  id: 'dtls-in-stun',
  group: 'webrtc',
  title: 'The handshake is carried inside STUN',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 8489 §14', 'draft-hancke-webrtc-sped'],
  advice: 'Nothing to do. To see DTLS alone, switch the experiment off (dtls_handshake_in_stun of libwebrtc).',
  alternatives: ['Another attribute with the same number is used by another program: then it holds no DTLS.'],
  looksLike:
    'Connectivity checks with an attribute that holds DTLS records, and the same records as datagrams of their own later.',
  why: 'It saves round trips: checks and handshake go at once. The timers of DTLS are off meanwhile, for the checks are repeated on their own schedule.',
  sources: ['libwebrtc dtls_handshake_in_stun'],
  sample: 'chromium-webrtc-dc-icedtls.pcap',
  check: carried,
};

function carried(subject: Subject): readonly Match[] {
  const flows = stunOf(subject)?.flows['dtls-carried'];
  const first = flows && firstOf(flows);
  const last = flows && lastOf(flows);
  if (!flows || !first || !last) return [];
  const n = (flows[0]?.datagrams ?? 0) + (flows[1]?.datagrams ?? 0);
  return [
    {
      title: `${count(n, 'connectivity check')} ${n === 1 ? 'carries' : 'carry'} DTLS of this handshake`,
      explanation: `DTLS records travel inside STUN, from ${milliseconds(first.timeMs)} on. Repeats follow the schedule of the checks and not the timers of DTLS, so timers and losses of this handshake say little.`,
      evidence: [
        packetEvidence(first, 'The first check with DTLS in it'),
        ...(last.packet === first.packet ? [] : [packetEvidence(last, 'The last')]),
      ],
      certainty: 'seen',
    },
  ];
}
