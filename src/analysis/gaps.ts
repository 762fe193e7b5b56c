/**
 * Record numbers that a sender must have used and that this capture does not have. They are dense within an epoch and
 * begin at 0 (RFC 6347 §4.1), so what lies between two captured numbers was sent; what was only late fills its place.
 */
import { CONTENT_TYPE } from '../dtls/record.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { AssociationState } from './association-state.ts';
import { countUpTo, greatest } from './extremes.ts';
import type { HandshakeState } from './handshake-state.ts';
import { REASONS, type Side, STATE } from './record-table.ts';

export interface Gap {
  readonly side: Side;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  /** Captured record with the next lower number; null where the gap is at the start of the epoch. */
  readonly before: number | null;
  /** Captured record with the next higher number. */
  readonly after: number;
}

/** One captured number of a sender's epoch. */
interface Numbered {
  readonly record: number;
  readonly number: number;
}

/** A longer gap is believed only if the sender went on beyond it: one forged or damaged number proves nothing. */
const LONG_GAP = 16;

/** Gaps of every sender and epoch, ascending within each. */
export function gapsOf(trace: AnalysedTrace, { state }: AnalysedAssociation): Gap[] {
  const streams = streamsOf(trace, state);
  const around: Around = {
    trace,
    state,
    streams: new Map(streams.map((s) => [keyOf(s.side, s.epoch), s])),
    handshakes: new Map(state.handshakes.map((h) => [h.number, h])),
    begins: sawBeginning(trace, state),
    hidden: hiddenNumbers(trace, state),
  };
  return streams.flatMap((stream) => gapsIn(stream, around));
}

/** What the gaps of one stream depend on besides it. */
interface Around {
  readonly trace: AnalysedTrace;
  readonly state: AssociationState;
  readonly streams: ReadonlyMap<number, Stream>;
  readonly handshakes: ReadonlyMap<number, HandshakeState>;
  /** The capture has the first record of the association. */
  readonly begins: boolean;
  /** How many records of a side and of epochs with these two low bits have a number that cannot be read. */
  readonly hidden: ReadonlyMap<number, number>;
}

const keyOf = (side: number, epoch: number): number => epoch * 2 + side;

interface Stream {
  readonly side: Side;
  readonly epoch: number;
  /** In order of capture, each number once, without numbers that are not the sender's own. */
  readonly numbers: readonly Numbered[];
  /** Captured, but no neighbour of a gap: copied numbers, and those of records that failed authentication. */
  readonly others: ReadonlySet<number>;
}

function streamsOf(trace: AnalysedTrace, state: AssociationState): Stream[] {
  const c = trace.records.columns;
  const failed = REASONS.indexOf('authentication-failed') + 1;
  const streams = new Map<number, { numbers: Numbered[]; others: Set<number>; seen: Set<number> }>();
  for (const record of state.records) {
    const number = c.sequenceNumber[record] ?? Number.NaN;
    if (Number.isNaN(number)) continue;
    const key = keyOf(c.side[record] ?? 0, c.epoch[record] ?? 0);
    let stream = streams.get(key);
    if (!stream) {
      stream = { numbers: [], others: new Set(), seen: new Set() };
      streams.set(key, stream);
    }
    const forged = c.state[record] === STATE.undecryptable && c.reason[record] === failed;
    if (forged || isRetryRequest(state, record)) stream.others.add(number);
    else if (!stream.seen.has(number)) {
      stream.seen.add(number);
      stream.numbers.push({ record, number });
    }
  }
  return [...streams]
    .sort(([a], [b]) => a - b)
    .map(([key, { numbers, others }]) => ({ side: key % 2 === 0 ? 0 : 1, epoch: key >> 1, numbers, others }));
}

/** Their number is that of the ClientHello they answer (RFC 6347 §4.2.1). */
function isRetryRequest(state: AssociationState, record: number): boolean {
  return (state.carried.get(record) ?? []).some(
    (item) =>
      item.kind === 'fragment' &&
      (item.type === HANDSHAKE_TYPE.helloVerifyRequest ||
        (item.message?.decoded?.type === 'ServerHello' && item.message.decoded.isHelloRetryRequest)),
  );
}

function gapsIn(stream: Stream, around: Around): Gap[] {
  const { side, epoch, others } = stream;
  if (stream.numbers.length === 0 || countsOn(stream, around)) return [];
  const ascending = stream.numbers.toSorted((a, b) => a.number - b.number);
  const isBelievable = believable(stream.numbers, ascending);
  const skipped = [...others].sort((a, b) => a - b);
  const gaps: Gap[] = [];
  let before: number | null = null;
  let next = startOfEpoch(stream, ascending, around) ?? ascending[0]?.number ?? 0;
  let passed = countUpTo(skipped, next - 1);
  for (const [i, { record, number }] of ascending.entries()) {
    const believed = isBelievable(i);
    while (next < number) {
      // Up to the next number that was captured, if only in a record that proves nothing.
      const end = Math.min(number, skipped[passed] ?? number);
      if (believed && end > next) gaps.push({ side, epoch, from: next, to: end - 1, before, after: record });
      next = end < number ? end + 1 : number;
      if (skipped[passed] === end) passed++;
    }
    before = record;
    next = number + 1;
  }
  // Records that stayed closed have numbers of their own, and these may be the ones that seem to be missing.
  const missing = gaps.reduce((n, g) => n + g.to - g.from + 1, 0);
  const closed = around.state.isVersion13 && epoch > 0 ? (around.hidden.get(keyOf(side, epoch & 3)) ?? 0) : 0;
  return closed > 0 && closed >= missing ? [] : gaps;
}

/**
 * Some stacks count on from where the epoch before ended, beginning with its Finished: their numbers prove no gap at the
 * start of an epoch.
 */
function countsOn({ side, epoch, numbers }: Stream, { trace, streams }: Around): boolean {
  const earlier = epoch > 0 ? streams.get(keyOf(side, epoch - 1)) : undefined;
  const [first] = numbers;
  if (!earlier || !first || first.number <= 1) return false;
  const isHandshake = trace.records.columns.contentType[first.record] === CONTENT_TYPE.handshake;
  return isHandshake && first.number === greatest(earlier.numbers.map((n) => n.number)) + 1;
}

/**
 * A sender's counter never goes back. Where its later records all lie below a gap, what lies above has a number that
 * was made up, and nothing is missing in between.
 * @returns whether the gap before the i-th of the ascending numbers is one.
 */
function believable(captured: readonly Numbered[], ascending: readonly Numbered[]): (i: number) => boolean {
  /** By place in `ascending`: the last place, in order of capture, of this number and all above it. */
  const lastAbove = new Array<number>(ascending.length + 1).fill(-1);
  const place = new Map(captured.map(({ record }, at) => [record, at]));
  for (let i = ascending.length - 1; i >= 0; i--)
    lastAbove[i] = Math.max(lastAbove[i + 1] ?? -1, place.get(ascending[i]?.record ?? -1) ?? -1);
  return (i) => {
    const [number, previous] = [ascending[i]?.number ?? 0, ascending[i - 1]?.number ?? -1];
    const lengthOfGap = number - previous - 1;
    const lowerAfter = captured.length - 1 - (lastAbove[i] ?? 0);
    if (lowerAfter >= 2 && lengthOfGap > 1) return false;
    if (lengthOfGap < LONG_GAP) return true;
    const following = ascending[i + 1];
    return lowerAfter === 0 && following !== undefined && following.number - number < LONG_GAP;
  };
}

function hiddenNumbers(trace: AnalysedTrace, { records }: AssociationState): ReadonlyMap<number, number> {
  const c = trace.records.columns;
  const hidden = new Map<number, number>();
  for (const record of records) {
    if (!Number.isNaN(c.sequenceNumber[record])) continue;
    const key = keyOf(c.side[record] ?? 0, (c.epoch[record] ?? 0) & 3);
    hidden.set(key, (hidden.get(key) ?? 0) + 1);
  }
  return hidden;
}

/** The number that the epoch began with, if the capture shows that it was running then; else null. */
function startOfEpoch(
  { side, epoch }: Stream,
  ascending: readonly Numbered[],
  { trace, state, streams, begins, handshakes }: Around,
): number | null {
  const [first] = ascending;
  if (!first || !begins) return null;
  const own = side === 1 ? ownStart(state, trace, streams) : null;
  if (epoch === 0) return side === 0 ? 0 : serverStart(trace, state, first, own, streams);
  if (own !== null) return null;
  const handshake = handshakes.get(state.isVersion13 ? 1 : epoch);
  const shown = (handshake?.messages.length ?? 0) > 0 || (handshake?.unnumbered.length ?? 0) > 0;
  return shown ? 0 : null;
}

/** The first record of the association is a first ClientHello. */
function sawBeginning(trace: AnalysedTrace, state: AssociationState): boolean {
  const [first] = state.records;
  if (first === undefined || !state.rolesKnown || trace.records.columns.epoch[first] !== 0) return false;
  return (state.carried.get(first) ?? []).some(
    (item) => item.kind === 'fragment' && item.type === HANDSHAKE_TYPE.clientHello && item.messageSeq === 0,
  );
}

/** Numbers of the records with which the ClientHellos before it begin; ascending. */
function helloNumbers(trace: AnalysedTrace, state: AssociationState, before: number): number[] {
  const c = trace.records.columns;
  return state.handshakes
    .flatMap((h) => h.messages)
    .filter((m) => m.side === 0 && m.type === HANDSHAKE_TYPE.clientHello && m.epoch === 0)
    .flatMap((m) => m.appearances.filter((a) => a.from === 0).map((a) => a.record))
    .filter((r) => r < before)
    .map((r) => c.sequenceNumber[r] ?? 0)
    .sort((a, b) => a - b);
}

/** The number of a HelloVerifyRequest that is no ClientHello's: its server counts by itself, and not from 0. */
function ownStart(state: AssociationState, trace: AnalysedTrace, streams: Around['streams']): number | null {
  const requests = streams.get(keyOf(1, 0))?.others ?? new Set();
  if (requests.size === 0) return null;
  const hellos = new Set(helloNumbers(trace, state, Number.POSITIVE_INFINITY));
  const own = [...requests].filter((n) => n > 0 && !hellos.has(n));
  return own.length > 0 ? greatest(own) : null;
}

/**
 * A server that keeps no state before the cookie begins with the number of the ClientHello that it answers; others
 * begin at 0. Null where the first captured number is such a beginning, or nothing tells.
 */
function serverStart(
  trace: AnalysedTrace,
  state: AssociationState,
  first: Numbered,
  own: number | null,
  streams: Around['streams'],
): number | null {
  if (first.number === 0) return null;
  const hellos = helloNumbers(trace, state, first.record);
  if (hellos.includes(first.number)) return null;
  // It may be that of a ClientHello that is missing itself.
  const captured = streams.get(keyOf(0, 0))?.numbers ?? [];
  if (!captured.some((n) => n.number === first.number) && captured.some((n) => n.number > first.number)) return null;
  const copied = hellos[countUpTo(hellos, first.number) - 1] ?? null;
  return own !== null && own < first.number ? Math.max(own + 1, copied ?? 0) : copied;
}
