/**
 * Tunnels inside UDP, by the port of the outer datagram. A port alone proves nothing: `strip` looks at the header,
 * and if nothing is found inside, the datagram counts as it is. Adding a tunnel is one row.
 */
import { uint8, uint16 } from './big-endian.ts';
import { NEXT_PROTOCOLS } from './ether-types.ts';
import { ETHERNET, type Frame, IEEE802154, IP4, IP6, type Layer, type LayerKind, NOTHING, PPP, WLAN } from './frame.ts';
import { gre } from './gre.ts';
import { looksLikeEthernet, looksLikeIp } from './plausible.ts';

const MPLS = 0x8847;
const MOST_EXTENSIONS = 16;
const MOST_TAGS = 64;

const VXLAN: Layer = { name: 'VXLAN', carrier: true, strip: vxlan };

export const UDP_TUNNELS: ReadonlyMap<number, Layer> = new Map<number, Layer>([
  [1701, { name: 'L2TP', carrier: true, strip: l2tp }],
  [2152, { name: 'GTP-U', carrier: true, strip: gtp }],
  [3544, { name: 'Teredo', carrier: true, strip: ip }],
  [4754, { name: 'GRE', carrier: true, strip: gre }],
  [4789, VXLAN],
  [4790, { name: 'VXLAN-GPE', carrier: true, strip: vxlanGpe }],
  [6081, { name: 'Geneve', carrier: true, strip: geneve }],
  // The label stack enters its own name (RFC 7510).
  [6635, { name: 'MPLS in UDP', strip: () => MPLS }],
  // The port that Linux used before VXLAN had one, and that flannel and Cilium still use.
  [8472, VXLAN],
  [17754, { name: 'ZEP', carrier: true, strip: zep }],
  [37008, { name: 'TZSP', carrier: true, strip: tzsp }],
]);

function ip(frame: Frame): LayerKind {
  const version = looksLikeIp(frame, frame.from);
  return version === 4 ? IP4 : version === 6 ? IP6 : NOTHING;
}

/** Flags with I set, or G too for a group policy; the last byte is reserved (RFC 7348 §5). */
function vxlan(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  if (!frame.skip(8) || (uint8(bytes, at) & 0x7f) !== 0x08 || uint8(bytes, at + 7) !== 0) return NOTHING;
  return ETHERNET;
}

/** Like VXLAN with a P flag and then a next protocol in byte 3 (draft-ietf-nvo3-vxlan-gpe §3.1). */
function vxlanGpe(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  const flags = uint8(bytes, at);
  if (!frame.skip(8) || (flags & 0xf8) !== 0x08 || uint8(bytes, at + 7) !== 0) return NOTHING;
  return flags & 4 ? (NEXT_PROTOCOLS.get(uint8(bytes, at + 3)) ?? NOTHING) : ETHERNET;
}

/** Version 0, options counted in 4 bytes, an EtherType (RFC 8926 §3.4). */
function geneve(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  const first = uint8(bytes, at);
  const wrong = first >> 6 !== 0 || uint8(bytes, at + 1) & 0x3f || uint8(bytes, at + 7) !== 0;
  return !wrong && frame.skip(8 + (first & 0x3f) * 4) ? uint16(bytes, at + 2) : NOTHING;
}

/** A G-PDU of version 1 with its extension headers (3GPP TS 29.281 §5.1, §5.2). */
function gtp(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  const flags = uint8(bytes, at);
  if (flags >> 4 !== 3 || uint8(bytes, at + 1) !== 255 || !frame.skip(8)) return NOTHING;
  const length = uint16(bytes, at + 2);
  if (length > frame.wireTo - frame.from) return NOTHING;
  frame.endAt(frame.from + length);
  if (flags & 7) {
    if (!frame.skip(4)) return NOTHING;
    let next = flags & 4 ? uint8(bytes, frame.from - 1) : 0;
    for (let count = 0; next !== 0; count++) {
      const extension = uint8(bytes, frame.from) * 4;
      if (extension === 0 || count === MOST_EXTENSIONS || !frame.skip(extension)) return NOTHING;
      next = uint8(bytes, frame.from - 1);
    }
  }
  // Only the control plane knows whether a session is of IP packets or of Ethernet frames.
  return ip(frame) || (looksLikeEthernet(frame, frame.from) ? ETHERNET : NOTHING);
}

/** A data message of version 2 (RFC 2661 §3.1). */
function l2tp(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  const flags = uint16(bytes, at);
  if ((flags & 0x800f) !== 2) return NOTHING;
  let length = 6;
  if (flags & 0x4000) length += 2;
  if (flags & 0x0800) length += 4;
  if (flags & 0x0200) length += 2 + uint16(bytes, at + length);
  return frame.skip(length) ? PPP : NOTHING;
}

/** TaZmen sniffer protocol: version 1, a received frame, its protocol, then tags up to an end tag. */
function tzsp(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  if (uint16(bytes, at) !== 0x0100 || !frame.skip(4)) return NOTHING;
  for (let count = 0; count < MOST_TAGS; count++) {
    const tag = uint8(bytes, frame.from);
    if (!frame.skip(1)) return NOTHING;
    if (tag === 1) {
      const protocol = uint16(bytes, at + 2);
      return protocol === 1 ? ETHERNET : protocol === 18 ? WLAN : NOTHING;
    }
    // A tag of 0 is padding; the others have a length.
    if (tag !== 0 && !frame.skip(1 + uint8(bytes, frame.from))) return NOTHING;
  }
  return NOTHING;
}

/** Zigbee encapsulation protocol: "EX", version, and in version 2 a type, then sniffer data, then 802.15.4 with FCS. */
function zep(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  if (uint16(bytes, at) !== 0x4558) return NOTHING;
  const version = uint8(bytes, at + 2);
  if (version === 1) return frame.skip(16) ? IEEE802154 : NOTHING;
  return version === 2 && uint8(bytes, at + 3) === 1 && frame.skip(32) ? IEEE802154 : NOTHING;
}
