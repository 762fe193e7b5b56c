/** The handshake header of DTLS: one message in pieces (RFC 6347 §4.2.2, RFC 9147 §5.2). */
import type { ByteReader, Span } from '../wire/reader.ts';
import { handshakeTypeName } from './registry.ts';

export const HANDSHAKE_HEADER_LENGTH = 12;

export interface HandshakeFragment {
  readonly msgType: number;
  /** Of the whole message, in bytes, without this header. */
  readonly length: number;
  readonly messageSeq: number;
  readonly fragmentOffset: number;
  readonly fragmentLength: number;
  /** Shorter than `fragmentLength` where the record ends first. */
  readonly body: Uint8Array;
  /** Header and body. */
  readonly at: Span;
  /** Null, or why it cannot be part of a message. */
  readonly fault: string | null;
}

/** All fragments of one handshake record: a record may hold several messages, each whole or in part. */
export function decodeFragments(r: ByteReader): HandshakeFragment[] {
  const fragments: HandshakeFragment[] = [];
  while (r.remaining > 0)
    fragments.push(
      r.group(
        'handshake',
        () => decodeFragment(r),
        (f) => handshakeTypeName(f.msgType),
      ),
    );
  return fragments;
}

function decodeFragment(r: ByteReader): HandshakeFragment {
  const start = r.offset;
  const msgType = r.uint8('msg_type', handshakeTypeName);
  const length = r.uint24('length');
  const messageSeq = r.uint16('message_seq');
  const fragmentOffset = r.uint24('fragment_offset');
  const fragmentLength = r.uint24('fragment_length');
  const cutHeader = r.short;
  const body = r.opaque('fragment', fragmentLength);
  const at = r.span(start);
  let fault: string | null = null;
  if (cutHeader) fault = 'the record ends inside the handshake header';
  else if (fragmentOffset + fragmentLength > length) {
    fault = `bytes ${fragmentOffset} to ${fragmentOffset + fragmentLength} lie outside a message of ${length} bytes`;
    r.illegal('fragment_length', at, fault);
  } else if (body.length < fragmentLength)
    fault = `the record ends ${fragmentLength - body.length} bytes before the fragment does`;
  return { msgType, length, messageSeq, fragmentOffset, fragmentLength, body, at, fault };
}

/** A message as the 1.2 transcript hashes it: header with fragment_offset 0 and fragment_length = length (RFC 6347 §4.2.6). */
export function asUnfragmented(msgType: number, messageSeq: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HANDSHAKE_HEADER_LENGTH + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, (msgType << 24) | body.length);
  view.setUint16(4, messageSeq);
  view.setUint32(8, body.length); // the low 3 bytes; the high byte is the end of fragment_offset, zero
  bytes.set(body, HANDSHAKE_HEADER_LENGTH);
  return bytes;
}

/** Whether a known type and lengths that fit begin the content of a record: ciphertext does that once in some billions. */
export function readsAsFragment(content: Uint8Array): boolean {
  const number = (at: number, length: number): number => {
    let value = 0;
    for (let i = 0; i < length; i++) value = value * 256 + (content[at + i] ?? 0);
    return value;
  };
  if (content.length < HANDSHAKE_HEADER_LENGTH || handshakeTypeName(number(0, 1)).startsWith('0x')) return false;
  const [whole, offset, piece] = [number(1, 3), number(6, 3), number(9, 3)];
  return piece === content.length - HANDSHAKE_HEADER_LENGTH && offset + piece <= whole;
}
