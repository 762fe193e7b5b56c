/** M2: it worked, then nobody spoke for a while, and what comes after that is answered by nobody. */
import type { Side } from '../../record-table.ts';
import { unanswered, usuallyAnswered } from '../../relations/answering.ts';
import { count, duration, sender as nameOf, otherSender } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';

export const idleSessionDropped: Rule = {
  scope: 'association',
  id: 'idle-session-dropped',
  group: 'iot',
  title: 'It works after the handshake and is dead after a pause',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 7925 §10', 'RFC 4787 §4.3', 'RFC 9146 §1'],
  advice:
    'Negotiate a connection ID, so that a new port of the NAT does no harm. Without one, send something more often than the pause here, or resume the session after a pause.',
  alternatives: [
    'A NAT forgot the mapping and gave a new port: a capture at the server has the records from another port.',
    'The peer dropped the session at its own idle timeout: a capture at the peer has the records, and no answer.',
    'The peer was restarted, or the path broke in the meantime: then it does not depend on the length of the pause.',
    'The records need no answer: their protocol tells.',
  ],
  looksLike: 'Requests that are answered, a pause of 20 seconds or more, and then requests without an answer.',
  why: 'NATs forget UDP mappings after half a minute to some minutes of silence, and servers drop idle sessions. DTLS has no sign for either.',
  sources: ['leshan#345', 'radsecproxy#148', 'zephyr#25935', 'node-tradfri#312'],
  explains: ['server-lost-state', 'no-close-notify', 'one-way-downlink-dead', 'radius-dtls', 'resumption-declined'],
  check: deadAfterPause,
};

function deadAfterPause(subject: Subject): readonly Match[] {
  if (!subject.established) return [];
  const drop = subject.story.relations.find((r) => r.kind === 'idle-drop');
  if (!drop) return [];
  for (const side of [0, 1] as const) {
    const tail = unanswered(subject.trace, subject.analysed, side).map((record) => subject.fact(record));
    const at = tail.findIndex((r) => r.timeMs >= drop.timeMs);
    const [first, ...others] = at < 0 ? [] : tail.slice(at);
    if (first) return [match(subject, side, [first, ...others])];
  }
  return [];
}

function match(subject: Subject, side: Side, tail: readonly [RecordFact, ...RecordFact[]]): Match {
  const who = nameOf(side);
  const peer = otherSender(who);
  const [first] = tail;
  const last = tail.at(-1) ?? first;
  const before = subject.records.findLast((r) => r.index < first.index);
  const pauseMs = first.timeMs - (before?.timeMs ?? first.timeMs);
  const asked = usuallyAnswered(subject.analysed, side, first.index);
  const next = subject.all.betweenHosts(subject).find((other) => other.a.startMs > first.timeMs);
  return {
    title: `After a pause of ${duration(pauseMs)} the ${peer} answers nothing any more`,
    explanation: `Both sides had spoken under these keys until the pause of ${duration(pauseMs)}. Then the ${who} sent ${count(tail.length, 'record')} within ${duration(last.timeMs - first.timeMs)}, and nothing came back. ${
      asked
        ? `Before the pause the ${peer} usually answered.`
        : `Before the pause the ${peer} did not answer everything either, so these records may need no answer.`
    } From here it cannot be told whether a NAT, a firewall or the ${peer} forgot the association.${
      next
        ? ` ${duration(next.a.startMs - last.timeMs)} later a new handshake ${next.established ? 'is done' : 'is tried'} (${next.a.id}).`
        : ''
    }`,
    evidence: [
      subject.evidence(first.index, 'The first record after the pause, not answered'),
      ...(before ? [subject.evidence(before.index, 'The last record before it')] : []),
      ...(last === first ? [] : [subject.evidence(last.index, 'The last without an answer')]),
    ],
    certainty: 'inferred',
    // Whoever is used to no answer misses none.
    ...(asked && tail.length > 1 ? {} : { severity: 'warning' }),
  };
}
