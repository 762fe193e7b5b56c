/** N9: heartbeats (RFC 6520) that nobody answers, and one that asks for more than it brought. */

import { decodeHeartbeat, type Heartbeat } from '../../../dtls/messages/heartbeat.ts';
import { CONTENT_TYPE } from '../../../dtls/record.ts';
import { ByteReader } from '../../../wire/reader.ts';
import { recordBody } from '../../record-body.ts';
import { count, otherSender } from '../../words.ts';
import { span } from '../reassociation/time-words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';

export const heartbeat: Rule = {
  scope: 'association',
  id: 'heartbeat',
  group: 'dtls13',
  title: 'A heartbeat is not answered, or asks for more than it brought',
  severity: 'note',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6520 §3', 'RFC 6520 §4'],
  advice:
    'For a heartbeat without answer, look at the path and whether the peer still runs. For one that asks for too much, update the receiver at once: that is the Heartbleed attack.',
  alternatives: [
    'The peer does not take heartbeats: then its hello lacks the extension, or says peer_not_allowed_to_send.',
  ],
  looksLike: 'Records of content type 24 of one side only, or one whose payload_length is more than the record holds.',
  why: 'A heartbeat is answered with the same payload. A receiver without state stays silent, and one with the bug of 2014 answers with whatever lies in its memory.',
  sources: ['CVE-2014-0160'],
  check: (subject) => {
    const beats = subject.others.filter((r) => r.contentType === CONTENT_TYPE.heartbeat && r.mark !== 'duplicate');
    if (beats.length === 0) return [];
    // That nobody answers an attack is as it should be.
    const attack = tooMuch(subject, beats);
    return attack.length > 0 ? attack : unanswered(subject, beats);
  },
};

const REQUEST = 1;
/** type and payload_length, and at least so much padding. */
const HEADER = 3;
const PADDING = 16;
/** Heartbeats that are read in one association. */
const MAX_READ = 64;

function read(subject: Subject, { index, state }: RecordFact): { beat: Heartbeat; length: number } | null {
  if (state === 'undecryptable' || state === 'malformed') return null;
  const body = recordBody(subject.trace, subject.analysed, index);
  if (body?.contentType !== CONTENT_TYPE.heartbeat) return null;
  return { beat: decodeHeartbeat(new ByteReader('plaintext', body.bytes)), length: body.bytes.length };
}

function tooMuch(subject: Subject, beats: readonly RecordFact[]): Match[] {
  for (const record of beats.slice(0, MAX_READ)) {
    const found = read(subject, record);
    if (!found) continue;
    const { beat, length } = found;
    if (beat.heartbeatType !== REQUEST || HEADER + beat.payloadLength + PADDING <= length) continue;
    const answer = beats.find((r) => r.side !== record.side && r.index > record.index);
    const leaks = answer !== undefined && answer.length > record.length;
    return [
      {
        severity: 'security',
        title: `A heartbeat of the ${record.sender} asks for ${beat.payloadLength} bytes and brought ${Math.max(0, length - HEADER)}`,
        explanation: `The request declares a payload of ${beat.payloadLength} bytes in a message of ${length}. RFC 6520 has receivers drop it; one with the Heartbleed bug answers with its memory. ${
          leaks
            ? `The ${otherSender(record.sender)} answered with a record of ${answer.length} bytes.`
            : 'No larger answer was captured.'
        }`,
        evidence: [
          subject.evidence(record.index, `payload_length ${beat.payloadLength}`),
          ...(leaks ? [subject.evidence(answer.index, 'The answer is larger than the request')] : []),
        ],
        certainty: 'seen',
        citations: ['RFC 6520 §4'],
      },
    ];
  }
  return [];
}

/** So long at least, and the capture went on. */
const PATIENCE_MS = 3000;

function unanswered(subject: Subject, beats: readonly RecordFact[]): Match[] {
  for (const side of [0, 1] as const) {
    const answered = beats.findLast((r) => r.side !== side)?.index ?? -1;
    const after = beats.filter((r) => r.side === side && r.index > answered);
    const open = after.filter((r, i) => (i < MAX_READ ? isRequest(subject, r, i === 0 && answered >= 0) : true));
    const [first, last] = [open[0], open.at(-1)];
    if (!first || !last || !subject.watched(last.timeMs, PATIENCE_MS)) continue;
    const peer = otherSender(first.sender);
    const silent = !subject.records.some((r) => r.side !== side && r.timeMs > first.timeMs);
    return [
      {
        severity: silent ? 'warning' : 'note',
        title: `The ${first.sender} gets no answer to ${count(open.length, 'heartbeat')}`,
        explanation: `The ${first.sender} sent ${count(open.length, 'heartbeat')}${open.length === 1 ? '' : `, the last one ${span(last.timeMs - first.timeMs)} after the first`}, and got no answer. ${
          silent
            ? `Nothing else came from the ${peer} after that: it is gone, or the path is.`
            : `The ${peer} sends other records all the same: it does not take heartbeats.`
        }`,
        evidence: [
          subject.evidence(first.index, 'The first heartbeat without an answer'),
          ...(last === first ? [] : [subject.evidence(last.index, `The last of ${open.length}`)]),
        ],
        certainty: silent ? 'near-certain' : 'inferred',
      },
    ];
  }
  return [];
}

/** Closed, the first one after a heartbeat of the peer is the response to it. */
function isRequest(subject: Subject, record: RecordFact, mayRespond: boolean): boolean {
  const found = read(subject, record);
  return found === null ? !mayRespond : found.beat.heartbeatType === REQUEST;
}
