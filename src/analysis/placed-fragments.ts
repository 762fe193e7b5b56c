/**
 * Fragments as bytes of a log. Of each only what was new is kept: one whose bytes are there already, or are not wanted,
 * takes some 30 bytes, however long it is.
 */
import type { MessagePiece } from '../dtls/reassembly.ts';
import type { PlacedFragment } from './association-reading.ts';
import type { Slot } from './log-store.ts';
import type { MessageHeader } from './message-instance.ts';

/** Flags; record, handshake, place; offset, length and extent of the fragment. */
const FIXED = 1 + 3 * 4 + 3 * 3;
/** Message type, message_seq, length, epoch. */
const HEADER = 1 + 2 + 3 + 4;
const CONFLICT = 3;
/** How many pieces there are, and of each where it begins and ends. */
const PIECE_COUNT = 2;
const PIECE = 2 * 3;

const FLAG = { server: 1, first: 2, nowhere: 4, conflict: 8, full: 16, whole: 32, pieces: 64 } as const;

/** Whether all of it is new, in one piece: of most it is. */
const isWhole = ({ fragmentOffset, extent, added: { fresh } }: PlacedFragment): boolean =>
  fresh.length === 1 && fresh[0]?.from === fragmentOffset && fresh[0].bytes.length === extent;

/** How many bytes `writeFragment` writes. */
export function fragmentSize(fragment: PlacedFragment): number {
  const { first, place, extent, added } = fragment;
  const fixed = FIXED + (first || place === null ? HEADER : 0) + (added.conflict === null ? 0 : CONFLICT);
  if (isWhole(fragment)) return fixed + extent;
  if (added.fresh.length === 0) return fixed;
  return added.fresh.reduce((sum, piece) => sum + PIECE + piece.bytes.length, fixed + PIECE_COUNT);
}

export function writeFragment({ bytes, view, at }: Slot, fragment: PlacedFragment): void {
  const { record, handshake, place, first, header, fragmentOffset, fragmentLength, extent, added } = fragment;
  const whole = isWhole(fragment);
  const isDescribed = first || place === null;
  bytes[at] =
    (header.side === 1 ? FLAG.server : 0) |
    (first ? FLAG.first : 0) |
    (place === null ? FLAG.nowhere : 0) |
    (added.conflict === null ? 0 : FLAG.conflict) |
    (added.full ? FLAG.full : 0) |
    (whole ? FLAG.whole : added.fresh.length > 0 ? FLAG.pieces : 0);
  view.setUint32(at + 1, record);
  view.setUint32(at + 5, handshake);
  view.setUint32(at + 9, place ?? 0);
  setUint24(view, at + 13, fragmentOffset);
  setUint24(view, at + 16, fragmentLength);
  setUint24(view, at + 19, extent);
  let to = at + FIXED;
  if (isDescribed) {
    bytes[to] = header.type;
    view.setUint16(to + 1, header.messageSeq);
    setUint24(view, to + 3, header.length);
    view.setUint32(to + 6, header.epoch);
    to += HEADER;
  }
  if (added.conflict !== null) {
    setUint24(view, to, added.conflict);
    to += CONFLICT;
  }
  if (added.fresh.length === 0) return;
  if (!whole) {
    view.setUint16(to, added.fresh.length);
    to += PIECE_COUNT;
    for (const piece of added.fresh) {
      setUint24(view, to, piece.from);
      setUint24(view, to + 3, piece.bytes.length);
      to += PIECE;
    }
  }
  for (const piece of added.fresh) {
    bytes.set(piece.bytes, to);
    to += piece.bytes.length;
  }
}

/** @param headerOf of a message that is known already, by the number of its handshake and its place there. */
export function readFragment(
  { bytes, view, at }: Slot,
  headerOf: (handshake: number, place: number) => MessageHeader,
): PlacedFragment {
  const flags = bytes[at] ?? 0;
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const record = view.getUint32(at + 1);
  const handshake = view.getUint32(at + 5);
  const place = view.getUint32(at + 9);
  const fragmentOffset = uint24(view, at + 13);
  const extent = uint24(view, at + 19);
  const isDescribed = has(FLAG.first | FLAG.nowhere);
  const described = at + FIXED;
  const conflictAt = described + (isDescribed ? HEADER : 0);
  const piecesAt = conflictAt + (has(FLAG.conflict) ? CONFLICT : 0);
  const header = (): MessageHeader => ({
    side: has(FLAG.server) ? 1 : 0,
    type: bytes[described] ?? 0,
    messageSeq: view.getUint16(described + 1),
    length: uint24(view, described + 3),
    epoch: view.getUint32(described + 6),
  });
  return {
    record,
    handshake,
    place: has(FLAG.nowhere) ? null : place,
    first: has(FLAG.first),
    header: isDescribed ? header() : headerOf(handshake, place),
    fragmentOffset,
    fragmentLength: uint24(view, at + 16),
    extent,
    added: {
      fresh: has(FLAG.whole)
        ? [{ from: fragmentOffset, bytes: bytes.subarray(piecesAt, piecesAt + extent), record }]
        : has(FLAG.pieces)
          ? readPieces({ bytes, view, at: piecesAt }, record)
          : NO_PIECES,
      conflict: has(FLAG.conflict) ? uint24(view, conflictAt) : null,
      full: has(FLAG.full),
    },
  };
}

function readPieces({ bytes, view, at }: Slot, record: number): MessagePiece[] {
  const count = view.getUint16(at);
  const pieces: MessagePiece[] = [];
  let from = at + PIECE_COUNT + count * PIECE;
  for (let i = 0; i < count; i++) {
    const piece = at + PIECE_COUNT + i * PIECE;
    const to = from + uint24(view, piece + 3);
    pieces.push({ from: uint24(view, piece), bytes: bytes.subarray(from, to), record });
    from = to;
  }
  return pieces;
}

function setUint24(view: DataView, at: number, value: number): void {
  view.setUint8(at, value >>> 16);
  view.setUint16(at + 1, value & 0xffff);
}

const uint24 = (view: DataView, at: number): number => view.getUint8(at) * 0x1_0000 + view.getUint16(at + 1);

const NO_PIECES: readonly MessagePiece[] = [];
