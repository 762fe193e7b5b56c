/** C1: client and server have no DTLS version in common. */
import { negotiatedVersion } from '../../../dtls/messages/server-hello.ts';
import { VERSION, versionName } from '../../../dtls/registry.ts';
import type { Match, Rule } from '../rule.ts';
import type { Said, Subject } from '../subject.ts';
import { clientHellos, offersOnly13, offersVersion, serverHello, versionsText } from './offers.ts';
import { refusalOf } from './refusal.ts';

export const versionMismatch: Rule = {
  scope: 'association',
  id: 'version-mismatch',
  group: 'negotiation',
  title: 'No common DTLS version',
  severity: 'failure',
  rank: 'alert',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 5246 Appendix E.1', 'RFC 9147 §5.3', 'RFC 8996'],
  advice:
    'Allow a version on both sides that both have: DTLS 1.2 at least. Update the side that knows only an older one.',
  alternatives: [
    'Old servers send handshake_failure or illegal_parameter where they mean the version: compare the versions that both configurations allow.',
  ],
  looksLike:
    'The alert protocol_version after a hello, or a ServerHello or HelloVerifyRequest of a version that the client does not offer.',
  why: 'The client names the versions it accepts in its ClientHello. Where the server has none of them, or chooses another, one of them ends the handshake.',
  sources: ['janus-gateway#1560', 'srs#1769', 'openssl#5018'],
  sample: 'openssl-fail-version-client10.pcap',
  explains: [
    'plaintext-alert',
    'alert-ignored',
    'gave-up',
    'client-ignores-hvr',
    'server-mute-after-cookie',
    'flight-lost-and-recovered',
  ],
  check: (subject) => refusedByServer(subject) ?? refusedByClient(subject) ?? ignored(subject),
};

const PROTOCOL_VERSION = 70;
const INAPPROPRIATE_FALLBACK = 86;

function refusedByServer(subject: Subject): readonly Match[] | null {
  const refusal = refusalOf(subject);
  if (refusal?.why !== 'version') return null;
  const { alert, hello, certainty } = refusal;
  const offer = versionsText(hello.decoded);
  const evidence = [
    subject.evidence(hello.record, `The ClientHello offers ${offer}`),
    subject.evidence(alert.record, `The server's alert ${alert.name}`),
  ] as const;
  if (alert.code === INAPPROPRIATE_FALLBACK)
    return [
      {
        title: `The server refuses the client's fallback to ${offer}: it has a newer version`,
        explanation: `The ClientHello offers ${offer} and says that this is a fallback (TLS_FALLBACK_SCSV). The server answers with the alert ${alert.name}.`,
        evidence,
        certainty,
        citations: ['RFC 7507'],
      },
    ];
  const [verifyRequest] = subject.said('HelloVerifyRequest', 'server');
  const named = alert.code === PROTOCOL_VERSION;
  return [
    {
      title: `No common DTLS version: the client offers ${offer}, and the server refuses`,
      explanation: `The ClientHello offers ${offer}. The server answers with the alert ${alert.name}${
        named
          ? '.'
          : verifyRequest
            ? '. It has sent a HelloVerifyRequest before, which no server of DTLS 1.3 does.'
            : ', although the offer has what every server of DTLS 1.3 must have. So it seems to know DTLS 1.2 or earlier only.'
      }`,
      evidence:
        verifyRequest && !named
          ? [...evidence, subject.evidence(verifyRequest.record, 'HelloVerifyRequest: a server of DTLS 1.2 or earlier')]
          : evidence,
      certainty,
      ...(named || verifyRequest
        ? {}
        : {
            alternatives: [
              'The server knows DTLS 1.3, but no cipher suite, group or signature algorithm of this offer: its log tells.',
            ],
          }),
    },
  ];
}

function refusedByClient(subject: Subject): readonly Match[] | null {
  const alert = subject.endingAlert;
  if (alert?.sender !== 'client') return null;
  const hello = clientHellos(subject).findLast((said) => said.record < alert.record);
  if (!hello) return null;
  const chosen = serverHello(subject);
  const offer = versionsText(hello.decoded);
  const evidence = [
    subject.evidence(hello.record, `The ClientHello offers ${offer}`),
    subject.evidence(alert.record, `The client's alert ${alert.name}`),
  ] as const;
  if (chosen) {
    const version = negotiatedVersion(chosen.decoded);
    const offered = offersVersion(hello.decoded, version);
    if (alert.code !== PROTOCOL_VERSION && offered) return null;
    return [
      {
        title: `No common DTLS version: the server chose ${versionName(version)}, which the client refuses`,
        explanation: `The ClientHello offers ${offer}. The server chose ${versionName(version)}${
          offered ? '' : ', which is not among them'
        }. The client ends the handshake with the alert ${alert.name}.`,
        evidence: [
          evidence[0],
          subject.evidence(chosen.record, `The ServerHello: ${versionName(version)}`),
          evidence[1],
        ],
        certainty: 'seen',
      },
    ];
  }
  if (alert.code !== PROTOCOL_VERSION) return null;
  const [verifyRequest] = subject.said('HelloVerifyRequest', 'server');
  return [
    {
      title: `No common DTLS version: the client offers ${offer}, the server asks for a cookie as DTLS 1.2 does`,
      explanation: `The ClientHello offers ${offer}. ${
        verifyRequest
          ? 'The server answers with a HelloVerifyRequest, which belongs to DTLS 1.2 and earlier.'
          : 'What the server said to it is not in this capture.'
      } The client ends the handshake with the alert ${alert.name}.`,
      evidence: verifyRequest
        ? [
            evidence[0],
            subject.evidence(verifyRequest.record, 'HelloVerifyRequest, not HelloRetryRequest'),
            evidence[1],
          ]
        : evidence,
      certainty: 'seen',
    },
  ];
}

/** No alert: the client throws away a HelloVerifyRequest that its only version does not know. */
function ignored(subject: Subject): readonly Match[] {
  if (subject.ending?.kind === 'alert' || serverHello(subject)) return [];
  const [hello] = clientHellos(subject);
  const [request] = subject.said('HelloVerifyRequest', 'server');
  if (!hello || !request || clientHellos(subject).some((said) => said.message.messageSeq > 0)) return [];
  const sent = subject.flight(1)?.transmissions ?? [];
  const last = sent.at(-1);
  if (!last || sent.length < 2 || !ignoredVersion(hello, request)) return [];
  return [
    {
      title: `No common DTLS version: the client offers ${versionsText(hello.decoded)} and ignores the server's HelloVerifyRequest`,
      explanation: `The ClientHello offers ${versionsText(hello.decoded)}. The server answers each with a HelloVerifyRequest of ${versionName(
        request.decoded.version,
      )}. The client never returns the cookie: it sent its first ClientHello ${sent.length} times.`,
      evidence: [
        subject.evidence(hello.record, `The ClientHello offers ${versionsText(hello.decoded)}`),
        subject.evidence(request.record, `HelloVerifyRequest of ${versionName(request.decoded.version)}`),
        subject.sentEvidence(last, `Transmission ${sent.length} of the same ClientHello, still without a cookie`),
      ],
      certainty: subject.surelyCapturedAt('client') ? 'near-certain' : 'inferred',
      alternatives: ['The HelloVerifyRequests are lost on their way: a capture at the client tells.'],
    },
  ];
}

function ignoredVersion(hello: Said<'ClientHello'>, request: Said<'HelloVerifyRequest'>): boolean {
  const { decoded } = hello;
  if (decoded.version === VERSION.dtls09) return request.decoded.version !== VERSION.dtls09;
  return offersOnly13(decoded);
}
