/** From a number that a reader has elsewhere, such as a packet of another tool, to the record and its association. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { CaptureSummary } from './trace.ts';

export type Sought =
  | { readonly by: 'record'; readonly record: number }
  /** `captures` are the indexes of those that are meant, `called` what the reader calls the packet. */
  | { readonly by: 'packet'; readonly packet: number; readonly captures: readonly number[]; readonly called: string };

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
  return sought.by === 'record' ? byNumber(trace, sought.record) : byPacket(trace, captures, sought, near);
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
    const datagram = trace.datagramOf(i);
    for (const seen of [datagram, datagram.transit?.arrival]) {
      if (!seen || !meant.includes(seen.capture)) continue;
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
