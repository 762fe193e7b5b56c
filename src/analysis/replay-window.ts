/**
 * The anti-replay window of RFC 6347 §4.1.2.6 (RFC 9147 §4.5.1), and what a receiver with one would have thrown away:
 * one window of 64 for each direction and epoch, moved by records in the order in which they arrived, and only by
 * those that it would have accepted.
 */
import { CONTENT_TYPE } from '../dtls/record.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { AssociationState } from './association-state.ts';
import { arrivalOrCaptureMs, hasTransits, transitOf } from './rare-traits.ts';
import { DUPLICATE_ORIGINS, REASONS, SENDERS, STATE } from './record-table.ts';
import type { ReplayDropView } from './story.ts';
import { type Stream, streamsOf } from './streams.ts';

/** RFC 6347 §4.1.2.6: at least 32, preferably 64. */
const WINDOW = 64;

export function replayDropsOf(trace: AnalysedTrace, { state }: AnalysedAssociation): readonly ReplayDropView[] {
  const { sequenceNumber } = trace.records.columns;
  const streams = streamsOf(trace, state);
  const drops: ReplayDropView[] = [];
  for (const stream of streams.all) {
    // Where all numbers arrive in order, none is repeated or too old.
    if (stream.ascending && !hasTransits(trace)) continue;
    const window = new ReplayWindow();
    for (const record of inOrderOfArrival(trace, streams.recordsOf(stream))) {
      const number = sequenceNumber.get(record);
      if (Number.isNaN(number) || !isPlausible(trace, state, record)) continue;
      const why = window.take(number);
      if (why) drops.push(dropOf(record, stream, number, why));
    }
  }
  return drops.length > 1 ? inArrivalOf(drops, trace) : drops;
}

function dropOf(record: number, { side, epoch }: Stream, sequenceNumber: number, why: ReplayDropView['why']) {
  return { record: record + 1, sender: SENDERS[side] ?? 'client', epoch, sequenceNumber, why } as const;
}

class ReplayWindow {
  /** The last number that was seen in each of 64 places. */
  readonly #seen = new Array<number>(WINDOW).fill(-1);
  #highest = -1;

  /** Takes the number in; or says why a receiver would not. */
  take(number: number): ReplayDropView['why'] | null {
    if (number <= this.#highest - WINDOW) return 'too-old';
    const place = number % WINDOW;
    if (this.#seen[place] === number) return 'repeated';
    this.#seen[place] = number;
    this.#highest = Math.max(this.#highest, number);
    return null;
  }
}

/** With two capture points: the arrival at the one near the receiver, and without what never got there. */
function inOrderOfArrival(trace: AnalysedTrace, records: readonly number[]): readonly number[] {
  if (!hasTransits(trace)) return records;
  const arrived = records.flatMap((record) => {
    const atMs = arrivalOrCaptureMs(trace, record);
    return atMs === null ? [] : [{ record, atMs }];
  });
  return arrived.sort((a, b) => a.atMs - b.atMs || a.record - b.record).map((a) => a.record);
}

function inArrivalOf(drops: readonly ReplayDropView[], trace: AnalysedTrace): readonly ReplayDropView[] {
  const place = new Map(
    inOrderOfArrival(
      trace,
      drops.map((d) => d.record - 1).sort((a, b) => a - b),
    ).map((record, i) => [record + 1, i]),
  );
  return drops.toSorted((a, b) => (place.get(a.record) ?? 0) - (place.get(b.record) ?? 0));
}

/** Whether the receiver got this far with it: it came once for each time it is shown, and its authentication held. */
function isPlausible(trace: AnalysedTrace, state: AssociationState, record: number): boolean {
  const c = trace.records.columns;
  const transit = transitOf(trace, record);
  // Where the point near the sender lacks it, the network made the copy, however soon it came.
  const madeOnTheWay = transit?.proven === true && transit.sentNs === null;
  const origin = DUPLICATE_ORIGINS[c.duplicateOrigin.get(record) - 1];
  if (origin === 'capture' && !madeOnTheWay) return false;
  if (c.state[record] === STATE.malformed) return false;
  if (REASONS[(c.reason[record] ?? 0) - 1] === 'authentication-failed') return false;
  const type = c.contentType[record];
  if (type !== CONTENT_TYPE.handshake && type !== CONTENT_TYPE.tls12Cid) return true;
  // It carries the number of the ClientHello that it answers, which its server forgot at once (RFC 6347 §4.2.1).
  return !(state.carried.get(record) ?? []).some(
    (item) => item.kind === 'fragment' && item.type === HANDSHAKE_TYPE.helloVerifyRequest,
  );
}
