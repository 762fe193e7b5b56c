/** By what a datagram is known again in another capture: its bytes, whatever the addresses around it. */
import type { Datagram } from '../../capture/datagram.ts';
import { CONTENT_TYPE, looksLikeDtls, looksLikeUnified } from '../../dtls/record.ts';
import { HANDSHAKE_TYPE } from '../../dtls/registry.ts';

/** How much of each payload is compared: all of it, unless a capture cut its packets. */
export function comparedLength(datagrams: Iterable<Datagram>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { missing, payload } of datagrams) if (missing > 0) least = Math.min(least, payload.length);
  // A header and a little more tells datagrams apart; cut shorter than that they are no use, and the others are.
  return least < SHORTEST_COMPARED ? Number.POSITIVE_INFINITY : least;
}

const SHORTEST_COMPARED = 48;

/** 53 bits of the first `limit` bytes and of the length on the wire: equal for equal datagrams, nearly never for others. */
export function payloadKey({ payload, missing }: Datagram, limit: number): number {
  const end = Math.min(payload.length, limit);
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < end; i++) {
    const byte = payload[i] ?? 0;
    a = Math.imul(a ^ byte, 0x9e3779b1);
    b = Math.imul(b ^ byte, 0x5f356495);
  }
  const length = payload.length + missing;
  a = Math.imul(a ^ (a >>> 16) ^ length, 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16) ^ length, 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return 0x100000000 * (b & 0x1fffff) + (a >>> 0);
}

/** The datagrams say the same, as far as `limit` and what a capture cut let it be told. */
export function samePayload(a: Datagram, b: Datagram, limit: number): boolean {
  if (a.payload.length + a.missing !== b.payload.length + b.missing) return false;
  const end = Math.min(a.payload.length, b.payload.length, limit);
  for (let i = 0; i < end; i++) if (a.payload[i] !== b.payload[i]) return false;
  return true;
}

export const isSurelyDtls = ({ payload, missing }: Datagram): boolean =>
  looksLikeDtls(payload, missing) || looksLikeUnified(payload);

const HEADER_LENGTH = 13;
const UNIFIED_HEADER_LENGTH = 3;
/** Of ciphertext with its tag, or of random bytes: no two datagrams share as many by chance. */
const TELLING_LENGTH = 16;
const HANDSHAKE_HEADER_LENGTH = 12;
const HELLO_RANDOM_END = 34;

/**
 * Whether equal bytes prove that it is the same datagram: a hello with its random, a signature, or ciphertext. A
 * ServerHelloDone, a certificate or an alert in the clear are the same in many handshakes.
 */
export function isDistinctive(payload: Uint8Array): boolean {
  let at = 0;
  while (at < payload.length) {
    const type = payload[at] ?? 0;
    if (type >> 5 === 0b001) return payload.length - at >= UNIFIED_HEADER_LENGTH + TELLING_LENGTH;
    if (type < 20 || type > 27 || payload.length - at < HEADER_LENGTH + 2) return false;
    if (type === CONTENT_TYPE.tls12Cid) return payload.length - at >= HEADER_LENGTH + TELLING_LENGTH;
    const epoch = uint16(payload, at + 3);
    const length = uint16(payload, at + 11);
    const held = Math.min(length, payload.length - at - HEADER_LENGTH);
    if (epoch > 0 && held >= TELLING_LENGTH) return true;
    if (epoch === 0 && type === CONTENT_TYPE.handshake && isTellingMessage(payload, at + HEADER_LENGTH, held))
      return true;
    at += HEADER_LENGTH + length;
  }
  return false;
}

function isTellingMessage(payload: Uint8Array, at: number, held: number): boolean {
  const offset = (uint16(payload, at + 6) << 8) | (payload[at + 8] ?? 0);
  const body = held - HANDSHAKE_HEADER_LENGTH;
  switch (payload[at]) {
    case HANDSHAKE_TYPE.clientHello:
    case HANDSHAKE_TYPE.serverHello:
      return offset === 0 && body >= HELLO_RANDOM_END;
    case HANDSHAKE_TYPE.serverKeyExchange:
    case HANDSHAKE_TYPE.certificateVerify:
      return body >= 2 * HELLO_RANDOM_END;
    default:
      return false;
  }
}

/**
 * What a datagram tells of whether its sender hears the other end: `reply`: it answers what came a moment ago.
 * `protected`: both have talked, if perhaps long ago. `opening`: all that somebody sends who hears nothing.
 */
export function answering(payload: Uint8Array): 'reply' | 'protected' | 'opening' {
  const type = payload[0] ?? 0;
  if (type >> 5 === 0b001) return (type & 3) === HANDSHAKE_EPOCH ? 'reply' : 'protected';
  if (type === CONTENT_TYPE.tls12Cid || uint16(payload, 3) > 0) return 'protected';
  if (type !== CONTENT_TYPE.handshake) return type === CONTENT_TYPE.changeCipherSpec ? 'reply' : 'opening';
  const first = payload[HEADER_LENGTH] === HANDSHAKE_TYPE.clientHello && uint16(payload, HEADER_LENGTH + 4) === 0;
  return first ? 'opening' : 'reply';
}

/** Of DTLS 1.3 (RFC 9147 §6.1). */
const HANDSHAKE_EPOCH = 2;

/** A record within a datagram, as its header bounds it, and what tells it from all others of its sender. */
export interface RecordSlice {
  readonly from: number;
  readonly to: number;
  /** Type, version, epoch and sequence number as they stand there. */
  readonly head: string;
}

/** Where the records of a datagram lie; behind a header without a length or with a connection ID, the rest is one. */
export function recordSlices(payload: Uint8Array): RecordSlice[] {
  const slices: RecordSlice[] = [];
  let at = 0;
  while (at < payload.length) {
    const type = payload[at] ?? 0;
    const unified = type >> 5 === 0b001;
    const headLength = unified ? UNIFIED_HEADER_LENGTH : HEADER_LENGTH - 2;
    const lengthAt = at + (unified ? (type & 0x08 ? 3 : 2) : HEADER_LENGTH - 2);
    const bounded = unified ? (type & 0x14) === 0x04 : type !== CONTENT_TYPE.tls12Cid;
    const end = bounded && lengthAt + 2 <= payload.length ? lengthAt + 2 + uint16(payload, lengthAt) : payload.length;
    const to = Math.min(end, payload.length);
    slices.push({ from: at, to, head: text(payload, at, Math.min(at + headLength, to)) });
    at = to;
  }
  return slices;
}

const uint16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
