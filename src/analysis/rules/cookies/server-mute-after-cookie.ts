/** B6: the client returned the cookie, and nothing more comes from the server. */
import { count, duration, repeatTimes, times } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type CookieRequest, hellosOf, type SentHello } from './hellos.ts';

export const serverMuteAfterCookie: Rule = {
  scope: 'association',
  id: 'server-mute-after-cookie',
  group: 'cookies',
  title: 'The server is silent after the cookie came back',
  severity: 'failure',
  rank: 'silence',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 6347 §4.2.2', 'RFC 9147 §5.1'],
  advice:
    'Read the log of the server: certificate or key files it cannot use, no common cipher suite, or an unknown identity. Then capture at the server, to see whether the second ClientHello arrives.',
  alternatives: [
    'The second ClientHello is lost on its way, as it is larger than the first: a capture at the server shows whether it arrives.',
    'The answer is lost on its way back, perhaps because it is too large: a capture at the server shows it leaving.',
    'The address of the client changed on its way, and the server waits for the first ClientHello from the new one.',
  ],
  looksLike:
    'HelloVerifyRequest or HelloRetryRequest, the ClientHello that answers it, repeated, and nothing more from the server.',
  why: 'The server throws the second ClientHello away without a word. Some do so where they find no common cipher suite or cannot use their certificate.',
  sources: ['HyperHDR#1071', 'wolfssl#7273'],
  sample: 'openssl-fail-server-mute-after-hvr-c2s.client.pcap',
  explains: ['gave-up', 'timer-too-slow', 'no-close-notify'],
  check: muteServer,
};

/** Of a client that does not repeat: it waited for so long and gave up, or the capture shows so long a silence. */
const GAVE_UP_MS = 1000;
const LONG_SILENCE_MS = 10_000;

function muteServer(subject: Subject): readonly Match[] {
  const { hellos, requests } = hellosOf(subject);
  const [request] = requests;
  if (!request) return [];
  const returned = hellos.filter((h) => h.messageSeq > 0 && h.record > request.record && !h.isCopy);
  const [first] = returned;
  const last = returned.at(-1);
  if (!first || !last || !requests.some((r) => r.cookie === first.cookie)) return [];
  // When the client says goodbye, a server that was silent may say it, too.
  const closed = subject.others.find((r) => r.side === 0 && r.contentType === ALERT && r.timeMs > first.timeMs);
  const untilMs = closed?.timeMs ?? Number.POSITIVE_INFINITY;
  if (subject.records.some((r) => r.side === 1 && r.timeMs > first.timeMs && r.timeMs < untilMs)) return [];
  const silentMs = Math.min(untilMs, subject.all.captureEndMs) - first.timeMs;
  const enough = returned.length > 1 || closed ? silentMs >= GAVE_UP_MS : silentMs >= LONG_SILENCE_MS;
  return enough ? [match(subject, request, returned, first, last, silentMs)] : [];
}

const ALERT = 21;

function match(
  subject: Subject,
  request: CookieRequest,
  returned: readonly SentHello[],
  first: SentHello,
  last: SentHello,
  silentMs: number,
): Match {
  const n = returned.length;
  const what = first.cookie === '' ? 'the second ClientHello' : 'the cookie';
  const lost = subject.noneArrived(returned.map((h) => h.record));
  const atServer = subject.surelyAt('server');
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(request.record, `The server's ${request.name}`),
    subject.evidence(
      first.record,
      first.cookie === '' ? 'The ClientHello that answers it' : 'The ClientHello with the cookie',
    ),
    ...(last === first ? [] : [subject.evidence(last.record, `The last of ${n}, and still no answer`)]),
  ];
  const sent = `The server answered the first ClientHello with a ${request.name}. The client sent the second ClientHello ${times(n)}${
    n > 1 ? `, again after ${repeatTimes(returned.map((h) => ({ startMs: h.timeMs })))}` : ''
  }.`;
  if (lost)
    return {
      title: `The ClientHello with the cookie never reaches the server: ${count(n, 'transmission')} lost on the way`,
      explanation: `${sent} The capture at the server has none of them.`,
      evidence,
      certainty: 'seen',
    };
  return {
    title: `The client sent ${what} ${times(n)}, and the server never answers`,
    explanation: `${sent} Nothing more came from the server in ${duration(silentMs)}. ${
      atServer
        ? 'The capture was taken at the server, so the ClientHello got there.'
        : 'From here it cannot be told whether the ClientHello got there.'
    }${n === 1 ? ' It was sent only once, so a single lost datagram would look the same.' : ''}`,
    evidence,
    certainty: atServer && n > 1 ? 'near-certain' : 'inferred',
  };
}
