/**
 * What an EtherType other than IP leads to (https://www.iana.org/assignments/ieee-802-numbers), whether Ethernet, GRE
 * or another layer names it. Adding one is one row.
 */
import { uint8, uint16 } from './big-endian.ts';
import { ETHERNET, type Frame, IP4, IP6, type Layer, type LayerKind, NOTHING, PPP } from './frame.ts';
import { erspan2, erspan3 } from './gre.ts';
import { mpls } from './mpls.ts';
import { pppoe } from './ppp.ts';
import { untag } from './snap.ts';

export const ETHER_TYPES: ReadonlyMap<number, Layer> = new Map<number, Layer>([
  [0x22eb, { name: 'ERSPAN', carrier: true, strip: erspan3 }],
  [0x6558, { name: 'Ethernet', strip: () => ETHERNET }],
  [0x8100, { name: 'VLAN', strip: (frame) => untag(frame, 0x8100) }],
  [0x880b, { name: 'PPP', carrier: true, strip: () => PPP }],
  [0x8847, { name: 'MPLS', carrier: true, strip: mpls }],
  [0x8848, { name: 'MPLS', carrier: true, strip: mpls }],
  [0x8864, { name: 'PPPoE', carrier: true, strip: pppoe }],
  [0x88be, { name: 'ERSPAN', carrier: true, strip: erspan2 }],
  [0x88a8, { name: 'VLAN', strip: (frame) => untag(frame, 0x88a8) }],
  // Provider backbone bridging: the customer's Ethernet frame follows the service tag (IEEE 802.1ah).
  [0x88e7, { name: 'PBB', carrier: true, strip: (frame) => (frame.skip(4) ? ETHERNET : NOTHING) }],
  [0x8926, { name: 'VN-Tag', strip: (frame) => tag(frame, 4) }],
  [0x893f, { name: 'E-Tag', strip: (frame) => tag(frame, 6) }],
  [0x894f, { name: 'NSH', carrier: true, strip: nsh }],
]);

/** A tag of `length` bytes, then the EtherType of what follows. */
function tag(frame: Frame, length: number): LayerKind {
  const at = frame.from;
  return frame.skip(length + 2) ? uint16(frame.bytes, at + length) : NOTHING;
}

/** Network service header (RFC 8300 §2.2): its length counts in 4 bytes. */
export function nsh(frame: Frame): LayerKind {
  const at = frame.from;
  const length = (uint8(frame.bytes, at + 1) & 0x3f) * 4;
  if (length < 8 || !frame.skip(length)) return NOTHING;
  return NEXT_PROTOCOLS.get(uint8(frame.bytes, at + 3)) ?? NOTHING;
}

/** Next protocols of NSH (RFC 8300 §11.1.8) and of VXLAN-GPE. */
export const NEXT_PROTOCOLS: ReadonlyMap<number, LayerKind> = new Map([
  [1, IP4],
  [2, IP6],
  [3, ETHERNET],
  [4, 0x894f],
  [5, 0x8847],
]);
