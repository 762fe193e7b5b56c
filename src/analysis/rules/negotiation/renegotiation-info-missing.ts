/** C6: one side insists on secure renegotiation (RFC 5746), and the other does not say that it has it. */
import { hasExtension } from '../../../dtls/extensions/extensions.ts';
import { EXTENSION_TYPE } from '../../../dtls/registry.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { clientHellos, otherChoice, realSuites, serverHello, signalsSecureRenegotiation } from './offers.ts';
import { refusalOf } from './refusal.ts';

export const renegotiationInfoMissing: Rule = {
  scope: 'association',
  id: 'renegotiation-info-missing',
  group: 'negotiation',
  title: 'One side refuses because renegotiation_info is absent',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 5746 §3.4', 'RFC 5746 §3.6'],
  advice:
    'Update the side that lacks it: RFC 5746 asks for no more than an empty renegotiation_info in its hello. Until then allow legacy peers on the other side.',
  alternatives: [
    'The alert handshake_failure has other reasons, such as the cipher suite or the certificate: the log of the side that sent it tells.',
  ],
  looksLike:
    'A hello without renegotiation_info (65281), and the alert handshake_failure or unsupported_extension after it.',
  why: 'Without this extension an attacker can put a handshake of his own before that of a victim. Strict stacks therefore talk to no peer without it, even if nobody renegotiates.',
  sources: ['pion/dtls#274', 'pion/dtls#314', 'pion/dtls#687', 'sipsorcery/webrtc-interop#14'],
  explains: ['plaintext-alert', 'alert-ignored', 'gave-up', 'no-shared-cipher'],
  check: (subject) =>
    subject.unfinished && !subject.is13 ? (refusedHello(subject) ?? refusedServerHello(subject) ?? []) : [],
};

const HANDSHAKE_FAILURE = 40;
const UNSUPPORTED_EXTENSION = 110;

/** The server takes these suites from others, but refuses this ClientHello, which lacks the extension. */
function refusedHello(subject: Subject): readonly Match[] | null {
  const refusal = refusalOf(subject);
  if (refusal?.why !== 'renegotiation') return null;
  const { alert, hello, certainty } = refusal;
  const other = otherChoice(subject, realSuites(hello.decoded));
  return [
    {
      title: `The server refuses a ClientHello without renegotiation_info`,
      explanation:
        `The ClientHello has neither renegotiation_info nor the cipher suite that stands for it, and the server answers with the alert ${alert.name}. ${
          other?.a.cipherSuite
            ? `The suites are no obstacle: for another client it chose ${other.a.cipherSuite.name}, which is offered here too.`
            : ''
        }`.trim(),
      evidence: [
        subject.evidence(hello.record, 'The ClientHello lacks renegotiation_info'),
        subject.evidence(alert.record, `The server's alert ${alert.name}`),
      ],
      certainty,
    },
  ];
}

function refusedServerHello(subject: Subject): readonly Match[] | null {
  const alert = subject.endingAlert;
  const answer = serverHello(subject);
  const hello = clientHellos(subject).at(-1);
  if (alert?.sender !== 'client' || alert.epoch !== 0 || !answer || !hello) return null;
  const said = signalsSecureRenegotiation(hello.decoded);
  const answered = hasExtension(answer.decoded.extensions, EXTENSION_TYPE.renegotiationInfo);
  if (said === answered) return null;
  if (alert.code !== HANDSHAKE_FAILURE && !(answered && alert.code === UNSUPPORTED_EXTENSION)) return null;
  return [
    {
      title: answered
        ? 'The server sends renegotiation_info, which the client did not ask for and refuses'
        : "The client refuses the server's ServerHello, which lacks renegotiation_info",
      explanation: answered
        ? `The ClientHello has no renegotiation_info, but the ServerHello answers with one. The client ends the handshake with the alert ${alert.name}.`
        : `The ClientHello offers secure renegotiation, and the ServerHello does not answer it. The client ends the handshake with the alert ${alert.name}.`,
      evidence: [
        subject.evidence(
          hello.record,
          said ? 'The ClientHello offers renegotiation_info' : 'No renegotiation_info here',
        ),
        subject.evidence(answer.record, answered ? 'The ServerHello has it' : 'The ServerHello lacks it'),
        subject.evidence(alert.record, `The client's alert ${alert.name}`),
      ],
      certainty: alert.code === UNSUPPORTED_EXTENSION ? 'near-certain' : 'inferred',
    },
  ];
}
