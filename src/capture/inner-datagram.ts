/** A datagram that was carried inside another: the same packet, fewer bytes, perhaps other addresses. */
import type { Datagram, Endpoint, Piece } from './datagram.ts';

export interface Inside {
  /** Where the inner payload starts and ends in the outer one; `to` may lie behind what was captured. */
  readonly from: number;
  readonly to: number;
  /** What carried it, in words. */
  readonly carrier: string;
  readonly source?: Endpoint;
  readonly destination?: Endpoint;
  readonly tag?: string;
}

/** The inner datagram, with bytes of its own: the outer ones may hold only during the call. */
export function innerDatagram(outer: Datagram, inside: Inside): Datagram {
  const { from, source = outer.source, destination = outer.destination, tag = '' } = inside;
  const to = Math.min(inside.to, outer.payload.length);
  const frame = outer.frame.slice();
  const start = outer.payload.byteOffset - outer.frame.byteOffset + from;
  const inFrame = outer.payload.buffer === outer.frame.buffer;
  return {
    ...outer,
    source,
    destination,
    tag: outer.tag && tag ? `${outer.tag} ${tag}` : outer.tag || tag,
    carriers: [...outer.carriers, inside.carrier],
    payload: inFrame ? frame.subarray(start, start + to - from) : outer.payload.slice(from, to),
    missing: inside.to - to,
    pieces: cutPieces(outer.pieces, from, to),
    frame,
  };
}

/** The pieces of the bytes `from` to `to`, counted from `from`. */
export function cutPieces(pieces: Datagram['pieces'], from: number, to: number): Datagram['pieces'] {
  const inside: Piece[] = [];
  for (const piece of pieces) {
    const start = Math.max(piece.from, from);
    const end = Math.min(piece.from + piece.length, to);
    if (start >= end) continue;
    inside.push({
      ...piece,
      from: start - from,
      fileOffset: piece.fileOffset + start - piece.from,
      length: end - start,
    });
  }
  return nonEmpty(inside) ?? [{ ...pieces[0], from: 0, length: 0 }];
}

/** Null for no pieces at all. */
export function nonEmpty(pieces: readonly Piece[]): Datagram['pieces'] | null {
  const [first, ...rest] = pieces;
  return first ? [first, ...rest] : null;
}

export function endpointName({ address, port }: Endpoint): string {
  return `${address}:${port}`;
}

/** The same for both directions. */
export function pairName(a: Endpoint, b: Endpoint): string {
  const [one, other] = [endpointName(a), endpointName(b)];
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
