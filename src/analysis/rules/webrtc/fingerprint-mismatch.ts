/** L3: the certificate is not the one whose fingerprint the session description has. */
import { fingerprintSdp } from '../../../crypto/x509.ts';
import { matching, type SdpFingerprint } from '../../sdp.ts';
import { firstOf } from '../../surrounding-facts.ts';
import type { Sender } from '../../trace.ts';
import { capital, list, milliseconds, otherSender } from '../../words.ts';
import { tupleOf } from '../around.ts';
import { certificateOf, rejectedCertificate, shortName } from '../certificates/sent-certificates.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Said, Subject } from '../subject.ts';
import { isWebRtc, stunOf } from './ice.ts';

export const fingerprintMismatch: Rule = {
  scope: 'association',
  id: 'fingerprint-mismatch',
  group: 'webrtc',
  title: 'The certificate does not have the fingerprint of the SDP',
  severity: 'failure',
  rank: 'alert',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 8122 §5', 'RFC 8827 §6.5', 'RFC 5763 §5'],
  advice:
    'Compare a=fingerprint of both session descriptions with the certificates here; dtlscope takes them with --sdp. Look for whatever rewrites SDP, or makes a new certificate after the offer.',
  alternatives: [
    'The verifying side knows only some hash functions: then the fingerprint is right and the hash is not one of them.',
    'The verifying side checks something else as well, such as dates or a name: its log tells.',
  ],
  looksLike:
    'A self-signed certificate in a WebRTC handshake, and an alert about certificates after it, or a close right after the handshake and no media.',
  why: 'In WebRTC certificates are self-signed, and only the fingerprint in the signalling makes them trusted. If SDP and certificate come from different places or times, they do not fit.',
  sources: ['rtpengine#647', 'lan-mouse#488', 'aiortc#1123', 'pion/webrtc#3296', 'libdatachannel#1390'],
  explains: [
    'cert-untrusted',
    'plaintext-alert',
    'encrypted-alert-ended-it',
    'alert-ignored',
    'gave-up',
    'no-close-notify',
  ],
  check: (subject) => (isWebRtc(subject) ? mismatch(subject) : []),
};

function mismatch(subject: Subject): readonly Match[] {
  const { fingerprints } = subject.all;
  return fingerprints.length > 0 ? compared(subject, fingerprints) : [...refused(subject), ...closedAtOnce(subject)];
}

interface Checked {
  readonly owner: Sender;
  readonly sent: Said<'Certificate'>;
  readonly der: Uint8Array;
  readonly fits: SdpFingerprint | undefined;
}

/** With session descriptions at hand it is a matter of bytes. */
function compared(subject: Subject, fingerprints: readonly SdpFingerprint[]): readonly Match[] {
  const checked = (['client', 'server'] as const).flatMap((owner): readonly Checked[] => {
    const sent = certificateOf(subject, owner);
    const der = sent?.decoded.form === 'x509' ? sent.decoded.certificates[0]?.bytes : undefined;
    return sent && der ? [{ owner, sent, der, fits: matching(fingerprints, der) }] : [];
  });
  const wrong = checked.filter((c) => c.fits === undefined);
  const [first] = wrong;
  if (!first) return [];
  // One description has the fingerprint of one side: nothing is known of the other's certificate then.
  const right = checked.find((c) => c.fits !== undefined);
  const other = fingerprints.find((f) => f.text !== right?.fits?.text && f.hash === right?.fits?.hash);
  if (right && !other) return [];
  const owners = wrong.map((c) => `the ${c.owner}`);
  const inUse = subject.established;
  return [
    {
      title: `${capital(owners.join(' and '))} ${wrong.length > 1 ? 'have certificates' : 'has a certificate'} with another fingerprint than the SDP`,
      explanation: `The certificate of ${owners[0]} has ${fingerprintSdp(first.der)}. The session descriptions that were given name ${list(
        fingerprints.map((f) => f.text),
        3,
      )}.${right ? ` That of the ${right.owner} fits one of them.` : ''} ${
        inUse
          ? 'The handshake was done all the same: nobody compared, or with another description.'
          : `So the ${otherSender(first.owner)} has to end the association.`
      }`,
      evidence: [shown(subject, first), ...wrong.slice(1).map((c) => shown(subject, c))],
      certainty: 'seen',
      ...(inUse ? { severity: 'security' } : {}),
    },
  ];
}

const shown = (subject: Subject, { owner, sent, der }: Checked): Evidence =>
  subject.evidence(sent.record, `The certificate of the ${owner}: ${fingerprintSdp(der)}`);

/** Alerts that a failed comparison of fingerprints leads to: bad_certificate, certificate_unknown, unknown_ca, access_denied. */
const REFUSED: readonly number[] = [42, 46, 48, 49];

/** Without: a self-signed certificate, and an alert that speaks of certificates. */
function refused(subject: Subject): readonly Match[] {
  const rejected = rejectedCertificate(subject);
  if (!rejected || !REFUSED.includes(rejected.alert.code)) return [];
  const { alert, owner, sent, chain } = rejected;
  const [leaf] = chain;
  if (!leaf?.selfIssued || chain.length > 1 || leaf.validity === 'expired' || leaf.validity === 'not-yet') return [];
  return [
    {
      title: `${capital(`the ${alert.sender}`)} refuses the ${owner}'s self-signed certificate: probably it does not fit the fingerprint of the SDP`,
      explanation: `${
        stunOf(subject)
          ? 'Connectivity checks on these ports show that this is WebRTC'
          : 'The offer of use_srtp shows that this is WebRTC or SIP'
      }, where a certificate is trusted if its fingerprint is the one in the signalling. The ${owner} sent a self-signed certificate for ${shortName(leaf.subject)} with ${leaf.fingerprint}, and the ${alert.sender} answers with the alert ${alert.name}. Compare that with a=fingerprint in the SDP of the ${owner}.`,
      evidence: [
        subject.evidence(sent.record, `The certificate of the ${owner}: ${leaf.fingerprint}`),
        subject.evidence(alert.record, `The alert ${alert.name} of the ${alert.sender}`),
      ],
      certainty: 'inferred',
    },
  ];
}

/** A check that some stacks make only after the handshake. */
const AT_ONCE_MS = 100;

function closedAtOnce(subject: Subject): readonly Match[] {
  const { a, handshake } = subject;
  if (!subject.established || a.handshakeMs === null || !handshake || stunOf(subject) === null) return [];
  if (subject.analysed.state.applicationRecords.length > 0 || firstOf(tupleOf(subject)?.udp.rtp ?? [null, null]))
    return [];
  const [close] = a.alerts;
  if (!close || close.timeMs < handshake.endMs || close.timeMs - handshake.endMs > AT_ONCE_MS) return [];
  const owner = otherSender(close.sender);
  const [leaf] = a.certificates[owner];
  if (!leaf?.selfIssued) return [];
  return [
    {
      title: `${capital(`the ${close.sender}`)} closes right after the handshake: perhaps the fingerprint of the ${owner}'s certificate is not the one in the SDP`,
      explanation: `The handshake was done, and ${milliseconds(close.timeMs - handshake.endMs)} later the ${close.sender} sent ${close.description}, before any data or media. Some stacks compare the fingerprint only then. The certificate of the ${owner} has ${leaf.fingerprint}.`,
      evidence: [subject.evidence(close.record - 1, `The alert ${close.description} of the ${close.sender}`)],
      certainty: 'inferred',
      severity: 'warning',
    },
  ];
}
