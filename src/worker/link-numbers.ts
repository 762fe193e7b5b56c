/** The same records under two numberings: a shared trace holds fewer, and counts anew. */
import type { AssociationDetail, RecordView } from '../analysis/trace.ts';
import type { LinkNumbers } from './sharing-protocol.ts';

const placeName = ({ capture, packet, inDatagram }: RecordView): string => `${capture} ${packet} ${inDatagram}`;

export function linkNumbers(open: readonly AssociationDetail[], shared: readonly AssociationDetail[]): LinkNumbers {
  const places = new Map<string, { readonly association: string; readonly record: number }>();
  for (const { association, records } of shared)
    for (const record of records) places.set(placeName(record), { association: association.id, record: record.record });
  const associations: (readonly [string, string])[] = [];
  const numbers: (readonly [number, number])[] = [];
  for (const { association, records } of open) {
    const found = records.flatMap((record) => {
      const there = places.get(placeName(record));
      return there ? [{ ...there, open: record.record }] : [];
    });
    const [first] = found;
    if (first) associations.push([association.id, first.association]);
    for (const { open: number, record } of found) numbers.push([number, record]);
  }
  return { associations, records: numbers };
}
