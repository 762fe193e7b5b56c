/**
 * What each side of each association wrote in each epoch, summed up in one pass over all records in the order of the
 * table: most are application data, of which a sum is all that anybody wants, and records of one association lie far
 * apart, so that to visit them one association after the other takes many times as long.
 */
import { CONTENT_TYPE } from '../dtls/record.ts';
import type { AnalysedTrace } from './analyse.ts';
import type { AssociationState } from './association-state.ts';
import { Recall } from './recall.ts';
import { REASONS, type Side, STATE } from './record-table.ts';
import { SumTable } from './stream-sums.ts';

/** The records of one side in one epoch. */
export interface Stream {
  readonly side: Side;
  readonly epoch: number;
  /** Indexes, in order of capture. */
  readonly first: number;
  readonly last: number;
  readonly records: number;
  /** Places of the first and the last in the list of the association's records. */
  readonly from: number;
  readonly to: number;
  /** Records whose number can be read, and the least and the greatest of these numbers. */
  readonly numbered: number;
  readonly lowest: number;
  readonly highest: number;
  /** In order of capture, each number is greater than those before it. */
  readonly ascending: boolean;
  /** Records whose number proves nothing: it was copied, or the record failed authentication. */
  readonly unproven: number;
  readonly decrypted: number;
  /** Indexes of the records that came after their sender had moved to a later epoch. */
  readonly late: readonly number[];
}

const AUTHENTICATION_FAILED = REASONS.indexOf('authentication-failed') + 1;
/** The records of a stream lie close together where there are so many times as many around them, or fewer. */
const CLOSE = 4;

/** The key of a stream: ascending by epoch, the client first. */
export const streamKey = (side: number, epoch: number): number => epoch * 2 + side;

/** Every number between the first and the last was captured, each once and in order. */
export const isDense = ({ ascending, numbered, lowest, highest }: Stream): boolean =>
  ascending && (numbered === 0 || highest - lowest + 1 === numbered);

/** The streams of one association. */
export class Streams {
  /** Ascending by key. */
  readonly all: readonly Stream[];
  readonly #trace: AnalysedTrace;
  readonly #state: AssociationState;
  #byKey: ReadonlyMap<number, Stream> | null = null;
  #records: ReadonlyMap<number, readonly number[]> | null = null;

  constructor(trace: AnalysedTrace, state: AssociationState) {
    this.#trace = trace;
    this.#state = state;
    this.all = sumsOf(trace)
      .streamsOf(state.index)
      .sort((a, b) => streamKey(a.side, a.epoch) - streamKey(b.side, b.epoch));
  }

  of(side: Side, epoch: number): Stream | undefined {
    if (this.all.length <= FEW) return this.all.find((s) => s.side === side && s.epoch === epoch);
    this.#byKey ??= new Map(this.all.map((s) => [streamKey(s.side, s.epoch), s]));
    return this.#byKey.get(streamKey(side, epoch));
  }

  /** Indexes of the records of a stream, in order of capture. Only what is not dense has to be looked at one by one. */
  recordsOf(stream: Stream): readonly number[] {
    const { side, epoch, from, to, records } = stream;
    if (this.#records === null && to - from < CLOSE * records) return this.#between(stream);
    this.#records ??= this.#grouped();
    return this.#records.get(streamKey(side, epoch)) ?? [];
  }

  #between({ side, epoch, from, to }: Stream): readonly number[] {
    const c = this.#trace.records.columns;
    const found: number[] = [];
    for (let i = from; i <= to; i++) {
      const record = this.#state.records[i] ?? 0;
      if (c.epoch[record] === epoch && c.side[record] === side) found.push(record);
    }
    return found;
  }

  #grouped(): ReadonlyMap<number, readonly number[]> {
    const c = this.#trace.records.columns;
    const groups = new Map<number, number[]>();
    for (const record of this.#state.records) {
      const key = streamKey(c.side[record] ?? 0, c.epoch[record] ?? 0);
      const group = groups.get(key);
      if (group) group.push(record);
      else groups.set(key, [record]);
    }
    return groups;
  }
}

const FEW = 8;
const summed = new WeakMap<AnalysedTrace, SumTable>();
const told = new Recall<AssociationState, Streams>();

/** Of all associations; once for a trace. */
export function sumsOf(trace: AnalysedTrace): SumTable {
  const before = summed.get(trace);
  if (before) return before;
  const sums = new SumTable(trace.records, trace.associations.length, trace.timeMs, (association, record) => {
    const state = trace.associations[association];
    return state !== undefined && isUnproven(trace, state, record);
  });
  summed.set(trace, sums);
  return sums;
}

export function streamsOf(trace: AnalysedTrace, state: AssociationState): Streams {
  const before = told.get(state);
  if (before) return before;
  const streams = new Streams(trace, state);
  told.set(state, streams);
  return streams;
}

/** Its number is not its sender's own, or may be anybody's. */
export function isUnproven(trace: AnalysedTrace, state: AssociationState, record: number): boolean {
  const c = trace.records.columns;
  if (c.state[record] === STATE.undecryptable && c.reason[record] === AUTHENTICATION_FAILED) return true;
  const type = c.contentType[record];
  // Only these carry handshake messages.
  if (type !== CONTENT_TYPE.handshake && type !== CONTENT_TYPE.tls12Cid) return false;
  return trace.analysed[state.index]?.copiesNumber.has(record) ?? false;
}
