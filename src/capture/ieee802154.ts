/** IEEE 802.15.4 data frames (IEEE 802.15.4-2020 §7.2, §7.3), whose addresses 6LoWPAN needs. */
import { uint8, uint16In } from './big-endian.ts';
import { type Frame, type LayerKind, LOWPAN, NO_BYTES, NOTHING, SEALED } from './frame.ts';

const DATA = 1;
/** Bits of frame control. */
const SECURED = 0x0008;
const SAME_PAN = 0x0040;
const NO_SEQUENCE = 0x0100;
const ELEMENTS = 0x0200;
/** Addressing modes. */
const NONE = 0;
const LONG = 3;
const MOST_ELEMENTS = 32;

/** `fcs` bytes of frame check sequence are at the end. */
export function ieee802154(frame: Frame, fcs: number): LayerKind {
  frame.dropTrailer(fcs);
  const { bytes, from: at } = frame;
  const control = uint16In(bytes, at, true);
  if ((control & 7) !== DATA || !frame.skip(2)) return NOTHING;
  const version = (control >> 12) & 3;
  const destinationMode = (control >> 10) & 3;
  const sourceMode = control >> 14;
  if (!(version === 2 && control & NO_SEQUENCE)) frame.from += 1;
  const [destinationPan, sourcePan] = pansPresent(version, destinationMode, sourceMode, (control & SAME_PAN) !== 0);
  if (destinationPan) frame.from += 2;
  frame.linkDestination = address(frame, destinationMode);
  if (sourcePan) frame.from += 2;
  frame.linkSource = address(frame, sourceMode);
  if (control & SECURED && !skipSecurity(frame)) return SEALED;
  if (version === 2 && control & ELEMENTS && !skipElements(frame)) return NOTHING;
  return frame.from < frame.to ? LOWPAN : NOTHING;
}

/** Fields of the TAP header: type, length, value, filled up to 4 bytes. Type 0 says how long the FCS is. */
export function ieee802154Tap(frame: Frame): LayerKind {
  const { bytes, from: at } = frame;
  const length = uint16In(bytes, at + 2, true);
  if (uint8(bytes, at) !== 0 || length < 4 || !frame.skip(length)) return NOTHING;
  let fcs = 0;
  for (let field = at + 4; field + 4 <= frame.from; field += 4 + ((uint16In(bytes, field + 2, true) + 3) & ~3)) {
    if (uint16In(bytes, field, true) === 0) fcs = uint8(bytes, field + 4);
  }
  return ieee802154(frame, fcs === 1 ? 2 : fcs === 2 ? 4 : 0);
}

/** Which PAN identifiers are there: one for both if they are the same; version 2 has a table (§7.2.2.6). */
function pansPresent(version: number, destination: number, source: number, same: boolean): readonly [boolean, boolean] {
  if (version < 2) return [destination !== NONE, source !== NONE && !(same && destination !== NONE)];
  if (destination === NONE && source === NONE) return [same, false];
  if (source === NONE) return [!same, false];
  if (destination === NONE) return [false, !same];
  if (destination === LONG && source === LONG) return [!same, false];
  return [true, !same];
}

/** Moves past an address and returns it in network byte order: the frame has it backwards. */
function address(frame: Frame, mode: number): Uint8Array {
  const length = mode === LONG ? 8 : mode === 2 ? 2 : 0;
  const at = frame.from;
  frame.from += length;
  return length === 0 || frame.from > frame.to ? NO_BYTES : frame.bytes.slice(at, at + length).reverse();
}

/** False if the frame is encrypted and not only authenticated (§9.4). */
function skipSecurity(frame: Frame): boolean {
  const control = uint8(frame.bytes, frame.from);
  const level = control & 7;
  const keyMode = (control >> 3) & 3;
  if (level >= 4) return false;
  const counter = control & 0x20 ? 0 : 4;
  const key = keyMode === 0 ? 0 : keyMode === 1 ? 1 : keyMode === 2 ? 5 : 9;
  frame.dropTrailer(level === 0 ? 0 : 2 << level);
  return frame.skip(1 + counter + key);
}

/** Header elements up to a terminator, then payload elements if it announces them (§7.4). */
function skipElements(frame: Frame): boolean {
  let inPayload = false;
  for (let count = 0; count < MOST_ELEMENTS && frame.from + 2 <= frame.to; count++) {
    const descriptor = uint16In(frame.bytes, frame.from, true);
    const length = inPayload ? descriptor & 0x7ff : descriptor & 0x7f;
    const id = inPayload ? (descriptor >> 11) & 15 : (descriptor >> 7) & 0xff;
    if (!frame.skip(2 + length)) return false;
    if (inPayload ? id === 15 : id === 0x7f) return true;
    if (!inPayload && id === 0x7e) inPayload = true;
  }
  return frame.from <= frame.to;
}
