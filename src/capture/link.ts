/**
 * What lies around an IP packet on the wire, by the LINKTYPE_ number of the capture
 * (https://www.tcpdump.org/linktypes.html). Adding a link type is one row in `LINK_LAYERS`.
 */
import { uint16, uint32 } from './big-endian.ts';
import { exportedPdu } from './exported-pdu.ts';
import { type Frame, IP4, IP6, type Layer, type LayerKind, NOTHING } from './frame.ts';
import { ieee802154, ieee802154Tap } from './ieee802154.ts';
import { nflog, pktap, ppi } from './metadata-header.ts';
import { rawIp } from './plausible.ts';
import { ciscoHdlc, frameRelay, ppp, pppoe, serialPpp } from './ppp.ts';
import { snap, untag } from './snap.ts';
import { FIRST_USER_LINK, guessUserLink, LAST_USER_LINK } from './user-link.ts';
import { prism, radiotap, wlan } from './wlan.ts';

const USER_LINKS = Array.from(
  { length: LAST_USER_LINK - FIRST_USER_LINK + 1 },
  (_, i) => [FIRST_USER_LINK + i, { name: `User ${i}`, strip: guessUserLink }] as const,
);

export const LINK_LAYERS: ReadonlyMap<number, Layer> = new Map<number, Layer>([
  [0, { name: 'BSD loopback', strip: loopback }],
  [1, { name: 'Ethernet', strip: ethernet }],
  [9, { name: 'PPP', strip: ppp }],
  [12, { name: 'Raw IP', strip: rawIp }],
  [14, { name: 'Raw IP', strip: rawIp }],
  [50, { name: 'Serial PPP', strip: serialPpp }],
  [51, { name: 'PPPoE', carrier: true, strip: pppoe }],
  [100, { name: 'ATM LLC', strip: snap }],
  [101, { name: 'Raw IP', strip: rawIp }],
  [104, { name: 'Cisco HDLC', strip: ciscoHdlc }],
  [105, { name: '802.11', carrier: true, strip: wlan }],
  [107, { name: 'Frame Relay', carrier: true, strip: frameRelay }],
  [108, { name: 'OpenBSD loopback', strip: loopback }],
  [113, { name: 'Linux cooked', strip: (frame) => cooked(frame, 16, 14) }],
  [119, { name: '802.11', carrier: true, strip: prism }],
  [127, { name: '802.11', carrier: true, strip: radiotap }],
  ...USER_LINKS,
  [163, { name: '802.11', carrier: true, strip: prism }],
  [166, { name: 'PPP with direction', strip: (frame) => (frame.skip(1) ? ppp(frame) : NOTHING) }],
  [192, { name: 'Per-packet information', strip: ppi }],
  [195, { name: '802.15.4', strip: (frame) => ieee802154(frame, 2) }],
  [204, { name: 'PPP with direction', strip: (frame) => (frame.skip(1) ? ppp(frame) : NOTHING) }],
  [228, { name: 'Raw IPv4', strip: () => IP4 }],
  [229, { name: 'Raw IPv6', strip: () => IP6 }],
  [230, { name: '802.15.4', strip: (frame) => ieee802154(frame, 0) }],
  [239, { name: 'Linux netfilter log', strip: nflog }],
  [252, { name: 'Exported PDU', carrier: true, strip: exportedPdu }],
  [258, { name: 'Apple PKTAP', strip: pktap }],
  [276, { name: 'Linux cooked v2', strip: (frame) => cooked(frame, 20, 0) }],
  [283, { name: '802.15.4', strip: ieee802154Tap }],
]);

function ethernet(frame: Frame): LayerKind {
  const at = frame.from;
  return frame.skip(14) ? untag(frame, uint16(frame.bytes, at + 12)) : NOTHING;
}

/** Linux "any": a pseudo header with the EtherType at `typeAt`. */
function cooked(frame: Frame, length: number, typeAt: number): LayerKind {
  const at = frame.from;
  return frame.skip(length) ? untag(frame, uint16(frame.bytes, at + typeAt)) : NOTHING;
}

/** The address family comes in the byte order of the machine that captured, whatever the order of the file. */
function loopback(frame: Frame): LayerKind {
  const at = frame.from;
  if (!frame.skip(4)) return NOTHING;
  const word = uint32(frame.bytes, at);
  const family = word > 0xffff ? ((word >>> 24) | ((word >>> 8) & 0xff00)) & 0xffff : word;
  if (family === 2) return IP4;
  // AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS.
  return family === 10 || family === 23 || family === 24 || family === 28 || family === 30 ? IP6 : NOTHING;
}
