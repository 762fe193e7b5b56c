/**
 * IEEE 802.11 data frames in the clear, and the headers that capture tools put before them
 * (https://www.radiotap.org). Management and control frames, fragments and encrypted frames are skipped.
 */
import { uint8, uint16, uint16In, uint32, uint32In } from './big-endian.ts';
import { AGGREGATE, type Frame, type LayerKind, NOTHING, SEALED } from './frame.ts';
import { snap } from './snap.ts';

/** Bits of the second byte of frame control (IEEE 802.11-2020 §9.2.4.1). */
const TO_DS = 0x01;
const FROM_DS = 0x02;
const MORE_FRAGMENTS = 0x04;
const PROTECTED = 0x40;
const ORDER = 0x80;
/** Bits of the subtype of a data frame. */
const QOS = 0x80;
const NO_DATA = 0x40;
/** Of the QoS control field. */
const AGGREGATED = 0x80;

/** Flags of radiotap. */
const FCS_AT_END = 0x10;
const PADDED_HEADER = 0x20;
const MOST_PRESENT_WORDS = 16;

export function wlan(frame: Frame): LayerKind {
  return dataFrame(frame, false);
}

/** `padded`: the header is filled up to a multiple of 4 bytes. */
function dataFrame(frame: Frame, padded: boolean): LayerKind {
  const { bytes, from: at } = frame;
  const type = uint8(bytes, at);
  const flags = uint8(bytes, at + 1);
  // Version 0, type data (2).
  if ((type & 0x0f) !== 8 || type & NO_DATA) return NOTHING;
  if (flags & PROTECTED) return SEALED;
  const fragment = uint16In(bytes, at + 22, true) & 15;
  if (flags & MORE_FRAGMENTS || fragment !== 0) return NOTHING;
  let length = 24;
  if ((flags & (TO_DS | FROM_DS)) === (TO_DS | FROM_DS)) length += 6;
  const qosAt = at + length;
  if (type & QOS) length += flags & ORDER ? 6 : 2;
  if (padded) length = (length + 3) & ~3;
  if (!frame.skip(length)) return NOTHING;
  return type & QOS && uint8(bytes, qosAt) & AGGREGATED ? AGGREGATE : snap(frame);
}

/** The next frame of an aggregate: addresses, length, LLC. `frame` moves on, `inner` becomes its body. */
export function nextOfAggregate(frame: Frame, inner: Frame): boolean {
  const at = frame.from;
  if (!frame.skip(14)) return false;
  const length = uint16(frame.bytes, at + 12);
  inner.copy(frame);
  inner.endAt(inner.from + length);
  frame.from = at + ((14 + length + 3) & ~3);
  return true;
}

export function radiotap(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  const length = uint16In(bytes, at + 2, true);
  if (uint8(bytes, at) !== 0 || length < 8 || !frame.skip(length)) return NOTHING;
  const flags = radiotapFlags(bytes, at, length);
  if (flags & FCS_AT_END) frame.dropTrailer(4);
  return dataFrame(frame, (flags & PADDED_HEADER) !== 0);
}

/** The flags come first in the header, but for a time stamp aligned to 8 bytes; bit 31 of `present` repeats the word. */
function radiotapFlags(bytes: Uint8Array, at: number, length: number): number {
  const present = uint32In(bytes, at + 4, true);
  if (!(present & 2)) return 0;
  let field = 8;
  for (let words = 1, word = present; word >= 0x80000000 && words < MOST_PRESENT_WORDS; words++) {
    word = uint32In(bytes, at + field, true);
    field += 4;
  }
  if (present & 1) field = ((field + 7) & ~7) + 8;
  return field < length ? uint8(bytes, at + field) : 0;
}

/** The header of Prism cards in the byte order of the host, or the AVS header that replaced it, which says so. */
export function prism(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  if (uint32(bytes, at) >>> 12 === 0x80211) return frame.skip(uint32(bytes, at + 4)) ? wlan(frame) : NOTHING;
  const little = uint16(bytes, at + 4) !== 0;
  return frame.skip(uint32In(bytes, at + 4, little)) ? wlan(frame) : NOTHING;
}
