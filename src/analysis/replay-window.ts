/**
 * The anti-replay window of RFC 6347 §4.1.2.6 (RFC 9147 §4.5.1), and what a receiver with one would have thrown away:
 * one window of 64 for each direction and epoch, moved by records in the order in which they arrived, and only by
 * those that it would have accepted.
 */
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { AssociationState } from './association-state.ts';
import { DUPLICATE_ORIGINS, REASONS, SENDERS, type Side, STATE } from './record-table.ts';
import type { ReplayDropView } from './story.ts';

/** RFC 6347 §4.1.2.6: at least 32, preferably 64. */
const WINDOW = 64;

export function replayDropsOf(trace: AnalysedTrace, { state }: AnalysedAssociation): readonly ReplayDropView[] {
  const c = trace.records.columns;
  const windows = new Map<number, ReplayWindow>();
  const drops: ReplayDropView[] = [];
  for (const record of inOrderOfArrival(trace, state.records)) {
    const sequenceNumber = c.sequenceNumber[record] ?? Number.NaN;
    if (Number.isNaN(sequenceNumber) || !isPlausible(trace, state, record)) continue;
    const side: Side = c.side[record] === 0 ? 0 : 1;
    const epoch = c.epoch[record] ?? 0;
    const key = epoch * 2 + side;
    const window = windows.get(key) ?? new ReplayWindow();
    windows.set(key, window);
    const why = window.take(sequenceNumber);
    if (why) drops.push({ record: record + 1, sender: SENDERS[side] ?? 'client', epoch, sequenceNumber, why });
  }
  return drops;
}

class ReplayWindow {
  /** The last number that was seen in each of 64 places. */
  readonly #seen = new Float64Array(WINDOW).fill(-1);
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
  const arrived: { record: number; atMs: number }[] = [];
  let sorted = true;
  for (const record of records) {
    const atMs = trace.datagramOf(record).transit ? trace.arrivalMs(record) : trace.timeMs(record);
    if (atMs === null) continue;
    sorted &&= atMs >= (arrived.at(-1)?.atMs ?? atMs);
    arrived.push({ record, atMs });
  }
  if (!sorted) arrived.sort((a, b) => a.atMs - b.atMs || a.record - b.record);
  return arrived.map((a) => a.record);
}

/** Whether the receiver got this far with it: it came once for each time it is shown, and its authentication held. */
function isPlausible(trace: AnalysedTrace, state: AssociationState, record: number): boolean {
  const c = trace.records.columns;
  const { transit } = trace.datagramOf(record);
  // Where the point near the sender lacks it, the network made the copy, however soon it came.
  const madeOnTheWay = transit?.proven === true && transit.sentNs === null;
  const origin = DUPLICATE_ORIGINS[(c.duplicateOrigin[record] ?? 0) - 1];
  if (origin === 'capture' && !madeOnTheWay) return false;
  if (c.state[record] === STATE.malformed) return false;
  if (REASONS[(c.reason[record] ?? 0) - 1] === 'authentication-failed') return false;
  // It carries the number of the ClientHello that it answers, which its server forgot at once (RFC 6347 §4.2.1).
  return !(state.carried.get(record) ?? []).some(
    (item) => item.kind === 'fragment' && item.type === HANDSHAKE_TYPE.helloVerifyRequest,
  );
}
