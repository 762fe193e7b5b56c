/**
 * The records of an association, sorted in one pass over the columns: the few that each say something of their own, and
 * the mass of application data, of which most rules only ask who sent it, and under which numbers. Records are indices of
 * the trace here, in order of capture.
 */
import { cipherSuite } from '../../crypto/suites.ts';
import { CONTENT_TYPE } from '../../dtls/record.ts';
import type { AssociationState } from '../association-state.ts';
import { protectedSizes } from '../flight-parts.ts';
import { HIDDEN_TYPE, MARK, type RecordTable, type Side, STATE } from '../record-table.ts';
import type { RecordCounts } from '../trace.ts';
import { keyOf, Stream, StreamLists, UNAUTHENTIC } from './stream.ts';

/** RFC 9147 §6.1: epochs 0 to 2 are the handshake's and that of early data. */
export const FIRST_APPLICATION_EPOCH_13 = 3;
/** An ACK of one record: length(2), epoch(8) and sequence_number(8) (RFC 9147 §7). */
export const ACK_BYTES = 18;
/** RFC 9147 §4: the first byte, the sequence number and the length; a connection ID comes on top. */
const LONGEST_UNIFIED_HEADER = 5;

/** What it needs of an association. */
type Sorted = Pick<AssociationState, 'records' | 'isVersion13' | 'connectionIds' | 'carried'>;

interface Known {
  readonly cipherSuite: { readonly id: number } | null;
  readonly records: Pick<RecordCounts, 'duplicate' | 'malformed' | 'undecryptableReasons'>;
}

export class SortedRecords {
  /**
   * Application data under the keys of the handshake, or what can be nothing else, sent once and whole: how many records
   * of each side, and the first of all.
   */
  readonly plainData: { readonly count: readonly [number, number]; readonly first: number | null };
  /** All the rest: handshakes, alerts, ACKs, copies, and whatever may be one of these. */
  readonly others: readonly number[];
  /** In order of their first record. */
  readonly streams: readonly Stream[];
  readonly #byKey: ReadonlyMap<number, Stream>;

  /** @param known spares looking for what no record of the association is. */
  constructor(state: Sorted, table: RecordTable, { cipherSuite, records: counts }: Known) {
    const { side: sides, epoch: epochs, mark, state: states, reason, sequenceNumber } = table.columns;
    const lists = new StreamLists(state.records, table);
    const count: [number, number] = [0, 0];
    let first: number | null = null;
    const others: number[] = [];
    const streams: Stream[] = [];
    const byKey = new Map<number, Stream>();
    const firstEpoch = state.isVersion13 ? FIRST_APPLICATION_EPOCH_13 : 1;
    const small = largestSmallRecord(state, cipherSuite?.id ?? null);
    const hasCopies = counts.duplicate > 0;
    const allWhole = counts.malformed === 0 && counts.undecryptableReasons['authentication-failed'] === 0;
    /** By side, the one that it wrote in last. */
    const lastOf: [Stream | null, Stream | null] = [null, null];
    for (const record of state.records) {
      const side: Side = sides[record] === 1 ? 1 : 0;
      const epoch = epochs[record] ?? 0;
      let stream = lastOf[side];
      if (stream?.epoch !== epoch) {
        stream = byKey.get(keyOf(side, epoch)) ?? null;
        if (!stream) {
          stream = new Stream(side, epoch, lists);
          byKey.set(keyOf(side, epoch), stream);
          streams.push(stream);
        }
        lastOf[side] = stream;
      }
      const isCopy = hasCopies && mark[record] === MARK.duplicate;
      const isWhole = allWhole || (states[record] !== STATE.malformed && reason[record] !== UNAUTHENTIC);
      stream.add(record, sequenceNumber.get(record), isCopy, isWhole);
      if (isCopy || !isWhole || epoch < firstEpoch || !isDataOnly(state, table, record, small)) {
        others.push(record);
        continue;
      }
      count[side]++;
      first ??= record;
    }
    this.plainData = { count, first };
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

const later = (x: number | null, y: number | null): number | null =>
  x === null || y === null ? (x ?? y) : Math.max(x, y);

/** A closed record of DTLS 1.3 that is longer than this is no alert and no ACK of one record. */
function largestSmallRecord({ connectionIds }: Sorted, cipherSuiteId: number | null): number {
  const suite = cipherSuiteId === null ? undefined : cipherSuite(cipherSuiteId);
  // Without its suite nothing has the size of anything.
  if (!suite) return 0;
  const cid = Math.max(connectionIds[0][0]?.length ?? 0, connectionIds[1][0]?.length ?? 0);
  const sizes = protectedSizes(suite.tls13 ? ACK_BYTES + 1 : ACK_BYTES, suite);
  return LONGEST_UNIFIED_HEADER + cid + Math.max(0, ...sizes);
}

function isDataOnly(state: Sorted, { columns: c }: RecordTable, record: number, small: number): boolean {
  switch (c.contentType[record]) {
    case CONTENT_TYPE.applicationData:
      return true;
    case CONTENT_TYPE.tls12Cid: {
      if (c.place.get(record).flight !== 0) return false;
      const carried = state.carried.get(record);
      return carried === undefined || carried.every((item) => item.kind === 'applicationData');
    }
    case HIDDEN_TYPE:
      return (
        c.length.get(record) > small && c.place.get(record).flight === 0 && state.carried.get(record) === undefined
      );
    default:
      return false;
  }
}
