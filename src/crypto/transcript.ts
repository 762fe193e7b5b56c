/**
 * The handshake transcript of DTLS 1.0 and 1.2 (RFC 6347 §4.2.6): every message once, as if it had never been
 * fragmented, with its 12-byte header. The caller leaves out HelloVerifyRequest, the ClientHello it answers (§4.2.1)
 * and everything that was sent again.
 */
import { concat } from '../wire/text.ts';
import { type RunningHash, runningHash } from './hashes.ts';

/** 'md5sha1' is the 36 bytes of DTLS 1.0: MD5, then SHA-1. */
export type TranscriptHash = 'sha256' | 'sha384' | 'md5sha1';

const HEADER_LENGTH = 12;
/** "DTLS 0.9" of OpenSSL before 0.9.8f: the header of handshake messages is not hashed. */
const PRE_STANDARD = 0x0100;

interface Progress {
  readonly hash: RunningHash;
  /** How many messages it has seen. */
  count: number;
}

export class Transcript {
  readonly #messages: Uint8Array[] = [];
  readonly #hashes = new Map<'sha256' | 'sha384' | 'md5' | 'sha1', Progress>();
  readonly #skip: number;

  /** @param version the negotiated one, as on the wire; it matters only for 0x0100. */
  constructor(version = 0xfefd) {
    this.#skip = version === PRE_STANDARD ? HEADER_LENGTH : 0;
  }

  /** Messages appended so far. */
  get length(): number {
    return this.#messages.length;
  }

  /**
   * Adds the next message.
   * @param message header of 12 bytes (fragment_offset 0, fragment_length = length) and body. Kept, not copied.
   */
  append(message: Uint8Array): void {
    this.#messages.push(message.subarray(this.#skip));
  }

  /** Hash of all messages so far. The messages after the last call with this hash are hashed, no others. */
  hash(name: TranscriptHash): Uint8Array {
    return name === 'md5sha1' ? concat(this.#digest('md5'), this.#digest('sha1')) : this.#digest(name);
  }

  #digest(name: 'sha256' | 'sha384' | 'md5' | 'sha1'): Uint8Array {
    let progress = this.#hashes.get(name);
    if (progress === undefined) {
      progress = { hash: runningHash(name), count: 0 };
      this.#hashes.set(name, progress);
    }
    for (const message of this.#messages.slice(progress.count)) progress.hash.update(message);
    progress.count = this.#messages.length;
    return progress.hash.digest();
  }
}
