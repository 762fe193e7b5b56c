/** What lies at a place of the drawing under the diagram, as a sentence, and the record that a click there leads to. */
import { countUpTo } from '../analysis/extremes.ts';
import type { AssociationDetail, RecordView } from '../analysis/trace.ts';
import type { EndpointNames } from './capture-points.ts';
import type { EpochLane } from './epoch-lanes.ts';
import type { Interval, Ribbons } from './state-ribbons.ts';
import { milliseconds } from './time-scale.ts';

export interface LaneHit {
  readonly says: string;
  /** Null where a click leads to the moment, not to a record. */
  readonly record: number | null;
}

/** Between a tick and the pointer, and between a mark and the pointer. */
const TICK_PX = 3;
const MARK_PX = 5;

export function ribbonHit(
  detail: AssociationDetail,
  ribbons: Ribbons,
  row: number,
  x: number,
  names: EndpointNames,
): LaneHit | null {
  const ribbon = ribbons.ribbons[row];
  // The latest that reaches here: a short one is drawn wider than it is.
  const one = ribbon?.intervals.findLast((i) => i.x <= x && x < Math.max(i.x + i.width, i.x + 2));
  if (!ribbon || !one) return null;
  return { says: `${names[ribbon.sender]} ${intervalWords(one, detail.association.startMs)}`, record: null };
}

function intervalWords({ state, step, fromMs, toMs, changes }: Interval, startMs: number): string {
  if (changes > 1) {
    const time = `${milliseconds(fromMs - startMs)} to ${milliseconds((toMs ?? fromMs) - startMs)} ms`;
    return `${changes} changes of state from ${time}, mostly ${state}`;
  }
  const attempt = step.attempt > 1 ? `, attempt ${step.attempt}` : '';
  const flight =
    step.flight > 0 && state !== 'CLOSED' && state !== 'ABANDONED' ? ` flight ${step.flight}${attempt},` : '';
  const from = milliseconds(fromMs - startMs);
  const until = toMs === null ? `from ${from} ms on` : `from ${from} to ${milliseconds(toMs - startMs)} ms`;
  const certainty = step.inferred ? ' (inferred)' : '';
  return `${state}${flight} ${until}: ${step.cause}${certainty}`.replace(/^(\w+) from/, '$1, from');
}

export function laneHit(
  detail: AssociationDetail,
  lane: EpochLane,
  { xOf, timeAt }: Pick<Ribbons, 'xOf' | 'timeAt'>,
  x: number,
): LaneHit | null {
  const mark = nearest(lane.marks, x, MARK_PX);
  if (mark) return { says: `${mark.says}.`.replace(/^./, (letter) => letter.toUpperCase()), record: mark.record };
  const bar = lane.bars.find((one) => one.x <= x && x < one.x + one.width);
  const near = recordsBetween(lane, timeAt(bar ? bar.x : x - TICK_PX), timeAt(bar ? bar.x + bar.width : x + TICK_PX));
  const closest = near.reduce<RecordView | undefined>(
    (best, r) => (best && Math.abs(xOf(best.timeMs) - x) <= Math.abs(xOf(r.timeMs) - x) ? best : r),
    undefined,
  );
  if (closest) {
    const { startMs } = detail.association;
    return { says: bar ? barWords(near, startMs) : recordWords(near, closest, startMs), record: closest.record };
  }
  const band = lane.bands.findLast((one) => one.x <= x && x < one.x + one.width);
  if (!band) return null;
  const from = milliseconds(timeAt(band.x) - detail.association.startMs);
  return { says: bandWords(lane, band, from), record: null };
}

/** "Missing: 0:5–6, 0:8." Said of a lane as a whole. */
export function laneWords(lane: EpochLane, names: EndpointNames): string {
  const epochs = lane.bands.map(({ epoch, keys }) => (keys ? `${epoch}` : `${epoch} without keys`)).join(', ');
  const missing = lane.missing === '' ? '' : `; missing ${lane.missing}`;
  const place = lane.captured ? '' : '; seen from afar, so when it was is inferred';
  return `${names[lane.sender]} ${lane.does} ${epochs === '' ? 'no epoch' : `epoch ${epochs}`}${missing}${place}.`;
}

function nearest<T extends { readonly x: number }>(all: readonly T[], x: number, most: number): T | null {
  return all.reduce<T | null>((best, one) => {
    const far = Math.abs(one.x - x);
    return far <= most && (!best || far < Math.abs(best.x - x)) ? one : best;
  }, null);
}

function recordsBetween({ records, times }: EpochLane, fromMs: number, toMs: number): readonly RecordView[] {
  const from = countUpTo(times, fromMs);
  // A record at the very start of the stretch belongs to it.
  const start = times[from - 1] === fromMs ? times.indexOf(fromMs, Math.max(0, from - 64)) : from;
  return records.slice(start, countUpTo(times, toMs));
}

function barWords(near: readonly RecordView[], startMs: number): string {
  const [first, last] = [near[0], near.at(-1)];
  if (!first || !last) return '';
  const time = `${milliseconds(first.timeMs - startMs)} to ${milliseconds(last.timeMs - startMs)} ms`;
  return `${near.length} records from ${time}, packets ${first.packet} to ${last.packet}.`;
}

function recordWords(near: readonly RecordView[], one: RecordView, startMs: number): string {
  const same = near.filter((r) => r.packet === one.packet && r.capture === one.capture);
  const names = [...new Set(same.map(contentName))].join(', ');
  const number = one.sequenceNumber === null ? `epoch ${one.epoch}` : `${one.epoch}:${one.sequenceNumber}`;
  const more = near.length - same.length;
  const others = more > 0 ? `, and ${more} more here` : '';
  return `Packet ${one.packet} at ${milliseconds(one.timeMs - startMs)} ms: ${names}, record ${number}${others}.`;
}

function contentName({ contents: [content] }: RecordView): string {
  if (!content) return 'record';
  if ('name' in content) return content.name;
  switch (content.kind) {
    case 'changeCipherSpec':
      return 'ChangeCipherSpec';
    case 'alert':
      return `alert ${content.description}`;
    case 'ack':
      return 'ACK';
    case 'applicationData':
      return 'application data';
    case 'malformed':
      return 'malformed record';
  }
}

function bandWords({ does }: EpochLane, { epoch, keys, inferred }: EpochLane['bands'][number], from: string): string {
  const closed = keys ? '' : ', without keys: its records stay closed';
  const what = does === 'writes' ? 'written' : 'readable';
  return `Epoch ${epoch}, ${what} from ${from} ms on${inferred ? ', as inferred' : ''}${closed}.`;
}
