/**
 * What few datagrams have: a second capture point that saw them, carriers around them, several packets. Whether any datagram of the
 * trace has it is found once, so that nobody has to ask for each record.
 */

import type { Datagram } from '../capture/datagram.ts';
import type { AnalysedTrace } from './analyse.ts';
import type { RecordList } from './record-list.ts';

const withTransits = new WeakMap<AnalysedTrace, boolean>();

/** Some datagram was captured at two points. */
export function hasTransits(trace: AnalysedTrace): boolean {
  const known = withTransits.get(trace);
  if (known !== undefined) return known;
  let has = false;
  for (const { transit } of trace.datagrams.wholes()) has ||= transit !== undefined;
  withTransits.set(trace, has);
  return has;
}

/** @param record index. */
export function transitOf(trace: AnalysedTrace, record: number): Datagram['transit'] {
  return hasTransits(trace) ? trace.datagramOf(record).transit : undefined;
}

/** Where there are two points, when the record reached its receiver's: null if it never did. Else when it was captured. */
export function arrivalOrCaptureMs(trace: AnalysedTrace, record: number): number | null {
  return transitOf(trace, record) ? trace.arrivalMs(record) : trace.timeMs(record);
}

/** Packets that brought the datagram of a record: more than one where IP fragments were joined. */
export function packetsOf(trace: AnalysedTrace, record: number): number[] {
  if (trace.datagrams.plain(trace.records.columns.datagram.get(record))) return [trace.packetOf(record)];
  return [...new Set(trace.datagramOf(record).pieces.map((p) => p.packet))];
}

/** What carried these records, each once, outermost first. */
export function carriersOf(trace: AnalysedTrace, records: RecordList): string[] {
  const { datagrams } = trace;
  if (!datagrams.hasCarriers) return [];
  const { datagram } = trace.records.columns;
  const carriers = new Set<string>();
  for (const record of records) {
    const index = datagram.get(record);
    for (const carrier of (datagrams.plain(index) ?? datagrams.at(index)).carriers) carriers.add(carrier);
  }
  return [...carriers];
}
