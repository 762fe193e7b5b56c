/** L1: ICE found a path, and nobody begins DTLS on it. */
import { firstOf, lastOf, type StunFacts, type TupleFacts } from '../../surrounding-facts.ts';
import { duration, endpointText } from '../../words.ts';
import type { Match, TraceRule } from '../rule.ts';
import type { TraceSubject } from '../trace-subject.ts';
import { answeredPairs, firstSuccess, packetEvidence } from './ice.ts';

export const bothPassive: TraceRule = {
  scope: 'trace',
  id: 'both-passive',
  group: 'webrtc',
  title: 'ICE works, and nobody sends a ClientHello',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 5763 §5', 'RFC 8842 §5.2', 'RFC 8829 §5.3'],
  advice:
    'Look at a=setup in the answer: one side must be active and send the ClientHello. An answer of passive to an offer of passive, or a missing answer, leaves both waiting.',
  alternatives: [
    'The active side waits for something else, such as its certificate or a user: its log tells.',
    'The media are protected by other means than DTLS, such as SDES or ZRTP: then there is no DTLS to wait for.',
    'The handshake was done before the capture began, or on another pair of ports.',
  ],
  looksLike: 'Connectivity checks that are answered for seconds, a nominated pair, and not one DTLS datagram on it.',
  why: 'The side with a=setup:active sends the ClientHello. If both took passive, or each trusts another SDP, both wait for ever.',
  sources: ['OvenMediaEngine#2314', 'rtcpeerconnection-shim#173', 'pion/webrtc#494'],
  begin: (trace) => ({ take() {}, matches: () => waiting(trace) }),
};

/** For so long after the pair was chosen nobody began. */
const QUIET_MS = 5000;
/** And the checks were still answered when most of that had passed (RFC 7675 §5.1: one about every 5 s). */
const ALIVE_MS = 4000;

function waiting(all: TraceSubject): readonly Match[] {
  const { surroundings } = all.trace;
  return answeredPairs(surroundings).flatMap((pair): readonly Match[] => {
    const { stun, udp } = pair;
    if (!stun || hasKeysElsewhere(pair, stun)) return [];
    const chosen = firstOf(stun.flows.nomination);
    const since = chosen ?? firstSuccess(stun);
    const last = lastOf(stun.flows.success);
    if (!chosen || !since || !last || last.timeMs - chosen.timeMs < ALIVE_MS) return [];
    if (all.captureEndMs - chosen.timeMs < QUIET_MS) return [];
    // One association serves all pairs between two hosts (RFC 5763 §6.7.1).
    if (surroundings.tuplesBetween(pair.a.address, pair.b.address).some((other) => firstOf(other.udp.dtls))) return [];
    const media = udp.rtp[0] ?? udp.rtp[1];
    return [
      {
        title: `ICE works between ${endpointText(pair.a)} and ${endpointText(pair.b)}, and neither sends a ClientHello`,
        explanation: `The pair was chosen (USE-CANDIDATE) at ${duration(chosen.timeMs)}, and checks were answered for ${duration(last.timeMs - chosen.timeMs)} more. In all that time no DTLS datagram was captured on it.${
          media ? ' One side sends RTP already, which the other cannot read without keys from DTLS.' : ''
        } So both sides wait for the other's ClientHello.`,
        evidence: [
          packetEvidence(chosen, 'The pair is chosen'),
          packetEvidence(last, 'A check is answered: the path is alive'),
        ],
        certainty: 'inferred',
      },
    ];
  });
}

/** Media both ways, ZRTP, or DTLS inside STUN: keys come from elsewhere, or before the capture. */
function hasKeysElsewhere({ udp }: TupleFacts, { flows }: StunFacts): boolean {
  return (
    (udp.rtp[0] !== null && udp.rtp[1] !== null) ||
    firstOf(udp.zrtp) !== null ||
    firstOf(flows['dtls-carried']) !== null ||
    firstOf(flows['dtls-offered']) !== null
  );
}
