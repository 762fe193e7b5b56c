/**
 * A trace as it lies on a server: version (1 byte), nonce (24), then XChaCha20-Poly1305 of the content with its tag
 * (draft-irtf-cfrg-xchacha-03). The version is authenticated too. Key and nonce are the caller's to draw at random.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';

export const SEALED_VERSION = 1;
export const SEAL_KEY_BYTES = 32;
export const SEAL_NONCE_BYTES = 24;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + SEAL_NONCE_BYTES;
/** Nothing shorter was sealed by us. */
export const SHORTEST_SEALED = HEAD_BYTES + TAG_BYTES;

const PURPOSE = new TextEncoder().encode('dtlscope stored trace');

export function seal(key: Uint8Array, nonce: Uint8Array, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const sealed = new Uint8Array(SHORTEST_SEALED + content.length);
  sealed[0] = SEALED_VERSION;
  sealed.set(nonce, 1);
  sealed.set(xchacha20poly1305(key, nonce, context(SEALED_VERSION)).encrypt(content), HEAD_BYTES);
  return sealed;
}

export type Unsealed =
  | { readonly kind: 'content'; readonly content: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'newer'; readonly version: number }
  /** Too short, altered, or of another key: which of these, nobody can tell. */
  | { readonly kind: 'unfit' };

/** Never throws. */
export function unseal(key: Uint8Array, sealed: Uint8Array): Unsealed {
  const version = sealed[0] ?? 0;
  if (sealed.length < SHORTEST_SEALED || key.length !== SEAL_KEY_BYTES) return { kind: 'unfit' };
  if (version > SEALED_VERSION) return { kind: 'newer', version };
  try {
    const cipher = xchacha20poly1305(key, sealed.subarray(1, HEAD_BYTES), context(version));
    return { kind: 'content', content: new Uint8Array(cipher.decrypt(sealed.subarray(HEAD_BYTES))) };
  } catch {
    return { kind: 'unfit' }; // noble's way to say that the tag is wrong
  }
}

function context(version: number): Uint8Array {
  return Uint8Array.from([...PURPOSE, version]);
}
