/** The two ways in which datagrams travel on a TCP stream: RFC 4571 (ICE-TCP) and TURN. */
import { uint8, uint16 } from './big-endian.ts';
import { firstByteKind } from './demultiplex.ts';
import { dtlsShape, mayBecomeDtls } from './dtls-shape.ts';
import { isStun, STUN_HEADER_LENGTH, stunBodyLength } from './stun.ts';

/** Where a frame lies; positions in the buffer, possibly behind its end. */
export interface Frame {
  /** The datagram or TURN message. */
  from: number;
  to: number;
  /** Where the next frame begins. */
  end: number;
}

/** `more`: not enough bytes to tell. */
export type Measured = 'frame' | 'no' | 'more';

export interface Framing {
  /** In words, outermost first. */
  readonly carriers: readonly string[];
  /** Reads the head of a frame at `at`; the buffer ends at `to`. */
  measure(bytes: Uint8Array, at: number, to: number, frame: Frame): Measured;
  /** Before the datagram inside, in bytes, where DTLS is looked for. */
  inner(bytes: Uint8Array, frame: Frame): number;
}

/** A 16-bit length before each datagram (RFC 4571 §2; RFC 6544 §10.1 for ICE). */
export const RFC4571: Framing = {
  carriers: ['TCP', 'RFC 4571'],
  measure(bytes, at, to, frame) {
    if (to - at < 2) return 'more';
    const length = uint16(bytes, at);
    frame.from = at + 2;
    frame.to = frame.end = frame.from + length;
    // An empty frame is legal and means nothing.
    if (length === 0) return 'frame';
    if (to - at < 3) return 'more';
    const kind = firstByteKind(uint8(bytes, at + 2));
    if (kind === 'quic-or-other' || kind === 'turn-channel') return 'no';
    if (kind !== 'stun') return 'frame';
    if (length < STUN_HEADER_LENGTH) return 'no';
    if (to - at < 10) return 'more';
    return isStun(bytes, at + 2, to) && length === STUN_HEADER_LENGTH + stunBodyLength(bytes, at + 2) ? 'frame' : 'no';
  },
  inner: () => 0,
};

/** STUN messages have their own length; ChannelData is padded to a multiple of 4 (RFC 8656 §12.5). */
export const TURN: Framing = {
  carriers: ['TCP'],
  measure(bytes, at, to, frame) {
    if (to - at < 1) return 'more';
    const kind = firstByteKind(uint8(bytes, at));
    if (kind !== 'stun' && kind !== 'turn-channel') return 'no';
    if (to - at < (kind === 'stun' ? 8 : 4)) return 'more';
    frame.from = at;
    if (kind === 'stun') {
      frame.to = frame.end = at + STUN_HEADER_LENGTH + stunBodyLength(bytes, at);
      return isStun(bytes, at, to) ? 'frame' : 'no';
    }
    frame.to = at + 4 + uint16(bytes, at + 2);
    frame.end = frame.to + (-(frame.to - at) & 3);
    return 'frame';
  },
  inner: (bytes, frame) => (uint8(bytes, frame.from) < 4 ? 0 : 4),
};

/** In this order: a TURN message may have RFC 4571 written all over its inside, never the other way round. */
export const FRAMINGS: readonly Framing[] = [TURN, RFC4571];

/**
 * The first place from `at` on where a frame with evidence may begin: one tight loop over the bytes of streams that
 * have none. The last few bytes before `to` are always in question.
 */
export function skipNoise(bytes: Uint8Array, at: number, to: number): number {
  let place = at;
  for (; place + 8 <= to; place++) {
    const first = bytes[place] ?? 0;
    if (first < 4 ? isCookie(bytes, place + 4) : first >> 4 === 4 && mayBeContent(bytes, place + 4)) break;
    const third = bytes[place + 2] ?? 0;
    if (third < 4 ? isCookie(bytes, place + 6) : mayBeContent(bytes, place + 2)) break;
  }
  return place;
}

function isCookie(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x21 && bytes[at + 1] === 0x12;
}

/** STUN, a plaintext record, or a unified header with a length and without a connection ID. */
function mayBeContent(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] ?? 0;
  if (first < 4 || (first & 0xf4) === 0x24) return true;
  return first >= 20 && first <= 27 && (bytes[at + 1] === 0xfe || bytes[at + 1] === 0x01);
}

/** How sure it is that a frame which was measured really is one. */
export type Evidence = 'strong' | 'weak' | 'none' | 'more';

/** A STUN message proves itself by its cookie, DTLS by lengths that add up; for that the whole frame is needed. */
export function evidenceOf(framing: Framing, bytes: Uint8Array, frame: Frame, to: number): Evidence {
  const from = frame.from + framing.inner(bytes, frame);
  if (frame.to <= from) return 'none';
  const kind = firstByteKind(uint8(bytes, from));
  // `measure` has looked at the cookie of a message that is the frame itself.
  if (kind === 'stun')
    return from === frame.from || isStun(bytes, from, to) ? 'strong' : to - from < 8 ? 'more' : 'none';
  if (kind !== 'dtls') return from >= to ? 'more' : 'none';
  if (frame.to > to) return mayBecomeDtls(bytes, from, to, frame.to) ? 'more' : 'none';
  const shape = dtlsShape(bytes, from, frame.to);
  return shape === 'records' ? 'strong' : shape === 'encrypted' ? 'weak' : 'none';
}
