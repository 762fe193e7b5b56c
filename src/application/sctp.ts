/**
 * SCTP over DTLS (RFC 8261), as data channels of WebRTC use it (RFC 8831): the packet of RFC 9260 §3, a common header
 * and chunks.
 */
import type { ByteReader } from '../wire/reader.ts';
import { hexNumber } from '../wire/text.ts';
import { crc32c } from './crc32c.ts';
import { sized } from './one-line.ts';
import type { Protocol, Reading } from './protocol.ts';
import { decodeChunkBody, pad } from './sctp-chunks.ts';
import { CHUNKS } from './sctp-names.ts';

const COMMON_HEADER = 12;
const CHECKSUM_AT = 8;

/** Zero is legal where the receiver declared that DTLS is check enough (RFC 9653). */
type Checksum = 'right' | 'wrong' | 'zero';

export const SCTP: Protocol = {
  names: ['SCTP'],
  ports: [],
  alpn: ['webrtc', 'c-webrtc'],
  mayBe: (bytes) => bytes.length >= COMMON_HEADER + 4 && bytes.length % 4 === 0 && CHUNKS.has(bytes[12] ?? 0xff),
  decode: decodeSctp,
};

function decodeSctp(r: ByteReader): Reading {
  const expected = checksumOf(r);
  r.uint16('source_port');
  r.uint16('destination_port');
  r.uint32('verification_tag');
  const checksum = decodeChecksum(r, expected);
  const chunks: string[] = [];
  let known = true;
  while (r.remaining > 0) {
    const { type, summary } = decodeChunk(r);
    known &&= CHUNKS.has(type);
    chunks.push(summary);
  }
  const said = chunks.length > 4 ? [...chunks.slice(0, 3), `${chunks.length - 3} more chunks`] : chunks;
  const doubt = checksum === 'wrong' ? ', checksum wrong' : '';
  return {
    protocol: 'SCTP',
    summary: `${said.join(' + ')}${doubt}`,
    sure: chunks.length > 0 && (known || checksum === 'right'),
  };
}

/** Over the whole packet, with the checksum itself taken as zero. */
function checksumOf(r: ByteReader): number {
  return crc32c(r.remaining, (i) => (i >= CHECKSUM_AT && i < COMMON_HEADER ? 0 : (r.peek(i) ?? 0)));
}

/** The one number of SCTP whose least significant byte comes first (RFC 9260 appendix A). */
function decodeChecksum(r: ByteReader, expected: number): Checksum {
  const found = littleEndian(
    r.opaque('checksum', 4, (bytes) => {
      if (littleEndian(bytes) === expected) return 'CRC32c, right';
      if (littleEndian(bytes) === 0) return 'zero: not computed (RFC 9653)';
      return `CRC32c, wrong: it should be ${hexNumber(swapped(expected), 8)}`;
    }),
  );
  return found === expected ? 'right' : found === 0 ? 'zero' : 'wrong';
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

function swapped(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

function decodeChunk(r: ByteReader): { type: number; summary: string } {
  const name = CHUNKS.get(r.peek() ?? 0xff) ?? 'chunk';
  return r.group(
    name,
    () => {
      const from = r.offset;
      const type = r.uint8('chunk_type', (value) => CHUNKS.get(value) ?? null);
      const flags = r.uint8('chunk_flags');
      const length = r.uint16('chunk_length');
      if (length < 4) {
        r.illegal('chunk_length', r.span(from), 'a chunk has at least the 4 bytes of its header (RFC 9260 §3.2)');
        r.opaque('chunk_value', r.remaining);
        return { type, summary: name };
      }
      const body = r.sub('chunk_value', length - 4);
      const summary =
        decodeChunkBody(type, flags, body) ?? (body.remaining > 0 ? `${name}, ${sized(body.remaining)}` : name);
      if (body.remaining > 0) body.opaque('chunk_value', body.remaining);
      pad(r, length);
      return { type, summary };
    },
    ({ summary }) => (summary === name ? null : summary),
  );
}
