/** What rules ask of the datagrams of an association, each looked at once. */

import type { AnalysedTrace } from '../analyse.ts';
import type { RecordList } from '../record-list.ts';

export interface DatagramFacts {
  /** The first record whose packet was not captured whole, and how many records there are in such packets. */
  readonly cutShort: { readonly first: number; readonly records: number } | null;
  /** Captures that hold a part of the association, in order of their first record of it. */
  readonly captures: readonly number[];
}

/** @param allPlain no datagram of the trace has anything to tell, as in most captures of one server. */
export function datagramFacts(trace: AnalysedTrace, records: RecordList, allPlain: boolean): DatagramFacts {
  const { datagram } = trace.records.columns;
  const { datagrams } = trace;
  if (allPlain) return { cutShort: null, captures: [datagrams.capture] };
  const captures: number[] = [];
  let first: number | null = null;
  let cut = 0;
  let last = -1;
  let lastIsCut = false;
  for (const record of records) {
    const index = datagram.get(record);
    if (index !== last) {
      last = index;
      // A plain one is whole.
      const whole = datagrams.plain(index) === null ? datagrams.at(index) : null;
      const capture = whole?.capture ?? datagrams.capture;
      if (!captures.includes(capture)) captures.push(capture);
      lastIsCut = (whole?.missing ?? 0) > 0;
    }
    if (!lastIsCut) continue;
    first ??= record;
    cut++;
  }
  return { cutShort: first === null ? null : { first, records: cut }, captures };
}
