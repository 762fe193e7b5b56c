/** K5: records that a receiver with a window against replay throws away. */
import type { Side } from '../../record-table.ts';
import { count, otherSender } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';

export const replayWindowDrop: Rule = {
  scope: 'association',
  id: 'replay-window-drop',
  group: 'epochs',
  title: 'Records are too old for the window against replay',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.1.2.6', 'RFC 9147 §4.5.1'],
  advice:
    'Make the window of the receiver larger, or find what delays single packets that long. A stack must move its window only for records that it could decrypt.',
  alternatives: [
    'The receiver has a larger window, or none: then it answers these records too.',
    'The records were captured late and arrived in time: a capture at the receiver tells.',
  ],
  looksLike:
    'A record number that is more than 64 below the highest of its sender, or a number far above all others and from then on no answer.',
  why: 'Receivers remember the last 64 record numbers and drop what is older. A stack that believes a forged number before it checks the record loses all that follows.',
  sources: ['CVE-2016-2181', 'dimpl#79'],
  explains: ['idle-session-dropped', 'server-lost-state', 'reordering'],
  check: dropped,
};

function dropped(subject: Subject): readonly Match[] {
  const tooOld = tooOldRecords(subject);
  return [...tooOld, ...poisoned(subject)];
}

/** Of the 64 or more that came before it, so many at least are in the capture. */
const MANY = 32;

function tooOldRecords(subject: Subject): readonly Match[] {
  // Only what came late can be too old.
  if (subject.a.records.reordered === 0) return [];
  const drops = subject.story.replayDrops.flatMap(({ why, record }) => {
    const fact = why === 'too-old' ? subject.fact(record - 1) : null;
    return fact && fact.mark !== 'duplicate' && fact.epoch > 0 ? [fact] : [];
  });
  const [first] = drops;
  const last = drops.at(-1);
  if (!first || !last) return [];
  const above = subject.records.filter(
    (r) =>
      r.index < first.index &&
      r.side === first.side &&
      r.epoch === first.epoch &&
      r.mark !== 'duplicate' &&
      (r.sequenceNumber ?? -1) > (first.sequenceNumber ?? 0),
  );
  // One high number alone is rather a forged or damaged record than a sign of so many.
  if (above.length < MANY) return [];
  const highest = above.reduce((most, r) => Math.max(most, r.sequenceNumber ?? -1), -1);
  const receiver = otherSender(first.sender);
  return [
    {
      title: `${count(drops.length, 'record')} of the ${first.sender} ${drops.length === 1 ? 'comes' : 'come'} too late for a window of 64 and will be dropped`,
      explanation: `Record number ${first.sequenceNumber} of epoch ${first.epoch} came after number ${highest}, ${highest - (first.sequenceNumber ?? 0)} places late. A ${receiver} with the usual window of 64 drops it as a possible replay.`,
      evidence: [
        subject.evidence(first.index, `Number ${first.sequenceNumber}, after number ${highest}`),
        ...(last === first ? [] : [subject.evidence(last.index, 'The last of them')]),
      ],
      certainty: 'inferred',
    },
  ];
}

/** Nobody sends so many records in between. */
const FORGED_JUMP = 2 ** 20;
const WINDOW = 64;
/** Unanswered after that, before it means something. */
const ENOUGH = 3;
const WATCHED_MS = 1000;

function poisoned(subject: Subject): readonly Match[] {
  if (subject.is13 || !subject.sorted.streams.some((s) => s.furthestJump > FORGED_JUMP)) return [];
  return ([0, 1] as const).flatMap((side) => {
    const jump = jumpOf(subject, side);
    if (!jump) return [];
    const after = subject.records.filter((r) => r.index > jump.index);
    if (after.some((r) => r.side !== side)) return [];
    const ignored = after.filter(
      (r) => r.epoch === jump.epoch && (r.sequenceNumber ?? Infinity) < (jump.sequenceNumber ?? 0) - WINDOW,
    );
    const last = ignored.at(-1);
    if (ignored.length < ENOUGH || !last || !subject.watched(jump.timeMs, WATCHED_MS)) return [];
    const peer = otherSender(jump.sender);
    return [
      {
        title: `After a record with the number ${jump.sequenceNumber} nothing of the ${jump.sender} is answered any more`,
        explanation: `A record in the name of the ${jump.sender} has the number ${jump.sequenceNumber}, far above all others. The ${count(ignored.length, 'record')} that follow have the numbers one expects, and the ${peer} answers none of them. It seems to have moved its window to the forged number, and takes all else for old.`,
        evidence: [
          subject.evidence(jump.index, `Number ${jump.sequenceNumber}`),
          subject.evidence(last.index, `Number ${last.sequenceNumber}, not answered`),
        ],
        certainty: 'inferred' as const,
        advice: 'Update the stack of the receiver: it must not move its window before it has verified the record.',
      },
    ];
  });
}

/** The first record whose number is far above all before it, and which no key opens. */
function jumpOf({ records }: Subject, side: Side): RecordFact | null {
  const highest = new Map<number, number>();
  for (const r of records) {
    if (r.side !== side || r.epoch === 0 || r.sequenceNumber === null) continue;
    const before = highest.get(r.epoch);
    if (before !== undefined && r.state !== 'decrypted' && r.sequenceNumber > before + FORGED_JUMP) return r;
    highest.set(r.epoch, Math.max(before ?? 0, r.sequenceNumber));
  }
  return null;
}
