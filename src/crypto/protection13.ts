/**
 * Record protection of DTLS 1.3 (RFC 9147 §4.2). A record is opened in two steps, because its sequence number is
 * hidden: take the mask off (`sequenceBits`), guess the full number, and let the tag decide (`open`).
 */
import { type Aead, createAead } from './aead.ts';
import { type ByteReading, createByteReading } from './byte-reading.ts';
import { type InnerPlaintext, stripInnerPlaintext } from './inner-plaintext.ts';
import { deriveTrafficKeys, type TrafficKeys } from './schedule13.ts';
import { reconstructSequenceNumber } from './sequence.ts';
import { createSequenceMask, type SequenceMask } from './sequence-mask.ts';
import type { AeadSpec, CipherSuite } from './suites.ts';

/** A record with a unified header (RFC 9147 §4), as the wire gives it. */
export interface UnifiedRecord {
  /** All bytes before the ciphertext, sequence bits still encrypted: first byte, connection ID, number, length. */
  readonly header: Uint8Array;
  /** Where the sequence bits begin in `header`: 1 + length of the connection ID. */
  readonly sequenceOffset: number;
  readonly sequenceWidth: 8 | 16;
  /** With its tag. */
  readonly ciphertext: Uint8Array;
}

export interface Opened13 {
  readonly sequenceNumber: number;
  /** DTLSInnerPlaintext: content ‖ type ‖ zeros. Its first byte is byte 0 of the "plaintext" buffer. */
  readonly plaintext: Uint8Array;
  /** Null where the plaintext is all zeros, which is malformed (RFC 8446 §5.4). */
  readonly inner: InnerPlaintext | null;
}

/** What the last byte of a record says, as long as nobody changed it on the way: its tag is not looked at. */
export interface Skimmed13 {
  readonly sequenceNumber: number;
  readonly contentType: number;
  /** Of the content. */
  readonly length: number;
}

/** The keys of one direction and one epoch. It keeps no state: the caller remembers the highest number. */
export interface RecordOpener13 {
  /** The low bits of the sequence number; null where the record is too short to have any (RFC 9147 §4.2.3). */
  sequenceBits(record: UnifiedRecord): number | null;
  /**
   * Null where the record does not authenticate.
   * @param expected the highest authenticated number of this epoch and direction plus one, or 0.
   */
  open(record: UnifiedRecord, expected: number): Opened13 | null;
  /**
   * The number and the content type without opening the record. Null where it is padded, and where its number is more
   * than `SKIMMED_AHEAD` away from the expected one: a damaged record has any.
   */
  skim(record: UnifiedRecord, expected: number): Skimmed13 | null;
  /** The inner plaintext under exactly this number; null where it does not authenticate. */
  openAt(record: UnifiedRecord, sequenceNumber: number): Uint8Array | null;
}

/** Far below half the range of 8 bits, so that one number taken for right does not make those after it wrong. */
export const SKIMMED_AHEAD = 32;

/** From the traffic secret of an epoch; null where the suite is not supported (or not one of 1.3). */
export function createOpener13(suite: CipherSuite, trafficSecret: Uint8Array): RecordOpener13 | null {
  const keys = deriveTrafficKeys(suite, trafficSecret);
  return keys === null || suite.protection?.kind !== 'aead' ? null : new Opener13(suite.protection, keys);
}

/** A large capture has these by the ten thousand: it holds no more than it takes to open. */
class Opener13 implements RecordOpener13 {
  readonly #spec: AeadSpec;
  readonly #key: Uint8Array;
  readonly #iv: Uint8Array;
  readonly #aead: Aead;
  readonly #mask: SequenceMask;
  /** Most captures are small enough to have everything opened: then it is never made. */
  #reading: ByteReading | null = null;

  constructor(spec: AeadSpec, { key, iv, sn }: TrafficKeys) {
    this.#spec = spec;
    this.#key = key;
    this.#iv = iv;
    this.#aead = createAead(spec, key);
    this.#mask = createSequenceMask(spec.cipher, sn);
  }

  sequenceBits({ header, sequenceOffset: at, sequenceWidth: width, ciphertext }: UnifiedRecord): number | null {
    const bits = this.#mask(ciphertext);
    const [high, low] = [header[at], header[at + 1]];
    if (bits === null || high === undefined) return null;
    if (width === 8) return high ^ (bits >> 8);
    return low === undefined ? null : ((high << 8) | low) ^ bits;
  }

  openAt(record: UnifiedRecord, sequenceNumber: number): Uint8Array | null {
    const header = plainHeader(record, sequenceNumber);
    return this.#aead.open(nonceOf(this.#iv, sequenceNumber), header, record.ciphertext);
  }

  open(record: UnifiedRecord, expected: number): Opened13 | null {
    const bits = this.sequenceBits(record);
    if (bits === null) return null;
    const sequenceNumber = reconstructSequenceNumber(bits, record.sequenceWidth, expected);
    const plaintext = this.openAt(record, sequenceNumber);
    return plaintext && { sequenceNumber, plaintext, inner: stripInnerPlaintext(plaintext) };
  }

  skim(record: UnifiedRecord, expected: number): Skimmed13 | null {
    const { ciphertext, sequenceWidth } = record;
    const last = ciphertext.length - this.#spec.tagLength - 1;
    const bits = last < 0 ? null : this.sequenceBits(record);
    if (bits === null) return null;
    const sequenceNumber = reconstructSequenceNumber(bits, sequenceWidth, expected);
    if (Math.abs(sequenceNumber - expected) > SKIMMED_AHEAD) return null;
    this.#reading ??= createByteReading(this.#spec.cipher, this.#key);
    const contentType = this.#reading(nonceOf(this.#iv, sequenceNumber), ciphertext, last);
    return contentType === 0 ? null : { sequenceNumber, contentType, length: last };
  }
}

/** One for all: a nonce holds until the next one is made. */
const NONCE = new DataView(new ArrayBuffer(12));
const NONCE_BYTES = new Uint8Array(NONCE.buffer);

/** RFC 8446 §5.3, RFC 9147 §4: the IV xor the 64-bit sequence number; the epoch is not part of it. */
function nonceOf(iv: Uint8Array, sequenceNumber: number): Uint8Array {
  NONCE_BYTES.set(iv);
  NONCE.setUint32(4, NONCE.getUint32(4) ^ Math.floor(sequenceNumber / 2 ** 32));
  NONCE.setUint32(8, NONCE.getUint32(8) ^ (sequenceNumber % 2 ** 32));
  return NONCE_BYTES;
}

/** The additional data: the header as sent, but with the sequence number before its encryption (RFC 9147 §4). */
function plainHeader(record: UnifiedRecord, sequenceNumber: number): Uint8Array {
  const header = new Uint8Array(record.header); // not slice(): of a Buffer that is a view, and this writes
  const at = record.sequenceOffset;
  if (record.sequenceWidth === 16) {
    header[at] = (sequenceNumber / 256) & 0xff;
    header[at + 1] = sequenceNumber & 0xff;
  } else {
    header[at] = sequenceNumber & 0xff;
  }
  return header;
}
