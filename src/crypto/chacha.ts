/** ChaCha20-Poly1305 (RFC 8439 §2.8). It has no key schedule worth keeping. */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import type { Aead } from './aead.ts';

const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/** @param key 32 bytes. */
export function chachaOpener(key: Uint8Array): Aead {
  return {
    open(nonce, additionalData, ciphertext) {
      if (nonce.length !== NONCE_LENGTH || ciphertext.length < TAG_LENGTH) return null;
      try {
        return chacha20poly1305(key, nonce, additionalData).decrypt(ciphertext);
      } catch {
        return null; // noble's way to say that the tag is wrong
      }
    },
  };
}
