/** DTLS over SCTP (RFC 6083): finds the DATA and I-DATA chunks of a packet and hands out the user messages. */

import { uint8, uint16, uint32 } from './big-endian.ts';
import { BoundedMap } from './bounded-map.ts';
import type { SctpPacket } from './carriers.ts';
import type { Datagram } from './datagram.ts';
import { firstByteKind } from './demultiplex.ts';
import { dtlsShape } from './dtls-shape.ts';
import { cutPieces, endpointName } from './inner-datagram.ts';
import type { ProblemList } from './problems.ts';
import { SctpMessages, type UserMessage } from './sctp-messages.ts';
import { piecesOf } from './tcp-connections.ts';

const DATA = 0;
const I_DATA = 64;
const MOST_ASSOCIATIONS = 4096;
/** In all of them together, about. */
const MOST_HELD = 64 * 1024 * 1024;

/** Payload protocols that are DTLS by their registration (IANA, SCTP Payload Protocol Identifiers). */
const DTLS_PAYLOADS: ReadonlySet<number> = new Set([47, 66, 67, 68, 69]);

export class SctpAssociations {
  readonly #emit: (datagram: Datagram) => void;
  /** By sender, receiver and verification tag: one direction of an association. */
  readonly #directions = new BoundedMap<string, SctpMessages>(MOST_ASSOCIATIONS);
  readonly #problems: ProblemList;
  #held = 0;

  constructor(emit: (datagram: Datagram) => void, problems: ProblemList) {
    this.#emit = emit;
    this.#problems = problems;
  }

  add(packet: SctpPacket): void {
    const { payload } = packet;
    const wireTo = payload.length + packet.missing;
    for (let at = 0; at + 4 <= payload.length; ) {
      const length = uint16(payload, at + 2);
      const end = at + length;
      if (length < 4 || end > wireTo) return;
      const type = uint8(payload, at);
      if (type === DATA || type === I_DATA) this.#chunk(packet, at, end);
      at = end + (-length & 3);
    }
  }

  /** Type(1) flags(1) length(2) TSN(4) stream(2), then sequence(2) PPID(4), or 0(2) MID(4) PPID or FSN(4) (RFC 8260 §2.1). */
  #chunk(packet: SctpPacket, at: number, end: number): void {
    const { payload } = packet;
    const interleaved = uint8(payload, at) === I_DATA;
    const from = at + (interleaved ? 20 : 16);
    if (from >= end || from > payload.length) return;
    const flags = uint8(payload, at + 1);
    const begins = (flags & 2) !== 0;
    const ends = (flags & 1) !== 0;
    const captured = Math.min(end, payload.length);
    // PPID, or the FSN of a later I-DATA fragment.
    const number = uint32(payload, from - 4);
    // Most SCTP is not DTLS, and most messages are in one chunk: nothing is kept of those.
    if (begins && !isDtls(payload.subarray(from, captured), ends ? end - captured : Number.POSITIVE_INFINITY, number))
      return;
    const unordered = (flags & 4) !== 0 ? 1 : 0;
    const messages = this.#directionOf(packet);
    const [before, forgotten] = [messages.weight, messages.forgotten];
    const message = messages.add({
      tsn: uint32(payload, at + 4),
      begins,
      ends,
      interleaved: interleaved
        ? { message: `${uint16(payload, at + 8)} ${unordered} ${uint32(payload, at + 12)}`, index: begins ? 0 : number }
        : null,
      bytes: payload.subarray(from, captured),
      missing: end - captured,
      pieces: () => cutPieces(piecesOf(packet), from, captured),
      packet,
    });
    if (message) this.#pass(packet, message);
    this.#held += messages.weight - before;
    if (messages.forgotten > forgotten) this.#tell(packet);
    if (this.#held > MOST_HELD) this.#makeRoom(packet);
  }

  /** Those that were seen first go, half of what is held at once. */
  #makeRoom(packet: SctpPacket): void {
    this.#tell(packet);
    for (const [key, messages] of this.#directions.entries()) {
      if (this.#held <= MOST_HELD / 2) break;
      this.#held -= messages.weight;
      this.#directions.delete(key);
    }
  }

  #tell({ packet, frameOffset }: SctpPacket): void {
    const sentence = `More fragments of SCTP messages waited for the rest than are kept: from packet ${packet} on, messages may be missing that are in the capture.`;
    this.#problems.once('SCTP fragments', packet, frameOffset, sentence);
  }

  #directionOf({ source, destination, verificationTag }: SctpPacket): SctpMessages {
    const key = `${endpointName(source)} ${endpointName(destination)} ${verificationTag}`;
    let messages = this.#directions.get(key);
    if (!messages) {
      messages = new SctpMessages();
      const gone = this.#directions.set(key, messages);
      if (gone) this.#held -= gone.weight;
    }
    return messages;
  }

  #pass(packet: SctpPacket, message: UserMessage): void {
    const { capture, source, destination } = packet;
    const carriers = [...packet.carriers, 'SCTP'];
    this.#emit({ ...message, capture, source, destination, directed: true, carriers, tag: '' });
  }
}

/** `missing` bytes of the message follow those at hand. */
function isDtls(bytes: Uint8Array, missing: number, protocol: number): boolean {
  if (bytes.length === 0 || firstByteKind(uint8(bytes, 0)) !== 'dtls') return false;
  return DTLS_PAYLOADS.has(protocol) || dtlsShape(bytes, 0, bytes.length, missing) !== null;
}
