/** M7: RADIUS over DTLS, whose servers drop idle sessions without a word. */
import { unanswered } from '../../relations/answering.ts';
import { count, duration } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { protocolOf } from './application-protocol.ts';

export const radiusDtls: Rule = {
  scope: 'association',
  id: 'radius-dtls',
  group: 'iot',
  title: 'A RADIUS server drops an idle DTLS session without a word',
  severity: 'warning',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 7360 §5.1.1', 'RFC 7360 §5', 'RFC 3539 §3.4'],
  advice:
    'Let the client send Status-Server in pauses, and do a new handshake as soon as that stays unanswered. Set its idle timeout below that of the server.',
  alternatives: [
    'The server or the path is down altogether: then a new handshake fails too.',
    'Port 2083 belongs to something else here: the port alone is only a hint.',
  ],
  looksLike:
    'Requests to UDP port 2083 that were answered, a pause, and the same requests again and again without an answer.',
  why: 'RADIUS servers close sessions that nobody uses, to save memory. If the close_notify is lost or never sent, the client goes on with dead keys.',
  sources: ['radsecproxy#148'],
  check: idleRadius,
};

const RADIUS_PORT = 2083;
/** Unanswered, over so long a time: RADIUS repeats its requests. */
const FEWEST = 2;
const SPAN_MS = 1000;
const PAUSE_MS = 20_000;

function idleRadius(subject: Subject): readonly Match[] {
  const { a } = subject;
  if (a.server.port !== RADIUS_PORT || !subject.established) return [];
  const tail = unanswered(subject.trace, subject.analysed, 0).map((record) => subject.fact(record));
  const [first] = tail;
  const last = tail.at(-1);
  if (!first || !last || tail.length < FEWEST || last.timeMs - first.timeMs < SPAN_MS) return [];
  const heard = subject.records.findLast((r) => r.side === 1 && r.epoch > 0);
  if (!heard || first.timeMs - heard.timeMs < PAUSE_MS) return [];
  const protocol = protocolOf(subject);
  if (protocol !== null && protocol !== 'RADIUS') return [];
  return [
    {
      title: `The RADIUS server answers nothing any more after a pause of ${duration(first.timeMs - heard.timeMs)}`,
      explanation: `${
        protocol ? 'This is RADIUS over DTLS.' : 'UDP port 2083 is that of RADIUS over DTLS.'
      } The server was heard ${duration(first.timeMs - heard.timeMs)} before, and since then ${count(tail.length, 'record')} of the client went unanswered for ${duration(last.timeMs - first.timeMs)}. Such servers drop idle sessions without a word.`,
      evidence: [
        subject.evidence(heard.index, 'The last that the server sent'),
        subject.evidence(first.index, 'The first request without an answer'),
        subject.evidence(last.index, 'The last one'),
      ],
      certainty: 'inferred',
    },
  ];
}
