/** Point-to-point links: PPP (RFC 1661, RFC 1662), PPPoE (RFC 2516), Cisco HDLC and Frame Relay (RFC 2427). */
import { uint8, uint16 } from './big-endian.ts';
import { type Frame, IP4, IP6, type LayerKind, NOTHING } from './frame.ts';

/** PPP protocol numbers (https://www.iana.org/assignments/ppp-numbers). */
const PROTOCOLS: ReadonlyMap<number, LayerKind> = new Map([
  [0x21, IP4],
  [0x57, IP6],
  [0x281, 0x8847],
  [0x283, 0x8848],
]);

/** With or without address and control (RFC 1661 §6.6), with a protocol of one or two bytes (§6.5). */
export function ppp(frame: Frame): LayerKind {
  if (uint16(frame.bytes, frame.from) === 0xff03) frame.from += 2;
  const at = frame.from;
  const first = uint8(frame.bytes, at);
  // The last byte of a protocol number is odd, the others are even.
  const length = first & 1 ? 1 : 2;
  if (!frame.skip(length)) return NOTHING;
  return PROTOCOLS.get(length === 1 ? first : uint16(frame.bytes, at)) ?? NOTHING;
}

/** Link type 50 is used for both kinds of HDLC; unstuffed and without flags and frame check sequence. */
export function serialPpp(frame: Frame): LayerKind {
  const address = uint8(frame.bytes, frame.from);
  return address === 0x0f || address === 0x8f ? ciscoHdlc(frame) : ppp(frame);
}

/** A session packet (RFC 2516 §4): discovery has a code other than 0. */
export function pppoe(frame: Frame): LayerKind {
  const at = frame.from;
  if (!frame.skip(6) || uint16(frame.bytes, at) !== 0x1100) return NOTHING;
  frame.endAt(frame.from + uint16(frame.bytes, at + 4));
  return ppp(frame);
}

/** Address (unicast or broadcast), control 0, then an EtherType. */
export function ciscoHdlc(frame: Frame): LayerKind {
  const at = frame.from;
  return frame.skip(4) ? uint16(frame.bytes, at + 2) : NOTHING;
}

/** Q.922 address of 2 to 4 bytes, of which the last is odd; control 03; NLPID (RFC 2427 §4). */
export function frameRelay(frame: Frame): LayerKind {
  const { bytes } = frame;
  let length = 1;
  while (length < 4 && (uint8(bytes, frame.from + length - 1) & 1) === 0) length++;
  if (!frame.skip(length + 1) || uint8(bytes, frame.from - 1) !== 3) return NOTHING;
  // A byte of 0 may fill up to an even header.
  if (uint8(bytes, frame.from) === 0) frame.from++;
  const at = frame.from;
  const nlpid = uint8(bytes, at);
  if (nlpid === 0xcc) return frame.skip(1) ? IP4 : NOTHING;
  if (nlpid === 0x8e) return frame.skip(1) ? IP6 : NOTHING;
  return nlpid === 0x80 && frame.skip(6) ? uint16(bytes, at + 4) : NOTHING;
}
