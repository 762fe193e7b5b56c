/**
 * The handshake transcript of DTLS 1.3 (RFC 9147 §5.2, RFC 8446 §4.4.1): messages in the TLS 1.3 form, with a header
 * of 4 bytes, without message_seq, fragment_offset and fragment_length.
 */
import { concatAll } from '../wire/text.ts';
import { hash, runningHash } from './hashes.ts';
import type { PrfHash } from './suites.ts';

const DTLS_HEADER_LENGTH = 12;
/** msg_type and length. */
const TLS_HEADER_LENGTH = 4;
const MESSAGE_HASH = 254;

export class Transcript13 {
  #messages: Uint8Array[] = [];

  /** Adds the next message, given with its 12-byte header as if never fragmented. Kept, not copied. */
  append(message: Uint8Array): void {
    this.#messages.push(message.subarray(0, TLS_HEADER_LENGTH), message.subarray(DTLS_HEADER_LENGTH));
  }

  /** Call when HelloRetryRequest comes, before appending it: ClientHello1 becomes message_hash (RFC 8446 §4.4.1). */
  replaceByMessageHash(name: PrfHash): void {
    const digest = hash(name, concatAll(this.#messages));
    this.#messages = [Uint8Array.of(MESSAGE_HASH, 0, 0, digest.length), digest];
  }

  /** Hash of all messages so far. */
  hash(name: PrfHash): Uint8Array {
    const running = runningHash(name);
    for (const part of this.#messages) running.update(part);
    return running.digest();
  }
}
