/** What rules ask of the datagrams of an association, each looked at once. */

import type { AnalysedTrace } from '../analyse.ts';
import type { RecordList } from '../record-list.ts';

export interface DatagramFacts {
  /** The first record whose packet was not captured whole, and how many records there are in such packets. */
  readonly cutShort: { readonly first: number; readonly records: number } | null;
  /** Captures that hold a part of the association, in order of their first record of it. */
  readonly captures: readonly number[];
}

/** @param allPlain all datagrams of the trace are of one capture, and say no more than its columns do. */
export function datagramFacts(trace: AnalysedTrace, records: RecordList, allPlain: boolean): DatagramFacts {
  const { datagram } = trace.records.columns;
  const { datagrams } = trace;
  if (allPlain && !datagrams.hasCut) return { cutShort: null, captures: [datagrams.capture] };
  const captures: number[] = [];
  let first: number | null = null;
  let cut = 0;
  let last = -1;
  let lastIsCut = false;
  for (const record of records) {
    const index = datagram.get(record);
    if (index !== last) {
      last = index;
      const capture = datagrams.plain(index) === null ? datagrams.at(index).capture : datagrams.capture;
      if (!captures.includes(capture)) captures.push(capture);
      lastIsCut = datagrams.missing(index) > 0;
    }
    if (!lastIsCut) continue;
    first ??= record;
    cut++;
  }
  return { cutShort: first === null ? null : { first, records: cut }, captures };
}
