/** Generic routing encapsulation (RFC 2784, RFC 2890, RFC 7637 for NVGRE) and the mirror frames of Cisco in it. */
import { uint8, uint16 } from './big-endian.ts';
import { ETHERNET, type Frame, type LayerKind, NOTHING } from './frame.ts';

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
/** Only in version 1, which carries PPP (RFC 2637 §4.1). */
const ACKNOWLEDGEMENT = 0x80;
const VERSION = 7;

export function gre(frame: Frame): LayerKind {
  const at = frame.from;
  const flags = uint16(frame.bytes, at);
  const protocol = uint16(frame.bytes, at + 2);
  const version = flags & VERSION;
  // Source routes (RFC 1701) are long gone.
  if (version > 1 || (version === 1 && protocol !== 0x880b) || flags & ROUTING) return NOTHING;
  let length = 4;
  if (flags & CHECKSUM) length += 4;
  if (flags & KEY) length += 4;
  if (flags & SEQUENCE) length += 4;
  if (version === 1 && flags & ACKNOWLEDGEMENT) length += 4;
  if (!frame.skip(length)) return NOTHING;
  // ERSPAN of type I has the number of type II, but no sequence number and no header of its own.
  if (protocol === 0x88be && !(flags & SEQUENCE)) return ETHERNET;
  return protocol;
}

export function erspan2(frame: Frame): LayerKind {
  return frame.skip(8) ? ETHERNET : NOTHING;
}

/** The last bit of the header tells of eight more bytes. */
export function erspan3(frame: Frame): LayerKind {
  const at = frame.from;
  const length = uint8(frame.bytes, at + 11) & 1 ? 20 : 12;
  return frame.skip(length) ? ETHERNET : NOTHING;
}
