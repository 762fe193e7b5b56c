/** J5: an established association without a close. */
import type { Side } from '../../record-table.ts';
import { duration } from '../../words.ts';
import { isAlert } from '../reassociation/protected-records.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';

export const noCloseNotify: Rule = {
  scope: 'association',
  id: 'no-close-notify',
  group: 'alerts',
  title: 'The association is not closed in this capture',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 5246 §7.2.1', 'RFC 8446 §6.1', 'RFC 9147 §5.10'],
  advice:
    'If the program ended here, have it close first: its peer otherwise keeps keys and buffers until a timeout. If it goes on, there is nothing to do.',
  alternatives: [
    'The association simply goes on after the end of the capture.',
    'The close_notify was lost: it is sent once and never repeated.',
  ],
  looksLike: 'The last records of both sides are data or handshake, and no alert.',
  why: 'DTLS has no connection below it that could end. Without close_notify the peer cannot tell whether the other side left, lost its address or has nothing to say.',
  sample: 'openssl-no-close.pcap',
  check: neverClosed,
};

function neverClosed(subject: Subject): readonly Match[] {
  const { a } = subject;
  if (!subject.established || (a.closed !== null && a.closed !== 'silent') || a.addressChanges.length > 0) return [];
  const last = ([0, 1] as const).map((side) => lastOf(subject, side));
  const [client, server] = last;
  if (!client || !server || isAlert(subject, client) || isAlert(subject, server)) return [];
  const end = client.index > server.index ? client : server;
  const restMs = subject.all.captureEndMs - end.timeMs;
  // Elsewhere, or under other keys: the relations of the association say what became of it.
  if (subject.story.relations.some((r) => ENDS_ELSEWHERE.has(r.kind))) return [];
  return [
    {
      title:
        a.closed === 'silent'
          ? `Nobody closes the association: it falls silent ${duration(restMs)} before the capture ends`
          : 'Neither side closes the association before the capture ends',
      explanation: `The last of ${a.records.total} records comes from the ${end.sender}, and no side sent close_notify. ${
        restMs < 1
          ? 'The capture ends with that record.'
          : `The capture goes on for ${duration(restMs)} without a word of either.`
      }`,
      evidence: [subject.evidence(end.index, 'The last record')],
      certainty: 'seen',
    },
  ];
}

const ENDS_ELSEWHERE: ReadonlySet<string> = new Set([
  'replaced-by',
  'role-reversal',
  'server-restart',
  'rebinding',
  'idle-drop',
]);

function lastOf(subject: Subject, side: Side): RecordFact | null {
  const last = subject.sorted.lastOriginal(side);
  return last === null ? null : subject.fact(last);
}
