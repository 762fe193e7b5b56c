/**
 * The records of associations lie among each other in the file: for whoever goes from one association to the next, as
 * a report does, the bytes of many are read at once.
 */
import type { AnalysedTrace } from './analyse.ts';

const AHEAD_BYTES = 8 << 20;

interface Walk {
  /** Index of the association that was looked at last. */
  at: number;
  /** Those before this one were read. */
  readTo: number;
}

const walks = new WeakMap<AnalysedTrace, Walk>();

/** Called before the records of an association are looked at one after the other. */
export function readAhead(trace: AnalysedTrace, association: number): void {
  const walk = walks.get(trace) ?? { at: Number.NaN, readTo: 0 };
  walks.set(trace, walk);
  const follows = association === walk.at + 1;
  walk.at = association;
  if (follows && association >= walk.readTo) walk.readTo = gather(trace, association);
}

/** Those from this one on, as many as there is room for. Index of the first that was not read. */
function gather(trace: AnalysedTrace, first: number): number {
  const { datagram } = trace.records.columns;
  const wanted: number[] = [];
  let bytes = 0;
  let association = first;
  for (; association < trace.analysed.length && bytes < AHEAD_BYTES; association++) {
    for (const record of trace.analysed[association]?.state.records ?? []) {
      const index = datagram.get(record);
      if (wanted.at(-1) === index) continue;
      wanted.push(index);
      bytes += trace.datagrams.wireLength(index);
      if (bytes >= AHEAD_BYTES) break;
    }
  }
  trace.datagrams.gather(wanted);
  return association;
}
