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
import { ascendingOf, believable, type Numbered } from './numbers-in-order.ts';
import type { Side } from './record-table.ts';
import { isDense, isUnproven, type Stream, type Streams, streamKey, streamsOf } from './streams.ts';

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

/** Gaps of every sender and epoch, ascending within each. */
export function gapsOf(trace: AnalysedTrace, { state }: AnalysedAssociation): Gap[] {
  const around = new Around(trace, state);
  return around.streams.all.flatMap((stream) => (isWhole(stream, around) ? [] : gapsIn(stream, around)));
}

/** As most are: every number was captured, from the one that the epoch began with to the last. */
function isWhole(stream: Stream, around: Around): boolean {
  if (stream.unproven > 0 || !isDense(stream)) return false;
  if (stream.numbered === 0) return true;
  const start = startOfEpoch(stream, stream.lowest, stream.first, around);
  return start === null || start >= stream.lowest;
}

/** What the gaps of one stream depend on besides it. */
class Around {
  readonly trace: AnalysedTrace;
  readonly state: AssociationState;
  readonly streams: Streams;
  readonly #numbers = new Map<Stream, Numbers>();
  #hidden: ReadonlyMap<number, number> | null = null;
  #handshakes: ReadonlyMap<number, HandshakeState> | null = null;
  #begins: boolean | null = null;
  #ownStart: { readonly number: number | null } | null = null;

  constructor(trace: AnalysedTrace, state: AssociationState) {
    this.trace = trace;
    this.state = state;
    this.streams = streamsOf(trace, state);
  }

  numbersOf(stream: Stream): Numbers {
    const known = this.#numbers.get(stream);
    if (known) return known;
    const numbers = readNumbers(this.trace, this.state, stream, this.streams.recordsOf(stream));
    this.#numbers.set(stream, numbers);
    return numbers;
  }

  /** The capture has the first record of the association. */
  get begins(): boolean {
    this.#begins ??= sawBeginning(this.trace, this.state);
    return this.#begins;
  }

  /** The number of a HelloVerifyRequest that is no ClientHello's: its server counts by itself, and not from 0. */
  get ownStart(): number | null {
    this.#ownStart ??= { number: ownStart(this) };
    return this.#ownStart.number;
  }

  /** How many records of a side and of epochs with these two low bits have a number that cannot be read. */
  hidden(side: Side, bits: number): number {
    this.#hidden ??= hiddenNumbers(this.streams);
    return this.#hidden.get(streamKey(side, bits)) ?? 0;
  }

  handshake(number: number): HandshakeState | undefined {
    this.#handshakes ??= new Map(this.state.handshakes.map((h) => [h.number, h]));
    return this.#handshakes.get(number);
  }
}

function hiddenNumbers({ all }: Streams): ReadonlyMap<number, number> {
  const hidden = new Map<number, number>();
  for (const { side, epoch, records, numbered } of all) {
    const key = streamKey(side, epoch & 3);
    hidden.set(key, (hidden.get(key) ?? 0) + records - numbered);
  }
  return hidden;
}

interface Numbers {
  /** In order of capture, without numbers that are not the sender's own. */
  readonly own: readonly Numbered[];
  /** Captured, but no neighbour of a gap: copied numbers, and those of records that failed authentication. */
  readonly others: ReadonlySet<number>;
}

function readNumbers(
  trace: AnalysedTrace,
  state: AssociationState,
  { unproven }: Stream,
  records: readonly number[],
): Numbers {
  const { sequenceNumber } = trace.records.columns;
  const own: Numbered[] = [];
  const others = new Set<number>();
  for (const record of records) {
    const number = sequenceNumber.get(record);
    if (Number.isNaN(number)) continue;
    if (unproven > 0 && isUnproven(trace, state, record)) others.add(number);
    else own.push({ record, number, place: own.length });
  }
  return { own, others };
}

function gapsIn(stream: Stream, around: Around): Gap[] {
  const { side, epoch } = stream;
  const { own, others } = around.numbersOf(stream);
  const [first] = own;
  if (!first || countsOn(stream, first, around)) return [];
  const ascending = ascendingOf(stream, own);
  const isBelievable = believable(own, ascending);
  const skipped = [...others].sort((a, b) => a - b);
  const gaps: Gap[] = [];
  let before: number | null = null;
  const [lowest = first] = ascending;
  let next = startOfEpoch(stream, lowest.number, lowest.record, around) ?? lowest.number;
  let passed = countUpTo(skipped, next - 1);
  for (let i = 0; i < ascending.length; i++) {
    const { record, number } = ascending[i] ?? first;
    while (next < number) {
      // Up to the next number that was captured, if only in a record that proves nothing.
      const end = Math.min(number, skipped[passed] ?? number);
      if (end > next && isBelievable(i)) gaps.push({ side, epoch, from: next, to: end - 1, before, after: record });
      next = end < number ? end + 1 : number;
      if (skipped[passed] === end) passed++;
    }
    before = record;
    next = number + 1;
  }
  // Records that stayed closed have numbers of their own, and these may be the ones that seem to be missing.
  const missing = gaps.reduce((n, g) => n + g.to - g.from + 1, 0);
  const closed = around.state.isVersion13 && epoch > 0 ? around.hidden(side, epoch & 3) : 0;
  return closed > 0 && closed >= missing ? [] : gaps;
}

/**
 * Some stacks count on from where the epoch before ended, beginning with its Finished: their numbers prove no gap at the
 * start of an epoch.
 */
function countsOn({ side, epoch }: Stream, first: Numbered, around: Around): boolean {
  if (epoch === 0 || first.number <= 1) return false;
  const earlier = around.streams.of(side, epoch - 1);
  if (!earlier || around.trace.records.columns.contentType[first.record] !== CONTENT_TYPE.handshake) return false;
  return first.number === greatest(around.numbersOf(earlier).own.map((n) => n.number)) + 1;
}

/** The number that the epoch began with, if the capture shows that it was running then; else null. */
function startOfEpoch({ side, epoch }: Stream, lowest: number, record: number, around: Around): number | null {
  if (!around.begins) return null;
  if (epoch === 0) return side === 0 ? 0 : serverStart(lowest, record, around);
  if (side === 1 && around.ownStart !== null) return null;
  const handshake = around.handshake(around.state.isVersion13 ? 1 : epoch);
  const shown = handshake !== undefined && (handshake.messages.length > 0 || handshake.unnumbered.length > 0);
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
function helloNumbers({ trace, state }: Around, before: number): number[] {
  const c = trace.records.columns;
  const numbers: number[] = [];
  for (const { messages } of state.handshakes)
    for (const { side, type, epoch, appearances } of messages)
      if (side === 0 && type === HANDSHAKE_TYPE.clientHello && epoch === 0)
        for (const { from, record } of appearances)
          if (from === 0 && record < before) numbers.push(c.sequenceNumber.get(record));
  return numbers.sort((a, b) => a - b);
}

function ownStart(around: Around): number | null {
  const server = around.streams.of(1, 0);
  if (!server || server.unproven === 0) return null;
  const hellos = new Set(helloNumbers(around, Number.POSITIVE_INFINITY));
  const own = [...around.numbersOf(server).others].filter((n) => n > 0 && !hellos.has(n));
  return own.length > 0 ? greatest(own) : null;
}

/**
 * A server that keeps no state before the cookie begins with the number of the ClientHello that it answers; others
 * begin at 0. Null where the first captured number is such a beginning, or nothing tells.
 */
function serverStart(first: number, record: number, around: Around): number | null {
  if (first === 0) return null;
  const hellos = helloNumbers(around, record);
  if (hellos.includes(first)) return null;
  // It may be that of a ClientHello that is missing itself.
  const client = around.streams.of(0, 0);
  const captured = client ? around.numbersOf(client).own : [];
  if (!captured.some((n) => n.number === first) && captured.some((n) => n.number > first)) return null;
  const copied = hellos[countUpTo(hellos, first) - 1] ?? null;
  const own = around.ownStart;
  return own !== null && own < first ? Math.max(own + 1, copied ?? 0) : copied;
}
