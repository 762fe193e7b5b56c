/** N3: a KeyUpdate without an ACK: its sender has to stay on its old keys, or moved on too early. */
import type { Certainty } from '../../story.ts';
import type { FlightView } from '../../trace.ts';
import { capital, otherSender, times } from '../../words.ts';
import { span } from '../reassociation/time-words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { acksFrom, gapBetween, namedBy } from './acks.ts';

export const keyUpdateNotAcked: Rule = {
  scope: 'association',
  id: 'keyupdate-not-acked',
  group: 'dtls13',
  title: 'A KeyUpdate is not acknowledged, or its keys are used too early',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9147 §8', 'RFC 9147 §5.8.4'],
  advice:
    'Update the side that does not acknowledge. A sender must keep its old keys until the ACK has come, and a receiver must keep the old ones for late records.',
  alternatives: ['The KeyUpdate, or its ACK, is lost each time: a capture at the other side shows whether they come.'],
  looksLike:
    'A KeyUpdate that is sent again and again without an ACK, or a sender that writes in the next epoch before the other side has answered its KeyUpdate.',
  why: 'New keys may be used only when the ACK proves that the peer knows of them. If one side moves alone, the other drops all that it sends.',
  sources: ['openssl#32878'],
  explains: ['flight-lost-and-recovered', 'server-lost-state', 'epoch-gap', 'timer-too-slow'],
  check: (subject) => (subject.is13 && subject.established ? keyUpdates(subject) : []),
};

/** The last ones: what ends an association is among them. */
const MAX_UPDATES = 32;

function keyUpdates(subject: Subject): readonly Match[] {
  const updates = subject.flights.filter((f) => f.messages.includes('KeyUpdate'));
  for (const flight of updates.slice(-MAX_UPDATES)) {
    const found = unacknowledged(subject, flight);
    if (found) return [found];
  }
  return closedUpdates(subject);
}

function unacknowledged(subject: Subject, flight: FlightView): Match | null {
  const { sender, transmissions } = flight;
  const side = sender === 'client' ? 0 : 1;
  const peer = side === 0 ? 1 : 0;
  const [first, last] = [transmissions[0], transmissions.at(-1)];
  const sent = first?.records[0];
  if (!first || !last || sent === undefined) return null;
  const { epoch } = subject.fact(sent - 1);
  const records = new Set(transmissions.flatMap((t) => t.records.map((r) => r - 1)));
  const ack = acksFrom(subject, peer).find((a) => namedBy(subject, a).some((r) => records.has(r)));
  const next = subject.sorted.stream(side, epoch + 1)?.first ?? null;
  const moved = next === null ? null : subject.fact(next);
  if (moved && (!ack || ack.record > moved.index)) {
    // What the capture lacks may have been the ACK.
    if (gapBetween(subject, peer, first.startMs, moved.timeMs)) return null;
    return tooEarly(subject, sender, sent - 1, moved, subject.surelyCapturedAt(sender) ? 'near-certain' : 'inferred');
  }
  if (ack || moved || !subject.watched(last.startMs, subject.horizonMs(transmissions))) return null;
  if (!subject.spokeAfter(peer, first.startMs)) return null;
  // One ACK that this capture lacks is no silence.
  if (last === first && gapBetween(subject, peer, first.startMs, Number.POSITIVE_INFINITY)) return null;
  const evidence: [Evidence, ...Evidence[]] = [
    subject.sentEvidence(first, 'The KeyUpdate'),
    ...(last === first ? [] : [subject.sentEvidence(last, `Transmission ${transmissions.length}`)]),
  ];
  return {
    title: `The ${otherSender(sender)} does not acknowledge the ${sender}'s KeyUpdate, which was sent ${times(transmissions.length)}`,
    explanation: `The ${sender} sent its KeyUpdate ${times(transmissions.length)}, and no ACK of it was captured, though the ${otherSender(sender)} goes on. So the ${sender} has to stay on the keys of epoch ${epoch}.`,
    evidence,
    certainty: 'inferred',
  };
}

function tooEarly(
  subject: Subject,
  who: 'client' | 'server',
  update: number,
  moved: RecordFact,
  certainty: Certainty,
): Match {
  const waited = span(moved.timeMs - subject.trace.timeMs(update));
  const after = subject.records.filter((r) => r.side !== moved.side && r.timeMs > moved.timeMs);
  return {
    title: `The ${who} uses its new keys before its KeyUpdate was acknowledged`,
    explanation: `${capital(`the ${who}`)} sent a KeyUpdate in epoch ${moved.epoch - 1} and wrote in epoch ${moved.epoch} ${waited} later. No ACK of the KeyUpdate had come by then. ${
      after.length === 0
        ? `After that nothing came from the ${otherSender(who)} any more.`
        : `The ${otherSender(who)} sent ${after.length === 1 ? 'one more record' : `${after.length} more records`} after that.`
    }`,
    evidence: [
      subject.evidence(update, 'The KeyUpdate'),
      subject.evidence(moved.index, `The first record of epoch ${moved.epoch}`),
    ],
    certainty,
  };
}

/** KeyUpdate with message header, content type and a tag of 16 bytes or of 8; the record's own header comes before. */
const UPDATE_LENGTHS: ReadonlySet<number> = new Set([30, 22]);
const FIRST_APPLICATION_EPOCH = 3;

/** Without keys: the two low bits of the epoch change, and the peer has sent nothing since the last small record. */
function closedUpdates(subject: Subject): readonly Match[] {
  if (subject.closedRecords === 0) return [];
  for (const who of ['client', 'server'] as const) {
    const side = who === 'client' ? 0 : 1;
    const later = subject.sorted.streams.find((s) => s.side === side && s.epoch > FIRST_APPLICATION_EPOCH);
    const moved = later?.first == null ? null : subject.fact(later.first);
    if (moved?.state !== 'undecryptable') continue;
    const before = subject.records.filter((r) => r.index < moved.index);
    const update = before.findLast((r) => r.side === side && r.epoch === moved.epoch - 1 && isUpdateSized(subject, r));
    const answered = update && before.some((r) => r.side !== side && r.index > update.index);
    if (!update || answered || !subject.surelyCapturedAt(who)) continue;
    return [tooEarly(subject, who, update.index, moved, 'inferred')];
  }
  return [];
}

function isUpdateSized(subject: Subject, { index, side }: RecordFact): boolean {
  const { payload } = subject.datagram(index);
  const at = subject.trace.records.columns.from.get(index);
  const length = subject.trace.records.columns.length.get(index);
  const first = payload[at] ?? 0;
  const connectionId = first & 0x10 ? (subject.analysed.state.connectionIds[side === 0 ? 1 : 0][0]?.length ?? 0) : 0;
  const header = 1 + connectionId + (first & 0x08 ? 2 : 1) + (first & 0x04 ? 2 : 0);
  return UPDATE_LENGTHS.has(length - header);
}
