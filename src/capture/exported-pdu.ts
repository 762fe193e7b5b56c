/** What Wireshark's "Export PDUs" writes: tags that tell protocol, addresses and ports, then the bytes of one protocol. */
import { ip4Text, ip6Text } from './address.ts';
import { uint16, uint32 } from './big-endian.ts';
import { type Frame, IP4, IP6, type LayerKind, LINK, NOTHING, NOWHERE, PAYLOAD } from './frame.ts';

/** Tags of `EXP_PDU_TAG_…` in Wireshark's wsutil/exported_pdu_tlvs.h. */
const END = 0;
const LINK_TYPE = 11;
const PROTOCOL = 12;
const HEURISTIC = 13;
const SOURCE_4 = 20;
const DESTINATION_4 = 21;
const SOURCE_6 = 22;
const DESTINATION_6 = 23;
const PORT_TYPE = 24;
const SOURCE_PORT = 25;
const DESTINATION_PORT = 26;

/** Port types other than none and UDP have nothing for us. */
const PORT_NONE = 0;
const PORT_UDP = 3;

/** Protocols that are layers of their own, by Wireshark's name. */
const PROTOCOLS: ReadonlyMap<string, LayerKind> = new Map([
  ['ip', IP4],
  ['ipv6', IP6],
  ['eth', LINK + 1],
  ['eth_withoutfcs', LINK + 1],
  ['eth_maybefcs', LINK + 1],
  ['wlan', LINK + 105],
  ['wlan_withoutfcs', LINK + 105],
  ['ppp', LINK + 9],
]);

export function exportedPdu(frame: Frame): LayerKind {
  const { bytes } = frame;
  let source = NOWHERE;
  let destination = NOWHERE;
  let portType = PORT_NONE;
  let inside = PAYLOAD;
  while (frame.from + 4 <= frame.to) {
    const tag = uint16(bytes, frame.from);
    const length = uint16(bytes, frame.from + 2);
    const at = frame.from + 4;
    if (!frame.skip(4 + length)) return NOTHING;
    if (tag === END) {
      frame.source = source;
      frame.destination = destination;
      return portType === PORT_NONE || portType === PORT_UDP ? inside : NOTHING;
    }
    if (tag === LINK_TYPE && length === 2) inside = LINK + uint16(bytes, at);
    else if (tag === PROTOCOL || tag === HEURISTIC) inside = PROTOCOLS.get(name(bytes, at, length)) ?? PAYLOAD;
    else if (tag === PORT_TYPE && length === 4) portType = uint32(bytes, at);
    else if (tag === SOURCE_PORT && length === 4) source = { ...source, port: uint32(bytes, at) & 0xffff };
    else if (tag === DESTINATION_PORT && length === 4)
      destination = { ...destination, port: uint32(bytes, at) & 0xffff };
    else if (tag === SOURCE_4 && length === 4) source = { ...source, address: ip4Text(bytes, at) };
    else if (tag === DESTINATION_4 && length === 4) destination = { ...destination, address: ip4Text(bytes, at) };
    else if (tag === SOURCE_6 && length === 16) source = { ...source, address: ip6Text(bytes, at) };
    else if (tag === DESTINATION_6 && length === 16) destination = { ...destination, address: ip6Text(bytes, at) };
  }
  return NOTHING;
}

/** ASCII, filled up with zeros. */
function name(bytes: Uint8Array, at: number, length: number): string {
  const end = bytes.subarray(at, at + length).indexOf(0);
  return String.fromCharCode(...bytes.subarray(at, at + Math.min(end < 0 ? length : end, 64)));
}
