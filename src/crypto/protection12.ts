/**
 * Record protection of DTLS 1.0 and 1.2 (RFC 6347 §4.1.2), with connection IDs (RFC 9146 §5 and the draft before it).
 * Which epoch a key belongs to is the caller's business; nothing here keeps state between records.
 */
import { concat } from '../wire/text.ts';
import { type Aead, createAead } from './aead.ts';
import { cbcHmacOpener, type MacHeader, type MacOpener, type MacOptions, macChecker } from './cbc-hmac.ts';
import { deriveKeyBlock, type WriteKeys } from './schedule12.ts';
import type { AeadSpec, CipherSuite } from './suites.ts';

export { stripInnerPlaintext } from './inner-plaintext.ts';

/** A record as its header gives it. */
export interface ProtectedRecord {
  /** As on the wire: 25 where the record carries a connection ID. */
  readonly contentType: number;
  /** The version field of this very record, which the MAC covers. */
  readonly version: number;
  readonly epoch: number;
  /** 48 bits. */
  readonly sequenceNumber: number;
  /** Everything after the length field. */
  readonly fragment: Uint8Array;
  /** Present for content type 25. `draft`: it was negotiated with extension 53, not 54. */
  readonly cid?: { readonly connectionId: Uint8Array; readonly draft: boolean };
}

/** The keys of one direction and epoch. */
export interface RecordOpener {
  /** The plaintext (with CID: DTLSInnerPlaintext, see `stripInnerPlaintext`); null where it does not authenticate. */
  open(record: ProtectedRecord): Uint8Array | null;
}

export interface Openers {
  /** Opens what the client wrote. */
  readonly client: RecordOpener;
  /** Opens what the server wrote. */
  readonly server: RecordOpener;
}

export interface RecordOptions {
  readonly suite: CipherSuite;
  /** Extension 22, RFC 7366; without meaning for AEAD and NULL suites. */
  readonly encryptThenMac: boolean;
  /** Extension 4, RFC 6066 §7. */
  readonly truncatedHmac?: boolean;
}

export interface Openers12Input extends RecordOptions {
  /** The negotiated version: 0xfefd, 0xfeff, or 0x0100 before the standard. */
  readonly version: number;
  readonly masterSecret: Uint8Array;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
}

/** Openers of the epoch that a handshake with this master secret starts; null where the suite is not supported. */
export function createOpeners12(input: Openers12Input): Openers | null {
  const keys = deriveKeyBlock(input);
  const client = keys && createOpener12(input, keys.client);
  const server = keys && createOpener12(input, keys.server);
  return client && server ? { client, server } : null;
}

/** The opener of one direction from its write keys, for logs that hold the key block itself. */
export function createOpener12(options: RecordOptions, keys: WriteKeys): RecordOpener | null {
  const { protection, tls13 } = options.suite;
  if (protection === null || tls13) return null;
  if (protection.kind === 'aead') return new AeadOpener(protection, keys);
  const mac: MacOptions = { mac: protection.mac, macKey: keys.macKey, truncatedHmac: options.truncatedHmac ?? false };
  if (protection.kind === 'null') return macOpener(macChecker(mac));
  return macOpener(cbcHmacOpener(keys.key, mac, options.encryptThenMac));
}

/** A large capture has these by the ten thousand: it holds no more than it takes to open. */
class AeadOpener implements RecordOpener {
  readonly #spec: AeadSpec;
  readonly #key: Uint8Array;
  readonly #iv: Uint8Array;
  /** Most openers are never used: of two candidates, or of a side that is silent. */
  #aead: Aead | null = null;

  constructor(spec: AeadSpec, { key, iv }: WriteKeys) {
    this.#spec = spec;
    this.#key = key;
    this.#iv = iv;
  }

  open(record: ProtectedRecord): Uint8Array | null {
    const { explicitNonceLength, tagLength } = this.#spec;
    const { fragment } = record;
    const length = fragment.length - explicitNonceLength - tagLength;
    if (length < 0) return null;
    this.#aead ??= createAead(this.#spec, this.#key);
    NONCE.set(this.#iv);
    if (explicitNonceLength > 0) NONCE.set(fragment.subarray(0, explicitNonceLength), this.#iv.length);
    else xorNumber(record, NONCE);
    return this.#aead.open(NONCE, authenticatedHeader(record, length), fragment.subarray(explicitNonceLength));
  }
}

/** One for all: it holds until the next record is opened. */
const NONCE = new Uint8Array(12);

/** RFC 7905 §2: the write IV xor the 64 bits epoch ‖ sequence_number, padded on the left. */
function xorNumber(record: ProtectedRecord, nonce: Uint8Array): void {
  const number = recordNumber(record);
  for (let i = 0; i < 8; i++) nonce[i + 4] = (nonce[i + 4] ?? 0) ^ (number[i] ?? 0);
}

function macOpener(opener: MacOpener): RecordOpener {
  return {
    open: (record) => {
      const header: MacHeader = (length) => authenticatedHeader(record, length);
      return opener.open(record.fragment, header);
    },
  };
}

/**
 * What is authenticated beside the content: additional data of AEAD (RFC 5246 §6.2.3.3) and start of the MAC input
 * (§6.2.3.1) are the same bytes, also with a connection ID (RFC 9146 §5.1 to §5.3).
 */
function authenticatedHeader(record: ProtectedRecord, length: number): Uint8Array {
  const { contentType, version, cid } = record;
  if (cid === undefined) {
    const header = new Uint8Array(13);
    writeNumber(record, header);
    header[8] = contentType;
    header[9] = version >> 8;
    header[10] = version & 0xff;
    header[11] = length >> 8;
    header[12] = length & 0xff;
    return header;
  }
  const number = recordNumber(record);
  const versionField = uint16(version);
  const lengthField = uint16(length);
  const { connectionId, draft } = cid;
  const type = Uint8Array.of(contentType);
  const cidLength = Uint8Array.of(connectionId.length);
  if (draft) return concat(number, type, versionField, connectionId, cidLength, lengthField); // until draft 08
  return concat(PLACEHOLDER, type, cidLength, type, versionField, number, connectionId, lengthField);
}

/** Keeps the CID form apart from every older one, RFC 9146 §5. */
const PLACEHOLDER = new Uint8Array(8).fill(0xff);

/** epoch ‖ sequence_number, 64 bits. */
function recordNumber(record: ProtectedRecord): Uint8Array {
  const number = new Uint8Array(8);
  writeNumber(record, number);
  return number;
}

function writeNumber({ epoch, sequenceNumber }: ProtectedRecord, to: Uint8Array): void {
  const high = Math.floor(sequenceNumber / 2 ** 32);
  const low = sequenceNumber >>> 0;
  to[0] = epoch >> 8;
  to[1] = epoch & 0xff;
  to[2] = high >> 8;
  to[3] = high & 0xff;
  to[4] = low >>> 24;
  to[5] = (low >>> 16) & 0xff;
  to[6] = (low >>> 8) & 0xff;
  to[7] = low & 0xff;
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of((value >> 8) & 0xff, value & 0xff);
}
