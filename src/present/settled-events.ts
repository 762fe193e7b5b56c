/** What two points settle about states, flights and copies: when a side was done, what arrived, who made it twice. */
import type { DuplicateOrigin, MachineStepView } from '../analysis/story.ts';
import type { AssociationDetail, FlightView, RecordView, Sender, TransmissionView } from '../analysis/trace.ts';
import { capital } from '../analysis/words.ts';
import { type Answer, type Asked, hasArrived, leastCertain, OPEN, type Settled } from './settled-answer.ts';
import { milliseconds } from './time-scale.ts';

/** When each side was done for the first time; only where the second point changes the answer. */
export function finishedQuestions(asked: Asked): readonly Settled[] {
  const { detail, points } = asked;
  return (['client', 'server'] as const).flatMap((sender) => {
    const step = firstFinished(detail, sender);
    if (!step) return [];
    const alone = asked.alone && aloneFinished(asked, asked.alone, sender);
    const isSame = alone && alone.bound === '' && Math.abs(alone.timeMs - step.timeMs) <= points.offsetErrorMs;
    if (isSame && (alone.certainty === step.certainty || alone.certainty !== 'inferred')) return [];
    const says = (timeMs: number) => `${milliseconds(timeMs - detail.association.startMs)} ms`;
    const certainty = step.certainty === 'seen' ? 'proven' : step.certainty;
    return [
      {
        question: `${capital(sender)} FINISHED when?`,
        alone: alone
          ? { certainty: alone.certainty, says: `${alone.bound}${says(alone.timeMs)}`, record: null }
          : asked.alone && OPEN,
        both: { certainty, says: says(step.timeMs), record: step.record },
      },
    ];
  });
}

/** In the times of both points. */
function aloneFinished(asked: Asked, alone: AssociationDetail, sender: Sender) {
  const step = firstFinished(alone, sender);
  const shift = step ? shiftOf(asked, alone) : null;
  if (!step || shift === null) return null;
  const isNear = asked.twice.near[sender] === 'A';
  return { timeMs: step.timeMs + shift, bound: bound(alone, step, sender, isNear), certainty: step.certainty };
}

/** What passes a point on its way was sent before and arrives later. */
function bound({ records }: AssociationDetail, { record }: MachineStepView, sender: Sender, isNear: boolean): string {
  const shows = records.find((one) => one.record === record);
  if (isNear || !shows) return '';
  return shows.sender === sender ? 'before ' : 'after ';
}

function firstFinished({ machines }: AssociationDetail, sender: Sender): MachineStepView | undefined {
  return machines[sender].find(({ state }) => state === 'FINISHED');
}

/** From times of A alone to those of both; null where they have nothing in common. */
function shiftOf({ detail, points }: Asked, alone: AssociationDetail): number | null {
  const captures = points.points[0]?.captures ?? [];
  const place = (capture: number, packet: number) => `${capture} ${packet}`;
  const times = new Map<string, number>();
  for (const { capture, packet, timeMs, arrival } of detail.records) {
    times.set(place(capture, packet), timeMs);
    if (arrival) times.set(place(arrival.capture, arrival.packet), arrival.timeMs);
  }
  for (const { capture, packet, timeMs } of alone.records) {
    const there = times.get(place(captures[capture] ?? -1, packet));
    if (there !== undefined) return there - timeMs;
  }
  return null;
}

/** More rows would hide the rest. */
const MOST_FLIGHTS = 4;

/** Whether each transmission of a repeated flight arrived. */
export function flightQuestions({ detail, alone, twice }: Asked): readonly Settled[] {
  const records = new Map(detail.records.map((record) => [record.record, record]));
  const unsure = new Set(detail.losses.filter((loss) => loss.inferred).flatMap((loss) => loss.records));
  const several = detail.association.handshakes.length > 1;
  return detail.association.handshakes
    .flatMap((handshake) => handshake.flights.map((flight) => ({ handshake: handshake.number, flight })))
    .filter(({ flight }) => flight.transmissions.length > 1)
    .slice(0, MOST_FLIGHTS)
    .map(({ handshake, flight }) => {
      const sent = flight.transmissions.map((t) => t.records.flatMap((n) => records.get(n) ?? []));
      const whole = sent.filter((own) => own.every((record) => hasArrived(record, twice))).length;
      const doubt = sent.some((own) => own.some(({ record }) => unsure.has(record)));
      return {
        question: `Did flight ${flight.number}${several ? ` of handshake ${handshake}` : ''} arrive each time?`,
        alone: alone && aloneFlight(alone, handshake, flight),
        both: {
          certainty: doubt ? 'inferred' : 'proven',
          says: whole === sent.length ? `yes, ${whole} of ${sent.length}` : `${whole} of ${sent.length} whole`,
          record: firstLost(sent.flat(), twice)?.record ?? flight.transmissions[0]?.records[0] ?? null,
        },
      };
    });
}

function firstLost(records: readonly RecordView[], twice: Asked['twice']): RecordView | undefined {
  return records.find((record) => !hasArrived(record, twice));
}

function aloneFlight(
  alone: AssociationDetail,
  handshake: number,
  { number, sender, transmissions }: FlightView,
): Answer {
  const own = alone.association.handshakes
    .find((one) => one.number === handshake)
    ?.flights.find((flight) => flight.number === number && flight.sender === sender)?.transmissions;
  const told = (own ?? []).filter(({ fate }) => fate.fate !== 'unknown');
  if (!own || told.length === 0) return OPEN;
  const certainty = leastCertain(told.map(({ fate }) => fate.certainty));
  const delivered = told.filter(wasDelivered).length;
  if (delivered === transmissions.length) return { certainty, says: 'yes', record: null };
  const open = own.length - told.length;
  const of = own.length === transmissions.length ? `${own.length}` : `${own.length} seen`;
  return { certainty, says: `${delivered} of ${of}${open > 0 ? `, ${open} not told` : ''}`, record: null };
}

const wasDelivered = ({ fate }: TransmissionView): boolean => fate.fate === 'delivered';

const MAKERS: Readonly<Record<DuplicateOrigin, string>> = {
  network: 'network',
  capture: 'capture',
  replay: 'replay',
  'reused-number': 'sender',
};

/** Who made records come twice. */
export function copyQuestions({ detail, alone, twice }: Asked): readonly Settled[] {
  const copies = copiesOf(detail);
  const [first] = copies;
  if (!first) return [];
  // A copy that only the point near its receiver has was made on the way.
  const proven = copies.every((copy) => copy.arrival === null && hasArrived(copy, twice));
  return [
    {
      question: copies.length === 1 ? `Who made record ${first.record} a copy?` : `Who made ${copies.length} copies?`,
      alone: alone && makers(copiesOf(alone), 'inferred'),
      both: makers(copies, proven ? 'proven' : 'inferred', first.record),
    },
  ];
}

function copiesOf({ records }: AssociationDetail): RecordView[] {
  return records.filter(({ duplicateOrigin }) => duplicateOrigin !== null);
}

function makers(copies: readonly RecordView[], certainty: Answer['certainty'], record: number | null = null): Answer {
  if (copies.length === 0) return { certainty: null, says: 'no copy seen', record };
  const counts = new Map<string, number>();
  for (const { duplicateOrigin } of copies) {
    if (duplicateOrigin === null) continue;
    const maker = MAKERS[duplicateOrigin];
    counts.set(maker, (counts.get(maker) ?? 0) + 1);
  }
  return { certainty, says: [...counts].map(([maker, n]) => `${maker} ${n}`).join(', '), record };
}
