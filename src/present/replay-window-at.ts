/** The anti-replay window of a receiver at one moment (RFC 6347 §4.1.2.6): 64 numbers up to the highest that came. */
import { countUpTo } from '../analysis/extremes.ts';
import type { AssociationDetail, Sender } from '../analysis/trace.ts';

export interface ReplayWindowAt {
  readonly reader: Sender;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  /** When the oldest record in it came, and its highest. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly says: string;
}

const WINDOW = 64;

interface Arrivals {
  /** Ascending. */
  readonly times: number[];
  /** The highest number up to each of them, and when that came. */
  readonly highest: { readonly number: number; readonly epoch: number; readonly ms: number }[];
  /** When each number of an epoch came first. */
  readonly came: Map<number, Map<number, number>>;
}

const known = new WeakMap<AssociationDetail, Readonly<Record<Sender, Arrivals>>>();

/** Of the newest epoch that each side has got a record of. */
export function replayWindowsAt(detail: AssociationDetail, timeMs: number): ReplayWindowAt[] {
  const arrivals = known.get(detail) ?? { client: arrivalsAt(detail, 'client'), server: arrivalsAt(detail, 'server') };
  known.set(detail, arrivals);
  return (['client', 'server'] as const).flatMap((reader) => {
    const { times, highest, came } = arrivals[reader];
    const top = highest[countUpTo(times, timeMs) - 1];
    if (!top) return [];
    const from = Math.max(0, top.number - WINDOW + 1);
    const numbers = came.get(top.epoch);
    let fromMs = top.ms;
    for (let n = from; n < top.number; n++) {
      const ms = numbers?.get(n);
      if (ms === undefined || ms > timeMs) continue;
      fromMs = Math.min(fromMs, ms);
    }
    const { epoch, number: to } = top;
    const says = `Replay window of the ${reader}: it takes ${epoch}:${from}–${to} once each, and all above ${epoch}:${to}`;
    return [{ reader, epoch, from, to, fromMs, toMs: top.ms, says }];
  });
}

function arrivalsAt({ records, losses }: AssociationDetail, reader: Sender): Arrivals {
  const lost = new Set(losses.filter((l) => l.sender !== reader).flatMap((l) => l.records));
  const came = records
    .filter((r) => r.sender !== reader && r.sequenceNumber !== null && r.state !== 'malformed' && !lost.has(r.record))
    .map((r) => ({ number: r.sequenceNumber ?? 0, epoch: r.epoch, ms: r.arrival?.timeMs ?? r.timeMs }))
    .sort((a, b) => a.ms - b.ms);
  const first = new Map<number, Map<number, number>>();
  const highest: (typeof came)[number][] = [];
  for (const one of came) {
    const epoch = first.get(one.epoch) ?? new Map<number, number>();
    first.set(one.epoch, epoch);
    if (!epoch.has(one.number)) epoch.set(one.number, one.ms);
    const top = highest.at(-1);
    const above = !top || one.epoch > top.epoch || (one.epoch === top.epoch && one.number > top.number);
    highest.push(above ? one : top);
  }
  return { times: came.map(({ ms }) => ms), highest, came: first };
}
