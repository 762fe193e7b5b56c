/** K1: application data arrives before the Finished that its sender sent first. */
import { CONTENT_TYPE } from '../../../dtls/record.ts';
import type { Side } from '../../record-table.ts';
import type { HandshakeView } from '../../trace.ts';
import { capital, count, milliseconds, otherSender } from '../../words.ts';
import { isData, isOriginal } from '../reassociation/protected-records.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { arrivedMs } from './arrivals.ts';

export const appdataBeforeFinished: Rule = {
  scope: 'association',
  id: 'appdata-before-finished',
  group: 'epochs',
  title: 'Application data arrives before the Finished of its sender',
  severity: 'warning',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.2.4', 'RFC 9147 §5.8.1'],
  advice:
    'If the path reorders now and then, there is nothing to do. A receiver that drops such data should buffer it, and a sender that cannot lose it should repeat it.',
  alternatives: [
    'The Finished was captured late or not at all: then the receiver goes on at once, without a repeat.',
    'The sender wrote data before its Finished, which no RFC allows: then it has the lower record number.',
  ],
  looksLike:
    'Records of content type 23 under new keys from a side whose Finished comes later, or comes only as a repeat.',
  why: 'The last flight was lost or overtaken on its way. Its receiver may keep the data until the Finished comes, or drop it; either is allowed.',
  sources: ['openssl#20597', 'openssl#20628', 'tinydtls#114'],
  sample: 'openssl-early-appdata.client.pcap',
  check: earlyData,
};

const HANDSHAKE_EPOCH_13 = 2;

interface Early {
  readonly data: readonly [RecordFact, ...RecordFact[]];
  readonly finished: RecordFact;
}

function earlyData(subject: Subject): readonly Match[] {
  if (!subject.a.rolesKnown) return [];
  const handshakes = subject.is13 ? subject.handshakes.slice(0, 1) : subject.handshakes;
  return handshakes.flatMap((handshake) =>
    ([0, 1] as const).flatMap((side) => {
      const early = earlyOf(subject, handshake, side);
      return early ? [match(subject, handshake, early)] : [];
    }),
  );
}

/** Data of a side that arrived before its Finished; null where none did, or where the Finished is not in the capture. */
function earlyOf(subject: Subject, handshake: HandshakeView, side: Side): Early | null {
  // At its sender the order of capture is the order of sending: what was lost later does not show.
  if (subject.surelyCapturedAt(side === 0 ? 'client' : 'server') && subject.story.vantage.position !== 'both')
    return null;
  const finished = firstFinished(subject, handshake, side);
  const atMs = finished && arrivedMs(subject, finished.index);
  if (!finished || atMs === null) return null;
  const epoch = subject.is13 ? HANDSHAKE_EPOCH_13 + 1 : handshake.number;
  const stream = subject.sorted.stream(side, epoch);
  // At one point the order of arrival is that of capture.
  if (!stream || (!subject.atTwoPoints && (stream.first ?? 0) >= finished.index)) return null;
  const early: RecordFact[] = [];
  for (const index of stream.records) {
    if (index >= finished.index && subject.trace.timeMs(index) > atMs) break;
    const r = subject.fact(index);
    if (!isOriginal(r) || !isData(subject, r)) continue;
    const dataMs = arrivedMs(subject, r.index);
    if (dataMs !== null && (dataMs < atMs || (dataMs === atMs && r.index < finished.index))) early.push(r);
  }
  const [first, ...others] = early;
  return first ? { data: [first, ...others], finished } : null;
}

/** The first that arrived. In DTLS 1.3 whatever the client sends under handshake keys stands for it, if it is closed. */
function firstFinished(subject: Subject, handshake: HandshakeView, side: Side): RecordFact | null {
  const flights = subject.analysed.handshakes.find((h) => h.state.number === handshake.number)?.flights ?? [];
  let first: number | null = null;
  for (const flight of flights) {
    if (flight.side !== side || flight.postHandshake) continue;
    if (!subject.is13 && !flight.parts.some((p) => p.name === 'Finished')) continue;
    for (const { units } of flight.transmissions) {
      for (const { record, pieces, epoch } of units) {
        if (first !== null && record >= first) continue;
        const ends = (subject.is13 && epoch === HANDSHAKE_EPOCH_13) || pieces.some((p) => p.part.name === 'Finished');
        if (ends && arrivedMs(subject, record) !== null) first = record;
      }
    }
  }
  return first === null ? null : subject.fact(first);
}

function match(subject: Subject, handshake: HandshakeView, { data, finished }: Early): Match {
  const [first] = data;
  const { sender, timeMs } = first;
  const receiver = otherSender(sender);
  const laterMs = (arrivedMs(subject, finished.index) ?? timeMs) - (arrivedMs(subject, first.index) ?? timeMs);
  const repeat = handshake.flights
    .filter((f) => f.sender === receiver)
    .flatMap((f) => f.transmissions)
    .find((t) => t.number > 1 && t.startMs >= timeMs && t.startMs <= finished.timeMs + laterMs);
  const also = finished.contentType === CONTENT_TYPE.handshake && finished.transmission > 1;
  return {
    title: repeat
      ? `${capital(`the ${sender}`)}'s data arrives ${milliseconds(laterMs)} before its Finished, which had to be sent again`
      : `${capital(`the ${sender}`)}'s data overtakes its Finished by ${milliseconds(laterMs)}`,
    explanation: `${count(data.length, 'record')} of application data of the ${sender} came ${milliseconds(laterMs)} before the ${
      also ? 'first copy of its Finished that got here' : 'Finished with which it opened these keys'
    }. ${
      repeat
        ? `The ${receiver} repeated its own flight meanwhile: it could not use the data yet, and dropped it or kept it.`
        : `The ${receiver} did not repeat anything: it kept the data, or did without.`
    }`,
    evidence: [
      subject.evidence(first.index, `Data of the ${sender} in epoch ${first.epoch}`),
      subject.evidence(finished.index, `The Finished of the ${sender}, later`),
      ...(repeat ? [subject.sentEvidence(repeat, `The ${receiver} repeats its flight`)] : []),
    ],
    certainty: first.state === 'decrypted' || !subject.is13 ? 'seen' : 'inferred',
    ...(repeat ? {} : { severity: 'note' }),
  };
}
