/** Headers that capture tools put before a packet of another link type. */
import { uint8, uint16In, uint32In } from './big-endian.ts';
import { type Frame, IP4, IP6, type LayerKind, LINK, NOTHING } from './frame.ts';
import { rawIp } from './plausible.ts';

/** Longer headers than these tools write: a length beyond is in the other byte order. */
const LONGEST = 0xffff;

/** Apple's PKTAP: length, kind of record, LINKTYPE_ of the packet; in the byte order of the host. */
export function pktap(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  const little = uint32In(bytes, at, true) <= LONGEST;
  const length = uint32In(bytes, at, little);
  if (length < 12 || !frame.skip(length)) return NOTHING;
  return LINK + uint32In(bytes, at + 8, little);
}

/** Per-packet information of CACE: version, flags, length, LINKTYPE_. */
export function ppi(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  const length = uint16In(bytes, at + 2, true);
  if (uint8(bytes, at) !== 0 || length < 8 || !frame.skip(length)) return NOTHING;
  return LINK + uint32In(bytes, at + 4, true);
}

const NFLOG_PAYLOAD = 9;

/** Address family, version, group, then attributes in the byte order of the host, each filled up to 4 bytes. */
export function nflog(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  if (!frame.skip(4)) return NOTHING;
  const little = frame.from + uint16In(bytes, frame.from, true) <= frame.wireTo;
  while (frame.from + 4 <= frame.to) {
    const length = uint16In(bytes, frame.from, little);
    if (length < 4) return NOTHING;
    if ((uint16In(bytes, frame.from + 2, little) & 0x3fff) === NFLOG_PAYLOAD) {
      frame.endAt(frame.from + length);
      frame.from += 4;
      const family = uint8(bytes, at);
      return family === 2 ? IP4 : family === 10 ? IP6 : rawIp(frame);
    }
    frame.from += (length + 3) & ~3;
  }
  return NOTHING;
}
