/** A4 after the handshake: two capture points prove that from some time on nothing of the server arrives. */
import { count, duration } from '../../words.ts';
import type { Match } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';

/** Datagrams in a row that chance does not often take. */
const MIN_LOST = 3;
/** Of them, so many while the client's point was surely recording: its capture may end before the last. */
const MIN_PROVEN = 2;
/** Datagrams of the client that arrive meanwhile: then it is one direction that is dead. */
const MIN_HEARD = 2;

export function lostSince(subject: Subject): readonly Match[] {
  if (!subject.established || !subject.atTwoPoints) return [];
  const lost = lostAtEnd(subject);
  const [first, last] = [lost[0], lost.at(-1)];
  if (!first || !last || datagrams(subject, lost) < MIN_LOST) return [];
  const arrived = subject.after(0, first.timeMs).filter((r) => subject.trace.arrivalMs(r.index) !== null);
  const heard = arrived[0];
  if (!heard || datagrams(subject, arrived) < MIN_HEARD) return [];
  const n = datagrams(subject, lost);
  const proven = lost.filter((r) => subject.lostBetweenPoints(r.index));
  if (datagrams(subject, proven) < MIN_PROVEN) return [];
  const rest = n - datagrams(subject, proven);
  return [
    {
      title: `The server's answers no longer reach the client: its last ${n} datagrams are all lost on the way`,
      explanation: `The handshake was done. Then the server sent ${count(n, 'datagram')} within ${duration(last.timeMs - first.timeMs)}, and the capture at the client has none of them. Meanwhile ${count(datagrams(subject, arrived), 'datagram')} of the client arrived at the server, so only one direction is dead.${
        rest > 0 ? ` The capture at the client ends too early to tell of ${rest === 1 ? 'one' : rest} of them.` : ''
      }`,
      evidence: [
        subject.evidence(first.index, 'The first that is lost between the two capture points'),
        subject.evidence(heard.index, 'From the client it still arrives'),
        subject.evidence(last.index, 'The last that is lost'),
      ],
      certainty: rest > 0 ? 'near-certain' : 'seen',
      severity: 'warning',
      verdict: `The handshake was done, but then nothing of the server reached the client: ${count(n, 'datagram')} lost on the way.`,
    },
  ];
}

/** The server's last records, as far back as none of them arrives. */
function lostAtEnd(subject: Subject): readonly RecordFact[] {
  const { records } = subject;
  const found: RecordFact[] = [];
  for (let i = records.length - 1; i >= 0; i--) {
    const record = records[i];
    if (record?.side !== 1) continue;
    // Sent at the one point, and never seen at the other.
    const { transit } = subject.datagram(record.index);
    if (!transit || transit.sentNs === null || transit.arrivedNs !== null) break;
    found.push(record);
  }
  return found.reverse();
}

const datagrams = (subject: Subject, records: readonly RecordFact[]): number =>
  new Set(records.map((r) => subject.trace.records.columns.datagram.get(r.index))).size;
