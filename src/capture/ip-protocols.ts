/**
 * What an IP packet leads to that is neither UDP, TCP nor SCTP, by its protocol number
 * (https://www.iana.org/assignments/protocol-numbers). Adding one is one row.
 */
import { uint16 } from './big-endian.ts';
import { ETHERNET, type Frame, IP4, IP6, type Layer, type LayerKind, NOTHING } from './frame.ts';
import { gre } from './gre.ts';

export const IP_PROTOCOLS: ReadonlyMap<number, Layer> = new Map<number, Layer>([
  [4, { name: 'IP-in-IP', carrier: true, strip: () => IP4 }],
  [41, { name: 'IP-in-IP', carrier: true, strip: () => IP6 }],
  [47, { name: 'GRE', carrier: true, strip: gre }],
  [97, { name: 'EtherIP', carrier: true, strip: etherIp }],
  // The label stack enters its own name (RFC 4023).
  [137, { name: 'MPLS in IP', strip: () => 0x8847 }],
]);

/** Version 3 and 12 reserved bits (RFC 3378 §4). */
function etherIp(frame: Frame): LayerKind {
  const at = frame.from;
  return frame.skip(2) && uint16(frame.bytes, at) === 0x3000 ? ETHERNET : NOTHING;
}
