/** From a number that a reader has elsewhere, such as a packet of another tool, to the record and its association. */
import type { Sighting } from '../capture/datagram.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { associationIndex } from './association-id.ts';
import type { CaptureSummary } from './trace.ts';

export type Sought =
  | { readonly by: 'record'; readonly record: number }
  /** `captures` are the indexes of those that are meant, `called` what the reader calls the packet. */
  | { readonly by: 'packet'; readonly packet: number; readonly captures: readonly number[]; readonly called: string }
  /** Ms since the first packet of the trace: the record of the association that is nearest. */
  | { readonly by: 'time'; readonly timeMs: number; readonly association: string };

export interface Found {
  readonly association: string;
  readonly record: number;
}

/** The record, in the association `near` where several fit; else a sentence that says what there is. */
export function findRecord(
  trace: AnalysedTrace,
  captures: readonly CaptureSummary[],
  sought: Sought,
  near: string | null,
): Found | string {
  switch (sought.by) {
    case 'record':
      return byNumber(trace, sought.record);
    case 'packet':
      return byPacket(trace, captures, sought, near);
    case 'time':
      return byTime(trace, sought);
  }
}

function byNumber(trace: AnalysedTrace, record: number): Found | string {
  const { count } = trace.records;
  if (record < 1 || record > count) return `There is no record ${record}: this trace has ${range('record', count)}.`;
  return ownerOf(trace, record - 1) ?? `Record ${record} belongs to no association.`;
}

function byPacket(
  trace: AnalysedTrace,
  captures: readonly CaptureSummary[],
  { packet, captures: meant, called }: Extract<Sought, { readonly by: 'packet' }>,
  near: string | null,
): Found | string {
  const last = Math.max(0, ...meant.map((capture) => captures[capture]?.packets ?? 0));
  if (packet < 1 || packet > last) return `There is no packet ${called}: the capture has ${range('packet', last)}.`;
  let first: Found | null = null;
  let next = Number.POSITIVE_INFINITY;
  for (let i = 0; i < trace.records.count; i++) {
    for (const seen of sightings(trace, i)) {
      if (!meant.includes(seen.capture)) continue;
      if (seen.packet > packet) next = Math.min(next, seen.packet);
      if (seen.packet !== packet) continue;
      const found = ownerOf(trace, i);
      if (found?.association === near) return found;
      first ??= found;
    }
  }
  if (first) return first;
  const after = next < Number.POSITIVE_INFINITY ? ` The next one that does is packet ${next}.` : '';
  return `Packet ${called} carries no DTLS record.${after}`;
}

/** Where it was captured: at one point, or at two. */
function sightings(trace: AnalysedTrace, record: number): readonly Pick<Sighting, 'capture' | 'packet'>[] {
  const { datagrams, records } = trace;
  const index = records.columns.datagram.get(record);
  if (datagrams.plain(index)) return [{ capture: datagrams.capture, packet: datagrams.packet(index) }];
  const datagram = datagrams.at(index);
  const arrival = datagram.transit?.arrival;
  return arrival ? [datagram, arrival] : [datagram];
}

function byTime(
  trace: AnalysedTrace,
  { timeMs, association }: Extract<Sought, { readonly by: 'time' }>,
): Found | string {
  const records = trace.analysed[associationIndex(association)]?.state.records;
  if (!records || records.length === 0) return `There is no ${association} with records.`;
  let [low, high] = [0, records.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (trace.timeMs(records[middle] ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [records[Math.max(0, low - 1)] ?? 0, records[low] ?? 0];
  const isBefore = timeMs - trace.timeMs(before) < trace.timeMs(after) - timeMs;
  return { association, record: (isBefore ? before : after) + 1 };
}

function ownerOf(trace: AnalysedTrace, index: number): Found | null {
  const analysed = holderOf(trace, index);
  return analysed && { association: analysed.state.id, record: index + 1 };
}

/** The association that a record belongs to, by index; null also where there is no such record. */
export function holderOf(trace: AnalysedTrace, index: number): AnalysedAssociation | null {
  if (!Number.isInteger(index) || index < 0 || index >= trace.records.count) return null;
  return trace.analysed[trace.records.columns.association[index] ?? -1] ?? null;
}

function range(noun: string, count: number): string {
  if (count === 0) return `no ${noun}s`;
  return count === 1 ? `one ${noun}` : `${noun}s 1 to ${count}`;
}
