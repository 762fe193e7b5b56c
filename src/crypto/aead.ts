/** Authenticated encryption with additional data (RFC 5116), opening only: this program never encrypts. */
import { ccmOpener } from './ccm.ts';
import { chachaOpener } from './chacha.ts';
import { gcmOpener } from './gcm.ts';
import { cryptoProvider } from './provider.ts';
import type { AeadSpec } from './suites.ts';

/** One key. Its schedule and tables are built once; `open` is called per record. */
export interface Aead {
  /**
   * The plaintext, or null where the tag did not verify (or nonce or ciphertext have impossible lengths).
   * @param nonce 12 bytes.
   * @param ciphertext with the tag at its end. Not modified, not kept.
   */
  open(nonce: Uint8Array, additionalData: Uint8Array, ciphertext: Uint8Array): Uint8Array | null;
}

/** @param key of `spec.keyLength` bytes. */
export function createAead(spec: AeadSpec, key: Uint8Array): Aead {
  return cryptoProvider()?.aead(spec, key) ?? portableAead(spec, key);
}

/** The same on any machine. */
export function portableAead(spec: AeadSpec, key: Uint8Array): Aead {
  switch (spec.cipher) {
    case 'aes-gcm':
      return gcmOpener(key);
    case 'aes-ccm':
      return ccmOpener(key, spec.tagLength);
    case 'chacha20-poly1305':
      return chachaOpener(key);
  }
}
