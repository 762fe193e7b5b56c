/** C8: messages and fields that DTLS 1.3 forbids, in a handshake of DTLS 1.3. */
import { capital, sender } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Said, Subject } from '../subject.ts';
import { clientHellos, serverHello } from './offers.ts';

export const forbiddenIn13: Rule = {
  scope: 'association',
  id: 'hvr-from-13-server-or-13-forbidden-features',
  group: 'negotiation',
  title: 'Something that DTLS 1.3 does not allow',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 9147 §5', 'RFC 9147 §5.1', 'RFC 9147 §5.3'],
  advice:
    'Update the side that sends it. Its stack does what TLS 1.3 or DTLS 1.2 do, and strict peers end the handshake for it.',
  alternatives: ['The alert has another reason: the log of the side that sent it tells.'],
  looksLike:
    'In a handshake of DTLS 1.3: a HelloVerifyRequest, a ChangeCipherSpec, a session_id that comes back, or a cookie in the old field.',
  why: 'DTLS 1.3 has no compatibility mode for middleboxes and asks for cookies with HelloRetryRequest. Stacks made from TLS 1.3 code at times keep these features.',
  sources: ['dimpl#146', 'wolfssl#10007', 'wolfssl#10492', 'tlswg/dtls13-spec#291'],
  explains: ['plaintext-alert', 'alert-ignored', 'gave-up', 'second-hrr-or-keyshare-loop'],
  check: (subject) => (subject.is13 ? forbidden(subject) : []),
};

const UNEXPECTED_MESSAGE = 10;
const ILLEGAL_PARAMETER = 47;
const DECODE_ERROR = 50;
const COMPLAINTS: readonly number[] = [UNEXPECTED_MESSAGE, ILLEGAL_PARAMETER, DECODE_ERROR];

interface Feature {
  readonly who: 'client' | 'server';
  /** "sends a ChangeCipherSpec". */
  readonly does: string;
  readonly rule: string;
  readonly evidence: Evidence;
}

function forbidden(subject: Subject): readonly Match[] {
  const answer = serverHello(subject);
  const hello = answer && clientHellos(subject).findLast((said) => said.record < answer.record);
  if (!answer || !hello) return [];
  const features = [
    ...requests(subject),
    ...changes(subject),
    ...echo(subject, hello, answer),
    ...oldCookie(subject, hello),
  ];
  const matches = features.map((feature) => match(subject, feature));
  return [...matches, ...insistsOnEcho(subject, hello, answer)];
}

function match(subject: Subject, { who, does, rule, evidence }: Feature): Match {
  const alert = subject.endingAlert;
  const refused = alert && alert.sender !== who && COMPLAINTS.includes(alert.code);
  return {
    severity: refused ? 'failure' : 'note',
    title: `${capital(`the ${who}`)} ${does}, which DTLS 1.3 forbids`,
    explanation: `The handshake is one of DTLS 1.3, and the ${who} ${does}. ${rule} ${
      refused
        ? `The ${alert.sender} ends the handshake with the alert ${alert.name}.`
        : 'The other side does not complain about it here.'
    }`,
    evidence: refused
      ? [evidence, subject.evidence(alert.record, `The ${alert.sender}'s alert ${alert.name}`)]
      : [evidence],
    certainty: refused ? 'near-certain' : 'seen',
  };
}

function requests(subject: Subject): readonly Feature[] {
  const [request] = subject.said('HelloVerifyRequest', 'server');
  if (!request) return [];
  return [
    {
      who: 'server',
      does: 'asks for a cookie with HelloVerifyRequest',
      rule: 'A server of DTLS 1.3 asks with HelloRetryRequest (RFC 9147 §5.1).',
      evidence: subject.evidence(request.record, 'HelloVerifyRequest'),
    },
  ];
}

function changes(subject: Subject): readonly Feature[] {
  const sent = subject.analysed.handshakes.flatMap((h) =>
    h.state.unnumbered.filter((u) => u.kind === 'changeCipherSpec'),
  );
  return ([0, 1] as const).flatMap((side) => {
    const first = sent.find((u) => u.side === side);
    if (!first) return [];
    return {
      who: sender(side),
      does: 'sends a ChangeCipherSpec',
      rule: 'Endpoints must not send it (RFC 9147 §5).',
      evidence: subject.evidence(first.record, 'ChangeCipherSpec'),
    };
  });
}

function echo(subject: Subject, hello: Said<'ClientHello'>, answer: Said<'ServerHello'>): readonly Feature[] {
  if (answer.decoded.sessionId.length === 0) return [];
  return [
    {
      who: 'server',
      does: hello.decoded.sessionId.length > 0 ? 'echoes the session_id' : 'sends a session_id',
      rule: 'A server must leave legacy_session_id_echo empty (RFC 9147 §5).',
      evidence: subject.evidence(answer.record, `A session_id of ${answer.decoded.sessionId.length} bytes`),
    },
  ];
}

function oldCookie(subject: Subject, { decoded, record }: Said<'ClientHello'>): readonly Feature[] {
  // After a HelloVerifyRequest the client does what it was asked.
  if (decoded.cookie.length === 0 || subject.said('HelloVerifyRequest', 'server').length > 0) return [];
  return [
    {
      who: 'client',
      does: 'fills the old cookie field of its ClientHello',
      rule: 'legacy_cookie must be empty, and a server has to refuse it else (RFC 9147 §5.3).',
      evidence: subject.evidence(record, `A legacy_cookie of ${decoded.cookie.length} bytes`),
    },
  ];
}

/** The reverse: a client that wants TLS 1.3's echo, and refuses the server that rightly leaves it out. */
function insistsOnEcho(subject: Subject, hello: Said<'ClientHello'>, answer: Said<'ServerHello'>): readonly Match[] {
  const alert = subject.endingAlert;
  if (alert?.sender !== 'client' || alert.code !== ILLEGAL_PARAMETER || alert.epoch !== 0) return [];
  if (hello.decoded.sessionId.length === 0 || answer.decoded.sessionId.length > 0) return [];
  return [
    {
      title: 'The client refuses the ServerHello, probably because it does not echo the session_id',
      explanation: `The ClientHello has a session_id of ${hello.decoded.sessionId.length} bytes. The ServerHello leaves it out, as DTLS 1.3 asks. The client ends the handshake with the alert ${alert.name}, as a client of TLS 1.3 would.`,
      evidence: [
        subject.evidence(hello.record, `A session_id of ${hello.decoded.sessionId.length} bytes`),
        subject.evidence(answer.record, 'The ServerHello rightly has none'),
        subject.evidence(alert.record, `The client's alert ${alert.name}`),
      ],
      certainty: 'inferred',
      advice: 'Update the client: older wolfSSL clients insist on an echo that DTLS 1.3 forbids.',
    },
  ];
}
