/** L4: no protection profile for SRTP was agreed on. */

import { srtpProfiles } from '../../../dtls/extensions/accessors.ts';
import { hasExtension } from '../../../dtls/extensions/extensions.ts';
import { EXTENSION_TYPE, srtpProfileName } from '../../../dtls/registry.ts';
import { firstOf } from '../../surrounding-facts.ts';
import { list } from '../../words.ts';
import { tupleOf } from '../around.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { offersSrtp, stunOf } from './ice.ts';

export const noUseSrtp: Rule = {
  scope: 'association',
  id: 'no-use-srtp',
  group: 'webrtc',
  title: 'No SRTP protection profile was agreed on',
  severity: 'failure',
  rank: 'alert',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 5764 §4.1.1', 'RFC 8827 §6.5'],
  advice:
    'Give both ends a common SRTP protection profile, such as SRTP_AES128_CM_HMAC_SHA1_80. Check that use_srtp is switched on in the DTLS settings of both.',
  alternatives: [
    'Only data channels are wanted, which need no SRTP: then application data follows.',
    'The alert has another reason: the log of its sender tells.',
  ],
  looksLike:
    'The extension use_srtp in the ClientHello and not in the answer, and then an alert or no media. Or a server that refuses a ClientHello without it.',
  why: 'The keys of SRTP come from the DTLS handshake, but only if both ends agree on a profile in the extension use_srtp. Without it there is nothing to protect the media with.',
  sources: ['pion/dtls#356', 'pion/dtls#1020', 'rtpengine#1490'],
  explains: ['plaintext-alert', 'encrypted-alert-ended-it', 'no-shared-cipher', 'alert-ignored', 'gave-up'],
  check: (subject) => (offersSrtp(subject) ? notAnswered(subject) : notOffered(subject)),
};

const HANDSHAKE_FAILURE = 40;
const INSUFFICIENT_SECURITY = 71;
const FOR_WANT_OF_SRTP: readonly number[] = [HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY];
/** So long without media or data after the handshake. */
const NO_MEDIA_MS = 3000;

function notAnswered(subject: Subject): readonly Match[] {
  const { a, serverHello, clientHello } = subject;
  if (!serverHello || serverHello.isHelloRetryRequest || a.srtpProfile !== null) return [];
  // In DTLS 1.3 the answer is in EncryptedExtensions.
  if (subject.is13 && subject.said('EncryptedExtensions').length === 0) return [];
  if (answersSrtp(subject)) return [];
  const offered = list(srtpProfiles(clientHello?.extensions ?? []).map(srtpProfileName), 4);
  const [hello] = subject.said('ServerHello', 'server').filter((s) => !s.decoded.isHelloRetryRequest);
  const alert = subject.endingAlert;
  const where = subject.evidence(
    hello?.record ?? subject.analysed.state.records[0] ?? 0,
    'The answer without use_srtp',
  );
  if (alert?.sender === 'client' && FOR_WANT_OF_SRTP.includes(alert.code))
    return [
      {
        title: `The server agrees to no SRTP profile, and the client ends the handshake with ${alert.name}`,
        explanation: `The client offers SRTP with ${offered}. The answer of the server has no use_srtp, and the client ends the handshake with the alert ${alert.name}.`,
        evidence: [where, subject.evidence(alert.record, `The alert ${alert.name} of the client`)],
        certainty: 'near-certain',
      },
    ];
  const media = firstOf(tupleOf(subject)?.udp.rtp ?? [null, null]);
  const { endMs = 0 } = subject.handshake ?? {};
  if (!subject.established || media || subject.analysed.state.applicationRecords.length > 0) return [];
  if (stunOf(subject) === null || !subject.watched(endMs, NO_MEDIA_MS)) return [];
  return [
    {
      title: 'The handshake is done without an SRTP profile, and no media follow',
      explanation: `The client offers SRTP with ${offered}, and the server agrees to none. The handshake was done all the same, but neither media nor data follow in the rest of the capture.`,
      evidence: [where],
      certainty: 'inferred',
      severity: 'warning',
    },
  ];
}

/** Present, whatever is in it. */
function answersSrtp(subject: Subject): boolean {
  const encrypted = subject.said('EncryptedExtensions').flatMap((s) => s.decoded.extensions);
  return hasExtension([...(subject.serverHello?.extensions ?? []), ...encrypted], EXTENSION_TYPE.useSrtp);
}

/** A server that wants SRTP refuses a ClientHello without it. */
function notOffered(subject: Subject): readonly Match[] {
  const alert = subject.endingAlert;
  if (alert?.sender !== 'server' || alert.code !== INSUFFICIENT_SECURITY || stunOf(subject) === null) return [];
  if (subject.serverHello && !subject.serverHello.isHelloRetryRequest) return [];
  const hello = subject.said('ClientHello', 'client').findLast((s) => s.record < alert.record);
  if (!hello) return [];
  return [
    {
      title: `The client offers no SRTP, and the server refuses it with ${alert.name}`,
      explanation: `Connectivity checks on these ports show that this is WebRTC. The ClientHello has no use_srtp, and the server answers with the alert ${alert.name}: it probably insists on SRTP.`,
      evidence: [
        subject.evidence(hello.record, 'The ClientHello without use_srtp'),
        subject.evidence(alert.record, `The alert ${alert.name} of the server`),
      ],
      certainty: 'inferred',
    },
  ];
}
