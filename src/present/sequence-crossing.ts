/** What two capture points tell of a row: where its records were captured, and how long they took to the other point. */
import type { RecordView } from '../analysis/trace.ts';
import type { PointName, SeenTwice } from './capture-points.ts';
import { numberRanges } from './sequence-columns.ts';
import type { Crossing, Fate } from './sequence-types.ts';

export function crossingOf(records: readonly RecordView[], fate: Fate, twice: SeenTwice): Crossing {
  const [first] = records;
  const delays = records.flatMap(({ arrival, timeMs }) => (arrival ? [Math.max(0, arrival.timeMs - timeMs)] : []));
  const crossing = {
    from: first ? twice.near[first.sender] : null,
    to: first ? twice.near[first.sender === 'client' ? 'server' : 'client'] : null,
    packets: pointedPackets(records, twice),
  };
  const [shown] = delays;
  if (shown !== undefined)
    return {
      ...crossing,
      kind: 'crossed',
      delayMs: {
        shown,
        least: delays.reduce((low, ms) => Math.min(low, ms), shown),
        greatest: delays.reduce((high, ms) => Math.max(high, ms), shown),
      },
    };
  const atSender = first !== undefined && twice.nameOf(first.capture) === twice.near[first.sender];
  if (fate !== 'delivered' && atSender) return { ...crossing, kind: 'lost', delayMs: null };
  return { ...crossing, kind: atSender ? 'sent-only' : 'arrived-only', delayMs: null };
}

/** Of a run: its median delay stands for it. */
export function crossingOfRun(crossings: readonly Crossing[], packets: string): Crossing {
  const delays = crossings.flatMap((one) => one.delayMs ?? []);
  const shown = delays.map((one) => one.shown).sort((a, b) => a - b)[delays.length >> 1];
  if (shown === undefined) return { kind: 'sent-only', from: null, to: null, packets, delayMs: null };
  const least = delays.reduce((low, one) => Math.min(low, one.least), shown);
  const greatest = delays.reduce((high, one) => Math.max(high, one.greatest), shown);
  return { kind: 'crossed', from: null, to: null, packets, delayMs: { shown, least, greatest } };
}

/** "A5", "B6–8", and of both points "A5,B7". */
function pointedPackets(records: readonly RecordView[], { nameOf }: SeenTwice): string {
  const byPoint = new Map<PointName | null, number[]>();
  for (const { capture, packet, packets } of records) {
    const name = nameOf(capture);
    const numbers = byPoint.get(name) ?? [];
    byPoint.set(name, numbers);
    if (packets.length > 0) numbers.push(...packets);
    else numbers.push(packet);
  }
  return [...byPoint].map(([name, numbers]) => `${name ?? ''}${numberRanges([...new Set(numbers)])}`).join(',');
}
