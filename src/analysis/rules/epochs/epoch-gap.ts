/** K11: one side writes in a new epoch, and the other does not follow. DTLS 1.2 and older. */
import type { Side } from '../../record-table.ts';
import type { HandshakeView, TransmissionView } from '../../trace.ts';
import { duration, milliseconds, otherSender, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';

export const epochGap: Rule = {
  scope: 'association',
  id: 'epoch-gap',
  group: 'epochs',
  title: 'One side uses the new keys, and the other does not follow',
  severity: 'warning',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.1', 'RFC 6347 §4.2.4'],
  advice: 'Look at the flight with the Finished: it was lost, it was not accepted, or the answer to it was lost.',
  alternatives: [
    'The Finished was lost, or damaged: then the other side repeats its own flight, and goes on once it has come.',
    'It cannot be decrypted at the other side, as with a wrong pre-shared key: then no repeat helps.',
    'The answer was sent and lost: then a capture at the other side shows it.',
  ],
  looksLike: 'Records of epoch 1 of one side, again and again, while the other stays in epoch 0.',
  why: 'Both sides change keys with their Finished. Who changes first waits for the other, and repeats its flight on its timer.',
  sample: 'openssl-loss-uplink-flight5-forever.client.pcap',
  check: oneSided,
};

function oneSided(subject: Subject): readonly Match[] {
  if (subject.is13 || !subject.a.rolesKnown) return [];
  return subject.handshakes.flatMap((handshake) => {
    const found = gapOf(subject, handshake);
    return found ? [match(subject, handshake, found)] : [];
  });
}

interface Gap {
  readonly first: RecordFact;
  /** The sender's flight with its Finished, again: its timer expired. */
  readonly repeats: readonly [TransmissionView, ...TransmissionView[]];
  /** Null where the other side never followed. */
  readonly followed: RecordFact | null;
}

function gapOf(subject: Subject, { number, flights }: HandshakeView): Gap | null {
  if (!flights.some((f) => f.messages.includes('Finished') && f.transmissions.some((t) => t.number > 1))) return null;
  const first = firstOriginal(subject, number);
  if (!first) return null;
  const followed = firstOf(subject, first.side === 0 ? 1 : 0, number);
  const flight = flights.find((f) => f.sender === first.sender && f.messages.includes('Finished'));
  const until = followed?.timeMs ?? Number.POSITIVE_INFINITY;
  const [repeat, ...others] = (flight?.transmissions ?? []).filter(
    (t) => t.number > 1 && t.startMs > first.timeMs && t.startMs < until,
  );
  return repeat ? { first, repeats: [repeat, ...others], followed } : null;
}

/** The first record of an epoch that is no copy. */
function firstOriginal(subject: Subject, epoch: number): RecordFact | null {
  const starts = ([0, 1] as const).flatMap((side) => subject.sorted.stream(side, epoch)?.firstOriginal ?? []);
  return starts.length === 0 ? null : subject.fact(Math.min(...starts));
}

function firstOf(subject: Subject, side: Side, epoch: number): RecordFact | null {
  const first = subject.sorted.stream(side, epoch)?.first ?? null;
  return first === null ? null : subject.fact(first);
}

function match(subject: Subject, { number }: HandshakeView, { first, repeats, followed }: Gap): Match {
  const who = first.sender;
  const peer = otherSender(who);
  const last = repeats.at(-1) ?? repeats[0];
  const again = `The ${who} wrote in epoch ${number} and had to send that flight ${times(repeats.length)} more.`;
  return {
    title: followed
      ? `The ${peer} follows into epoch ${number} only after ${milliseconds(followed.timeMs - first.timeMs)}`
      : `The ${who} uses the keys of epoch ${number}, the ${peer} never does`,
    explanation: followed
      ? `${again} The ${peer} wrote in it ${milliseconds(followed.timeMs - first.timeMs)} later for the first time.`
      : `${again} The ${peer} wrote nothing in it in the ${duration(subject.all.captureEndMs - first.timeMs)} that the capture goes on.`,
    evidence: [
      subject.evidence(first.index, `The first record of the ${who} in epoch ${number}`),
      subject.sentEvidence(last, `The ${who} sends its flight again`),
      ...(followed ? [subject.evidence(followed.index, `The ${peer} follows`)] : []),
    ],
    certainty: 'seen',
    // What was late is told by the rules of loss.
    ...(followed ? { severity: 'note' } : {}),
  };
}
