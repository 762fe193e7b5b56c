/** C7: the two sides, or a session and its resumption, disagree on the extended master secret. */
import { hasExtendedMasterSecret, sessionTicket } from '../../../dtls/extensions/accessors.ts';
import { sameBytes } from '../../../wire/text.ts';
import type { Match, Rule } from '../rule.ts';
import type { Said, Subject } from '../subject.ts';
import { clientHellos, serverHello } from './offers.ts';

export const emsMismatch: Rule = {
  scope: 'association',
  id: 'ems-mismatch',
  group: 'negotiation',
  title: 'Extended master secret is used inconsistently, or not at all',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 7627 §5.2', 'RFC 7627 §5.3', 'RFC 9325 §3.5'],
  advice:
    'Switch extended_master_secret on at both sides, and drop sessions that were made without it. Every current stack has the extension.',
  alternatives: ['One side is old, or has it off on purpose: its settings and its version tell.'],
  looksLike:
    'The extension extended_master_secret in one hello and not in the other, or a session resumed by a ClientHello that lacks it, and then an alert.',
  why: 'The extension binds the master secret to the whole handshake. A session made with it may only be resumed with it, so a client that drops it is refused.',
  sources: ['openssl#9791', 'openssl#7246', 'openssl#3910', 'wolfssl#10978'],
  sample: 'openssl-no-ems.pcap',
  explains: ['plaintext-alert', 'alert-ignored', 'no-shared-cipher', 'resumption-failed'],
  check: (subject) => (subject.is13 ? [] : subject.established ? withoutIt(subject) : disagreement(subject)),
};

const UNSUPPORTED_EXTENSION = 110;

function disagreement(subject: Subject): readonly Match[] {
  const alert = subject.endingAlert;
  const hello = alert && subject.unfinished ? clientHellos(subject).at(-1) : undefined;
  if (!alert || !hello) return [];
  const offered = hasExtendedMasterSecret(hello.decoded.extensions);
  const answer = serverHello(subject);
  const answered = answer ? hasExtendedMasterSecret(answer.decoded.extensions) : null;
  if (answer && answered && !offered && alert.sender === 'client' && alert.code === UNSUPPORTED_EXTENSION)
    return [
      match(subject, hello, {
        title: 'The server answers extended_master_secret, which the client did not offer',
        says: 'The ClientHello lacks extended_master_secret, and the ServerHello has it.',
        other: subject.evidence(answer.record, 'The ServerHello has the extension'),
      }),
    ];
  const original = sessionResumed(subject, hello);
  if (!original || original.a.extendedMasterSecret === null) return [];
  const had = original.a.extendedMasterSecret;
  const differs = alert.sender === 'server' ? had && !offered : answered !== null && answered !== had;
  if (!differs) return [];
  return [
    match(subject, hello, {
      title: `The session was made ${had ? 'with' : 'without'} extended_master_secret, and is resumed ${had ? 'without' : 'with'} it`,
      says: `The client resumes the session of ${original.a.id}, which was made ${had ? 'with' : 'without'} extended_master_secret. ${
        alert.sender === 'server'
          ? 'This ClientHello lacks it, and the server has to refuse.'
          : `This ServerHello ${answered ? 'has it' : 'lacks it'}, and the client has to refuse.`
      }`,
      other: answer
        ? subject.evidence(answer.record, `The ServerHello ${answered ? 'has' : 'lacks'} the extension`)
        : { timeMs: original.a.startMs, says: `The session was made in ${original.a.id}` },
    }),
  ];
}

function match(
  subject: Subject,
  hello: Said<'ClientHello'>,
  { title, says, other }: { readonly title: string; readonly says: string; readonly other: Match['evidence'][0] },
): Match {
  const alert = subject.endingAlert;
  const offered = hasExtendedMasterSecret(hello.decoded.extensions);
  return {
    title,
    explanation: `${says}${alert ? ` The ${alert.sender} ends the handshake with the alert ${alert.name}.` : ''}`,
    evidence: [
      subject.evidence(hello.record, `The ClientHello ${offered ? 'offers' : 'lacks'} extended_master_secret`),
      other,
      ...(alert ? [subject.evidence(alert.record, `The ${alert.sender}'s alert ${alert.name}`)] : []),
    ],
    certainty: 'near-certain',
    alternatives: ['The alert has another reason: the log of the side that sent it tells.'],
  };
}

/** The association that made the session which this ClientHello offers to resume, if it was captured. */
function sessionResumed(subject: Subject, { decoded }: Said<'ClientHello'>): Subject | undefined {
  const ticket = sessionTicket(decoded.extensions);
  return subject.all.ofClient(subject).find((other) => {
    if (other.a.startMs >= subject.a.startMs) return false;
    const made = other.serverHello?.sessionId;
    if (made && made.length > 0 && sameBytes(made, decoded.sessionId)) return true;
    return (
      ticket !== undefined &&
      ticket.length > 0 &&
      other.said('NewSessionTicket', 'server').some((said) => sameBytes(said.decoded.ticket, ticket))
    );
  });
}

/** Works, and lacks the binding: worth a remark, not a warning. */
function withoutIt(subject: Subject): readonly Match[] {
  if (subject.a.extendedMasterSecret !== false) return [];
  const answer = serverHello(subject);
  const hello = clientHellos(subject).at(-1);
  if (!answer || !hello) return [];
  const offered = hasExtendedMasterSecret(hello.decoded.extensions);
  return [
    {
      severity: 'security',
      title: offered
        ? 'The server does not use the extended master secret that the client offers'
        : 'The client does not offer the extended master secret',
      explanation: `${
        offered
          ? 'The ClientHello offers extended_master_secret, and the ServerHello does not answer it.'
          : 'The ClientHello has no extended_master_secret extension.'
      } The keys are therefore not bound to this handshake: with resumption or renegotiation a server in the middle can make two sessions share one secret.`,
      evidence: [
        subject.evidence(hello.record, `The ClientHello ${offered ? 'offers' : 'lacks'} the extension`),
        subject.evidence(answer.record, 'The ServerHello lacks it'),
      ],
      certainty: 'seen',
      advice: 'Switch extended_master_secret on at both sides: every current stack has it.',
      citations: ['RFC 7627 §1', 'RFC 9325 §3.5'],
    },
  ];
}
