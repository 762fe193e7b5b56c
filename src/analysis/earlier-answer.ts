/** Whether a flight had been answered before the answer that was captured, as the numbers of that answer tell. */
import type { AnalysedTrace } from './analyse.ts';
import { countUpTo, least } from './extremes.ts';
import { isStateless } from './flight-parts.ts';
import type { Setting, Surroundings } from './flight-setting.ts';
import { lacksOf } from './lacks.ts';
import { Recall } from './recall.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

/**
 * `no`: its numbers follow what came before it. `sent`: it was sent before. `gap`: numbers are missing before it, of
 * that answer or of something else. `overtaken`: the first answer came after the second. `hidden`: no numbers tell.
 */
export type EarlierAnswer = 'no' | 'sent' | 'gap' | 'overtaken' | 'hidden';

export function earlierAnswer(
  setting: Setting,
  i: number,
  { trace, gapBefore, gapTimes }: Surroundings,
): EarlierAnswer {
  const { flight, progress, byAck, starts } = setting;
  const c = trace.records.columns;
  if (byAck && progress) {
    if (Number.isNaN(c.sequenceNumber.get(progress.record))) return 'hidden';
    const times = gapTimes[flight.side === 0 ? 1 : 0];
    return countUpTo(times, progress.timeMs) > countUpTo(times, starts[i] ?? 0) ? 'gap' : 'no';
  }
  return answerOf(setting, trace, gapBefore);
}

const told = new Recall<Setting, EarlierAnswer>();

/** The same for all transmissions of a flight. */
function answerOf(setting: Setting, trace: AnalysedTrace, gapBefore: Surroundings['gapBefore']): EarlierAnswer {
  const before = told.get(setting);
  if (before) return before;
  const answer = readAnswer(setting, trace, gapBefore);
  told.set(setting, answer);
  return answer;
}

function readAnswer(
  { next, version13 }: Setting,
  trace: AnalysedTrace,
  gapBefore: Surroundings['gapBefore'],
): EarlierAnswer {
  const c = trace.records.columns;
  const first = next?.transmissions[0];
  if (!next || !first || isStateless(next)) return 'hidden';
  const earliest = first.units[0]?.record ?? 0;
  if (next.transmissions.some((t) => (t.units[0]?.record ?? 0) < earliest)) return 'overtaken';
  if (first.units.some((u) => Number.isNaN(c.sequenceNumber.get(u.record)))) return 'hidden';
  // In DTLS 1.2 nothing else comes first in an epoch; in 1.3 ACKs may.
  const finished = first.units.find((u) => u.pieces.some((p) => p.part.name === 'Finished'));
  if (finished && !version13) return c.sequenceNumber.get(finished.record) === 0 ? 'no' : 'sent';
  // The first record under the keys of the handshake: nothing of the answer was sent before.
  if (version13 && first.units.some((u) => u.epoch === 2 && u.sequenceNumber === 0)) return 'no';
  return beforeFirst(next, first, gapBefore);
}

function beforeFirst(next: SentFlight, first: Transmission, gapBefore: Surroundings['gapBefore']): EarlierAnswer {
  const epoch = least(first.units.map((u) => u.epoch));
  const inEpoch = first.units.filter((u) => u.epoch === epoch).toSorted((a, b) => a.sequenceNumber - b.sequenceNumber);
  const gap = gapBefore.get(inEpoch[0]?.record ?? -1);
  if (!gap) return 'no';
  const [lack] = lacksOf(next, first.units);
  const isHead = lack !== undefined && lack.part.order <= (inEpoch[0]?.pieces[0]?.part.order ?? 0);
  // What is missing is the head of this very answer.
  if (isHead && gap.to - gap.from < inEpoch.length) return 'no';
  // Before its ServerHello flight a server has sent nothing with numbers of its own.
  return next.side === 1 && !isHead && epoch === 0 && first.units.every((u) => u.epoch <= 1) ? 'sent' : 'gap';
}
