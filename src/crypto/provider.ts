/**
 * Primitives that the machine brings along and that are faster than those written in JavaScript. What they give is the
 * same, byte for byte; without a provider everything works as well, as it does in the page.
 */
import type { Aead } from './aead.ts';
import type { HashName, RunningHash } from './hashes.ts';
import type { PublicKey } from './public-key.ts';
import type { RsaPrivateKey } from './rsa.ts';
import type { SignatureForm } from './signature-algorithm.ts';
import type { AeadSpec } from './suites.ts';

/** Each of these is null where the machine lacks the algorithm. */
export interface CryptoProvider {
  aead(spec: AeadSpec, key: Uint8Array): Aead | null;
  /** AES in CBC mode without padding; `ciphertext` is whole blocks. @param key 16 or 32 bytes. */
  cbcDecryptor(key: Uint8Array): ((iv: Uint8Array, ciphertext: Uint8Array) => Uint8Array) | null;
  /** True where it is the key's signature of the message. All else is left to those written in JavaScript. */
  verifies(form: SignatureForm, key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean;
  hash(name: HashName, bytes: Uint8Array): Uint8Array | null;
  runningHash(name: HashName): RunningHash | null;
  /** The private operation of RSA (RFC 8017 §5.1.2), on a number as long as the modulus and below it. Null where it fails. */
  rsaDecryptor(key: RsaPrivateKey): ((ciphertext: Uint8Array) => Uint8Array | null) | null;
  /** The MAC of the parts in order. */
  hmac(name: HashName, key: Uint8Array): ((parts: readonly Uint8Array[]) => Uint8Array) | null;
}

let registered: CryptoProvider | null = null;

/** For the whole program, before it opens anything. Null: none. */
export function registerCryptoProvider(provider: CryptoProvider | null): void {
  registered = provider;
}

export function cryptoProvider(): CryptoProvider | null {
  return registered;
}
