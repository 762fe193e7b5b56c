/** C4: no elliptic curve (group) or no signature algorithm that both sides accept. */
import { keyShare, signatureSchemes, supportedGroups } from '../../../dtls/extensions/accessors.ts';
import { groupName } from '../../../dtls/registry.ts';
import type { Certainty } from '../../story.ts';
import { list } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Said, Subject } from '../subject.ts';
import { clientHellos, groupsText, helloRetryRequests, schemesText, serverHello, suitesText } from './offers.ts';
import { refusalOf } from './refusal.ts';

export const noSharedGroupOrSigalg: Rule = {
  scope: 'association',
  id: 'no-shared-group-or-sigalg',
  group: 'negotiation',
  title: 'Curves or signature algorithms do not match',
  severity: 'failure',
  rank: 'alert',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 8422 §5.1', 'RFC 8446 §4.2.7', 'RFC 5246 §7.4.1.4.1'],
  advice:
    'Offer secp256r1 and x25519 on both sides, and the signature algorithms of the certificates in use. WebRTC requires secp256r1.',
  alternatives: [
    'The cipher suites or the versions do not match either: change one setting at a time, or read the log of the side that sent the alert.',
  ],
  looksLike:
    'The alert handshake_failure after a ClientHello with unusual groups or signature algorithms, or a group in the answer that the client did not list.',
  why: 'Key exchange needs a group that both sides have, and the signature an algorithm that the receiver accepts. The curve of an ECDSA certificate counts too.',
  sources: ['ossrs/ffmpeg-webrtc#70', 'californium#2002'],
  sample: 'openssl-fail-curve-mismatch.pcap',
  explains: [
    'plaintext-alert',
    'alert-ignored',
    'gave-up',
    'no-shared-cipher',
    'cert-untrusted',
    'renegotiation-info-missing',
    'second-hrr-or-keyshare-loop',
    'flight-lost-and-recovered',
  ],
  check: (subject) => (subject.unfinished ? (refused(subject) ?? groupNotOffered(subject)) : []),
};

function refused(subject: Subject): readonly Match[] | null {
  const refusal = refusalOf(subject);
  if (refusal?.why !== 'groups' && refusal?.why !== 'signatures') return null;
  const { alert, hello, why, certainty } = refusal;
  const offer = hello.decoded;
  const groups = groupsText(offer);
  const schemes = schemesText(signatureSchemes(offer.extensions));
  const evidence = (says: string): readonly [Evidence, ...Evidence[]] => [
    subject.evidence(hello.record, says),
    subject.evidence(alert.record, `The server's alert ${alert.name} instead of a ServerHello`),
  ];
  if (why === 'signatures')
    return [
      {
        title: `The client accepts only ${schemes}, which fits none of the suites it offers`,
        explanation: `The client offers ${suitesText(offer)}, but accepts no signature that goes with it: only ${schemes}. The server answers with the alert ${alert.name}.`,
        evidence: evidence(`The ClientHello accepts the signatures ${schemes} only`),
        certainty,
        citations: ['RFC 5246 §7.4.1.4.1', 'RFC 8422 §5.1.3'],
      },
    ];
  return [
    {
      title: `No group in common: the client offers only ${groups}, and the server refuses`,
      explanation: `The client offers the groups ${groups}, and neither secp256r1 nor x25519, which nearly every server has. The server answers with the alert ${alert.name}. With an ECDSA certificate the curve of its key has to be among the groups as well.`,
      evidence: evidence(`The ClientHello offers the groups ${groups}`),
      certainty,
      alternatives: [`No cipher suite in common: the client offers ${suitesText(offer)}.`],
    },
  ];
}

/** The server uses a group that the client did not list, in whichever message. */
function groupNotOffered(subject: Subject): readonly Match[] {
  const hello = clientHellos(subject)[0];
  const offered = hello ? supportedGroups(hello.decoded.extensions) : [];
  if (!hello || offered.length === 0) return [];
  const used = groupUsed(subject);
  if (used && !offered.includes(used.group)) return [mismatch(subject, hello, { ...used, certainty: 'seen' })];
  const curve = curveOfCertificate(subject);
  const alert = subject.endingAlert;
  if (curve && !offered.includes(curve.group) && alert?.sender === 'client')
    return [mismatch(subject, hello, { ...curve, certainty: 'near-certain' })];
  return [];
}

interface Use {
  readonly group: number;
  readonly record: number;
  readonly how: string;
}

function groupUsed(subject: Subject): Use | null {
  const retry = helloRetryRequests(subject)[0];
  const wanted = retry && keyShare(retry.decoded.extensions)?.selectedGroup;
  if (retry && typeof wanted === 'number')
    return { group: wanted, record: retry.record, how: 'the HelloRetryRequest asks for' };
  const hello = serverHello(subject);
  const share = hello && keyShare(hello.decoded.extensions)?.entries[0];
  if (hello && share) return { group: share.group, record: hello.record, how: 'the ServerHello uses' };
  const [exchange] = subject.said('ServerKeyExchange', 'server');
  const group = exchange?.decoded.group ?? null;
  return exchange && group !== null ? { group, record: exchange.record, how: 'the ServerKeyExchange uses' } : null;
}

/** Curves as certificates are shown with them. */
const CURVES: ReadonlyMap<string, number> = new Map([
  ['EC P-256', 23],
  ['EC P-384', 24],
  ['EC P-521', 25],
]);

function curveOfCertificate(subject: Subject): Use | null {
  const sent = subject.said('Certificate', 'server').find((s) => s.handshake === 1);
  const isX509 = sent?.decoded.form === 'x509' && !subject.is13;
  const group = isX509 ? CURVES.get(subject.a.certificates.server[0]?.publicKey ?? '') : undefined;
  return sent && group !== undefined
    ? { group, record: sent.record, how: "the key of the server's certificate lies on" }
    : null;
}

function mismatch(
  subject: Subject,
  hello: Said<'ClientHello'>,
  { group, record, how, certainty }: Use & { readonly certainty: Certainty },
): Match {
  const alert = subject.endingAlert;
  const name = groupName(group);
  return {
    title: `No group in common: ${how} ${name}, which the client does not offer`,
    explanation: `The client offers the groups ${list(supportedGroups(hello.decoded.extensions).map(groupName))}, but ${how} ${name}. ${
      alert ? `The ${alert.sender} ends the handshake with the alert ${alert.name}.` : 'The handshake is not completed.'
    }`,
    evidence: [
      subject.evidence(hello.record, `The ClientHello offers ${groupsText(hello.decoded)}`),
      subject.evidence(record, `Here ${how} ${name}`),
      ...(alert ? [subject.evidence(alert.record, `The ${alert.sender}'s alert ${alert.name}`)] : []),
    ],
    certainty,
  };
}
