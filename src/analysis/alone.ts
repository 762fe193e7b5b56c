/** What one of two capture points tells of an association if the other is left out. */
import { ListedDatagrams } from '../capture/datagram-list.ts';
import { oneStream } from './points/one-stream.ts';
import type { AssociationDetail } from './trace.ts';
import { NOTHING_OPEN, type WhatIsOpen } from './what-is-open.ts';
import { workedOut } from './working-out.ts';

/**
 * By the captures of that point; null where it has nothing of the association. Only its own datagrams are read again, so
 * this is quick.
 */
export function detailAlone(
  open: WhatIsOpen,
  captures: readonly number[],
  whole: AssociationDetail,
): AssociationDetail | null {
  const own = ofDatagrams(open, captures, packetsOf(whole));
  const analysis = workedOut(own, oneStream(own.captures, own.ports));
  // The path may have moved; then the longest piece stands for it.
  const [longest] = analysis.summary().associations.toSorted((a, b) => b.records.total - a.records.total);
  return longest ? analysis.detail(longest.id) : null;
}

/** The same keys and some of the datagrams, in captures that keep the order they have. */
function ofDatagrams(open: WhatIsOpen, captures: readonly number[], packets: ReadonlySet<string>): WhatIsOpen {
  const { keys, ports } = open;
  return {
    ...NOTHING_OPEN,
    keys,
    ports,
    captures: captures.flatMap((index, capture) => {
      const whole = open.captures[index];
      if (!whole) return [];
      const datagrams = [...whole.datagrams].filter((d) => packets.has(packetName(d)));
      return [{ ...whole, datagrams: new ListedDatagrams(datagrams.map((d) => ({ ...d, capture }))) }];
    }),
  };
}

const packetName = ({ capture, packet }: { readonly capture: number; readonly packet: number }): string =>
  `${capture} ${packet}`;

/** Packets of an association at either point. */
function packetsOf({ records }: AssociationDetail): ReadonlySet<string> {
  return new Set(records.flatMap((record) => [record, ...(record.arrival ? [record.arrival] : [])].map(packetName)));
}
