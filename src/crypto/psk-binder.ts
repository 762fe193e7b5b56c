/**
 * The proof in a ClientHello of 1.3 that its sender knows a pre-shared key (RFC 8446 §4.2.11.2). With it a PSK that was
 * given can be told from one that was meant, before anything is decrypted.
 */
import { HASH_LENGTHS, Hmac, hash } from './hashes.ts';
import { hkdfExpandLabel, hkdfExtract } from './hkdf.ts';
import { deriveFinishedKey } from './schedule13.ts';
import type { PrfHash } from './suites.ts';

/** RFC 8446 §7.1: 0 without salt, PSK as input. */
export function deriveEarlySecret(prfHash: PrfHash, psk: Uint8Array): Uint8Array {
  return hkdfExtract(prfHash, new Uint8Array(HASH_LENGTHS[prfHash]), psk);
}

/**
 * The binder, as long as the digest.
 * @param prfHash the hash that the PSK belongs to: SHA-256 where nothing else was agreed on.
 * @param truncatedHash transcript hash over the ClientHello without its binders (`withoutBinders`); after a
 * HelloRetryRequest over message_hash and that request before it.
 */
export function pskBinder(
  prfHash: PrfHash,
  psk: Uint8Array,
  origin: 'external' | 'resumption',
  truncatedHash: Uint8Array,
): Uint8Array {
  const label = origin === 'external' ? 'ext binder' : 'res binder';
  const noMessages = hash(prfHash, new Uint8Array());
  const key = hkdfExpandLabel(prfHash, deriveEarlySecret(prfHash, psk), label, noMessages, HASH_LENGTHS[prfHash]);
  return new Hmac(prfHash, deriveFinishedKey(prfHash, key)).mac(truncatedHash);
}

/**
 * A ClientHello up to its binders, its lengths as if they were there; `Transcript13.append` takes it.
 * @param message with its header of 12 bytes, the extension pre_shared_key last.
 * @param binders the values of the list, without their lengths.
 */
export function withoutBinders(message: Uint8Array, binders: readonly Uint8Array[]): Uint8Array {
  const list = binders.reduce((sum, binder) => sum + 1 + binder.length, 2);
  return message.subarray(0, Math.max(0, message.length - list));
}
