/**
 * The records of an association, sorted in one pass over the columns: the few that each say something of their own, and
 * the mass of application data, of which most rules only ask who sent it, and under which numbers. Records are indices of
 * the trace here, in order of capture.
 */
import { cipherSuite } from '../../crypto/suites.ts';
import { CONTENT_TYPE } from '../../dtls/record.ts';
import type { AssociationState } from '../association-state.ts';
import { protectedSizes } from '../flight-parts.ts';
import { HIDDEN_TYPE, MARK, REASONS, type RecordTable, type Side, STATE } from '../record-table.ts';

/** RFC 9147 §6.1: epochs 0 to 2 are the handshake's and that of early data. */
export const FIRST_APPLICATION_EPOCH_13 = 3;
/** An ACK of one record: length(2), epoch(8) and sequence_number(8) (RFC 9147 §7). */
export const ACK_BYTES = 18;
/** RFC 9147 §4: the first byte, the sequence number and the length; a connection ID comes on top. */
const LONGEST_UNIFIED_HEADER = 5;
const UNAUTHENTIC = REASONS.indexOf('authentication-failed') + 1;

/** What one side sent in one epoch. */
export interface Stream {
  readonly side: Side;
  readonly epoch: number;
  readonly records: readonly number[];
  /** How many are no copies, made by the network or the capture. */
  readonly originals: number;
  /** Of those; null where there are only copies. */
  readonly firstOriginal: number | null;
  readonly lastOriginal: number | null;
  /** The first that says something about order: numbered, no copy, whole and authentic. */
  readonly firstNumbered: number | null;
  /** Two of those that say something about order have one number. */
  readonly repeatsNumber: boolean;
  /** Without a number, as record number encryption hides it. */
  readonly unnumbered: number;
  /** By how much a number lies above all before it, at most. */
  readonly furthestJump: number;
}

interface Growing extends Stream {
  readonly records: number[];
  originals: number;
  firstOriginal: number | null;
  lastOriginal: number | null;
  firstNumbered: number | null;
  repeatsNumber: boolean;
  unnumbered: number;
  furthestJump: number;
  /** Of all numbers, whoever wrote them. */
  highest: number;
  /** Numbers above all before them, and those that came late. */
  readonly rising: number[];
  late: Set<number> | null;
}

export class SortedRecords {
  /** Application data under the keys of the handshake, or what can be nothing else: sent once, and whole. */
  readonly plainData: readonly number[];
  /** All the rest: handshakes, alerts, ACKs, copies, and whatever may be one of these. */
  readonly others: readonly number[];
  /** In order of their first record. */
  readonly streams: readonly Stream[];
  readonly #byKey: ReadonlyMap<number, Stream>;

  constructor(state: AssociationState, table: RecordTable, cipherSuiteId: number | null) {
    const { side: sides, epoch: epochs, mark, state: states, reason, flight, sequenceNumber } = table.columns;
    const plainData: number[] = [];
    const others: number[] = [];
    const streams: Growing[] = [];
    const byKey = new Map<number, Growing>();
    const firstEpoch = state.isVersion13 ? FIRST_APPLICATION_EPOCH_13 : 1;
    const small = largestSmallRecord(state, cipherSuiteId);
    /** By side, the one that it wrote in last. */
    const lastOf: [Growing | null, Growing | null] = [null, null];
    for (const record of state.records) {
      const side: Side = sides[record] === 1 ? 1 : 0;
      const epoch = epochs[record] ?? 0;
      let stream = lastOf[side];
      if (stream?.epoch !== epoch) {
        stream = byKey.get(keyOf(side, epoch)) ?? null;
        if (!stream) {
          stream = empty(side, epoch);
          byKey.set(keyOf(side, epoch), stream);
          streams.push(stream);
        }
        lastOf[side] = stream;
      }
      const original = mark[record] !== MARK.duplicate;
      const whole = states[record] !== STATE.malformed && reason[record] !== UNAUTHENTIC;
      append(stream, record, sequenceNumber[record] ?? Number.NaN, original, whole);
      const isPlain =
        original && whole && epoch >= firstEpoch && flight[record] === 0 && isDataOnly(state, table, record, small);
      if (isPlain) plainData.push(record);
      else others.push(record);
    }
    this.plainData = plainData;
    this.others = others;
    this.streams = streams;
    this.#byKey = byKey;
  }

  stream(side: Side, epoch: number): Stream | undefined {
    return this.#byKey.get(keyOf(side, epoch));
  }

  /** Whether anything of this side was captured. */
  hasFrom(side: Side): boolean {
    return this.streams.some((s) => s.side === side);
  }

  /** The last record of a side that is no copy. */
  lastOriginal(side: Side): number | null {
    return this.streams.reduce<number | null>(
      (last, s) => (s.side === side ? later(last, s.lastOriginal) : last),
      null,
    );
  }
}

const keyOf = (side: Side, epoch: number): number => epoch * 2 + side;

const later = (x: number | null, y: number | null): number | null =>
  x === null || y === null ? (x ?? y) : Math.max(x, y);

const empty = (side: Side, epoch: number): Growing => ({
  side,
  epoch,
  records: [],
  originals: 0,
  firstOriginal: null,
  lastOriginal: null,
  firstNumbered: null,
  repeatsNumber: false,
  unnumbered: 0,
  furthestJump: 0,
  highest: Number.NaN,
  rising: [],
  late: null,
});

function append(stream: Growing, record: number, number: number, original: boolean, whole: boolean): void {
  stream.records.push(record);
  if (original) {
    stream.originals++;
    stream.firstOriginal ??= record;
    stream.lastOriginal = record;
  }
  if (Number.isNaN(number)) {
    stream.unnumbered++;
    return;
  }
  if (!(number <= stream.highest)) {
    // The first number is above none.
    if (number - stream.highest > stream.furthestJump) stream.furthestJump = number - stream.highest;
    stream.highest = number;
  }
  if (original && whole) {
    stream.firstNumbered ??= record;
    if (!stream.repeatsNumber) stream.repeatsNumber = hasCome(stream, number);
  }
}

/** Numbers mostly rise: only a late one has to be looked for. */
function hasCome(stream: Growing, number: number): boolean {
  const { rising } = stream;
  if (rising.length === 0 || number > (rising[rising.length - 1] ?? 0)) {
    rising.push(number);
    return false;
  }
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  if (rising[low] === number || stream.late?.has(number)) return true;
  stream.late ??= new Set();
  stream.late.add(number);
  return false;
}

/** A closed record of DTLS 1.3 that is longer than this is no alert and no ACK of one record. */
function largestSmallRecord({ connectionIds }: AssociationState, cipherSuiteId: number | null): number {
  const suite = cipherSuiteId === null ? undefined : cipherSuite(cipherSuiteId);
  // Without its suite nothing has the size of anything.
  if (!suite) return 0;
  const cid = Math.max(connectionIds[0][0]?.length ?? 0, connectionIds[1][0]?.length ?? 0);
  const sizes = protectedSizes(suite.tls13 ? ACK_BYTES + 1 : ACK_BYTES, suite);
  return LONGEST_UNIFIED_HEADER + cid + Math.max(0, ...sizes);
}

function isDataOnly(state: AssociationState, { columns: c }: RecordTable, record: number, small: number): boolean {
  switch (c.contentType[record]) {
    case CONTENT_TYPE.applicationData:
      return true;
    case CONTENT_TYPE.tls12Cid: {
      const carried = state.carried.get(record);
      return carried === undefined || carried.every((item) => item.kind === 'applicationData');
    }
    case HIDDEN_TYPE:
      return (c.length[record] ?? 0) > small && state.carried.get(record) === undefined;
    default:
      return false;
  }
}
