/** A stretch of bytes on the way from a captured packet to the datagram inside it, and what its layers are made of. */
import type { Endpoint, Piece } from './datagram.ts';
import { cutPieces } from './fragments.ts';

/**
 * What comes next inside a frame. Mostly an EtherType (https://www.iana.org/assignments/ieee-802-numbers);
 * `LINK` + n stands for what a capture of LINKTYPE_ n holds, and the rest has numbers of its own.
 */
export type LayerKind = number;

/** Nothing that could hold a datagram: the frame is skipped. */
export const NOTHING: LayerKind = 0;
export const IP4: LayerKind = 0x0800;
export const IP6: LayerKind = 0x86dd;
/** 6LoWPAN with the addresses of the link in `Frame.linkSource` and `Frame.linkDestination` (RFC 7973). */
export const LOWPAN: LayerKind = 0xa0ed;
/** Several frames with a length each (IEEE 802.11-2020 §9.3.2.2.2). */
export const AGGREGATE: LayerKind = 0x10000;
/** No more headers: the payload of a datagram, with its endpoints in `Frame.source` and `Frame.destination`. */
export const PAYLOAD: LayerKind = 0x10001;
/** The layer encrypts what it carries. */
export const SEALED: LayerKind = 0x10002;
export const LINK: LayerKind = 0x1000000;

export const ETHERNET = LINK + 1;
export const RAW_IP = LINK + 101;
export const PPP = LINK + 9;
export const WLAN = LINK + 105;
export const IEEE802154 = LINK + 195;

/** One kind of header. A table names it, so that adding a layer is adding a row. */
export interface Layer {
  readonly name: string;
  /** Whether `Datagram.carriers` tells of it: tunnels and what few networks use, not Ethernet and VLAN tags. */
  readonly carrier?: true;
  /** Moves `frame.from` past the header (and may move the end) and says what follows. */
  strip(frame: Frame): LayerKind;
}

export const NO_CARRIERS: readonly string[] = [];
export const NO_BYTES: Uint8Array = new Uint8Array();
/** Stands for endpoints that a capture does not tell (`Datagram.directed` is false). */
export const NOWHERE: Endpoint = { address: '::', port: 0 };

/** The part of a packet that is not decoded yet. Reused: layers change it in place. */
export class Frame {
  bytes = NO_BYTES;
  from = 0;
  /** Where the captured bytes end. */
  to = 0;
  /** Where they ended on the wire; larger than `to` if the snaplen cut them. */
  wireTo = 0;
  /** Of the file, for `bytes[0]`, if `pieces` is null. */
  fileOffset = 0;
  /** Where the parts of `bytes` lie in the file if they were joined or unpacked; headers may lie in none. */
  pieces: readonly Piece[] | null = null;
  carriers = NO_CARRIERS;
  /** Addresses of the link layer in network byte order: 8 or 2 bytes, or none. Only 6LoWPAN needs them. */
  linkSource = NO_BYTES;
  linkDestination = NO_BYTES;
  /** Only with `PAYLOAD`. */
  source = NOWHERE;
  destination = NOWHERE;

  /** A captured packet from its first byte on. */
  begin(bytes: Uint8Array, from: number, to: number, wireTo: number, fileOffset: number): void {
    this.bytes = bytes;
    this.from = from;
    this.to = Math.min(to, wireTo);
    this.wireTo = wireTo;
    this.fileOffset = fileOffset - from;
    this.pieces = null;
    this.carriers = NO_CARRIERS;
    this.linkSource = NO_BYTES;
    this.linkDestination = NO_BYTES;
    this.source = NOWHERE;
    this.destination = NOWHERE;
  }

  /** Notes the carrier that follows. */
  enter(name: string): void {
    this.carriers = [...this.carriers, name];
  }

  /** Skips a header; false if not all of it was captured. */
  skip(length: number): boolean {
    this.from += length;
    return this.from <= this.to;
  }

  /** Takes a trailer off the end, as far as it was captured. */
  dropTrailer(length: number): void {
    this.endAt(this.wireTo - length);
  }

  /** Ends the frame at `index`, if it does not end before. */
  endAt(index: number): void {
    this.wireTo = Math.max(this.from, Math.min(this.wireTo, index));
    this.to = Math.min(this.to, this.wireTo);
  }

  copy(other: Frame): void {
    this.bytes = other.bytes;
    this.from = other.from;
    this.to = other.to;
    this.wireTo = other.wireTo;
    this.fileOffset = other.fileOffset;
    this.pieces = other.pieces;
    this.carriers = other.carriers;
    this.linkSource = other.linkSource;
    this.linkDestination = other.linkDestination;
    this.source = other.source;
    this.destination = other.destination;
  }

  /** Goes on in bytes of their own. */
  become(bytes: Uint8Array, missing: number, pieces: readonly Piece[]): void {
    this.bytes = bytes;
    this.from = 0;
    this.to = bytes.length;
    this.wireTo = bytes.length + missing;
    this.pieces = pieces;
  }

  /** Where the bytes `from` to `to` lie in the file; `Piece.from` counts from `from`. */
  piecesOf(packet: number, from: number, to: number): readonly Piece[] {
    if (!this.pieces) return [{ packet, from: 0, fileOffset: this.fileOffset + from, length: to - from }];
    return cutPieces(this.pieces, from, to, 0);
  }
}
