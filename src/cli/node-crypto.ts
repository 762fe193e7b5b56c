/**
 * The ciphers and hashes of node:crypto (OpenSSL, with the machine's own instructions) in place of those written in
 * JavaScript. A provider may add speed, never a suite: page and command line open the same records.
 */
import {
  constants,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  type KeyObject,
  privateDecrypt,
} from 'node:crypto';
import type { Aead } from '../crypto/aead.ts';
import type { HashName } from '../crypto/hashes.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { RsaPrivateKey } from '../crypto/rsa.ts';
import type { AeadSpec } from '../crypto/suites.ts';
import { base64Url, nodeVerifies } from './node-signatures.ts';

const NONCE_LENGTH = 12;
const CCM_NONCE_LENGTHS = { least: 7, most: 13 };

export const NODE_CRYPTO: CryptoProvider = {
  aead: (spec, key) => (hasCipher(algorithmOf(spec, key), spec.tagLength) ? nodeAead(spec, key) : null),
  cbcDecryptor(key) {
    const algorithm = `aes-${8 * key.length}-cbc`;
    if (!hasCipher(algorithm)) return null;
    return (iv, ciphertext) => {
      const decipher = createDecipheriv(algorithm, key, iv);
      decipher.setAutoPadding(false);
      return plain(decipher.update(ciphertext));
    };
  },
  rsaDecryptor(given) {
    const key = rsaKey(given);
    return key && ((ciphertext) => rsaPower(key, ciphertext));
  },
  verifies: nodeVerifies,
  hash: (name, bytes) => (hasHash(name) ? plain(createHash(name).update(bytes).digest()) : null),
  runningHash(name) {
    if (!hasHash(name)) return null;
    const state = createHash(name);
    return {
      update: (bytes) => {
        state.update(bytes);
      },
      digest: () => plain(state.copy().digest()),
    };
  },
  hmac(name, key) {
    if (!hasHash(name)) return null;
    return (parts) => {
      const state = createHmac(name, key);
      for (const part of parts) state.update(part);
      return plain(state.digest());
    };
  },
};

const rsaKeys = new WeakMap<RsaPrivateKey, KeyObject | null>();

/** Null where node does not take it: without its primes, or of a size that it refuses. */
function rsaKey(key: RsaPrivateKey): KeyObject | null {
  const known = rsaKeys.get(key);
  if (known !== undefined) return known;
  const made = key.crt && makeRsaKey(key, key.crt);
  rsaKeys.set(key, made);
  return made;
}

function makeRsaKey({ n, e, d }: RsaPrivateKey, { p, q, dP, dQ, qInv }: NonNullable<RsaPrivateKey['crt']>) {
  const numbers = Object.entries({ n, e, d, p, q, dp: dP, dq: dQ, qi: qInv });
  const jwk = Object.fromEntries(numbers.map(([name, number]) => [name, base64Url(number)]));
  try {
    return createPrivateKey({ key: { kty: 'RSA', ...jwk }, format: 'jwk' });
  } catch {
    return null;
  }
}

/** The padding is taken off by those who ask: they say what is wrong with it. */
function rsaPower(key: KeyObject, ciphertext: Uint8Array): Uint8Array | null {
  try {
    return plain(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, ciphertext));
  } catch {
    return null;
  }
}

function nodeAead(spec: AeadSpec, key: Uint8Array): Aead {
  const { cipher, tagLength } = spec;
  const algorithm = algorithmOf(spec, key);
  return {
    open(nonce, additionalData, ciphertext) {
      const length = ciphertext.length - tagLength;
      if (length < 0 || !fits(cipher, nonce.length, length)) return null;
      try {
        const decipher = openingCipher(algorithm, key, nonce, tagLength);
        decipher.setAuthTag(ciphertext.subarray(length));
        if (additionalData.length > 0) decipher.setAAD(additionalData, { plaintextLength: length });
        const plaintext = decipher.update(ciphertext.subarray(0, length));
        decipher.final();
        return plain(plaintext);
      } catch {
        return null; // OpenSSL's way to say that the tag is wrong
      }
    },
  };
}

/** All three take the options of CCM, which node's types want of CCM alone. */
function openingCipher(algorithm: string, key: Uint8Array, nonce: Uint8Array, authTagLength: number) {
  return createDecipheriv(algorithm as 'aes-128-ccm', key, nonce, { authTagLength });
}

function algorithmOf({ cipher }: AeadSpec, key: Uint8Array): string {
  return cipher === 'chacha20-poly1305' ? cipher : `aes-${8 * key.length}-${cipher.slice('aes-'.length)}`;
}

/** Of CCM, what is longer than its field of length can say is no ciphertext (RFC 3610 §2). */
function fits(cipher: AeadSpec['cipher'], nonceLength: number, length: number): boolean {
  if (cipher !== 'aes-ccm') return nonceLength === NONCE_LENGTH;
  return (
    nonceLength >= CCM_NONCE_LENGTHS.least &&
    nonceLength <= CCM_NONCE_LENGTHS.most &&
    length < 2 ** (8 * (15 - nonceLength))
  );
}

/** Not a Buffer, whose slice() shares its bytes. */
function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

const cipherFound = new Map<string, boolean>();
const hashFound = new Map<HashName, boolean>();

/** Builds of node differ in what they have: without CCM, or without MD5. Told by trying. */
function hasCipher(algorithm: string, tagLength?: number): boolean {
  return found(cipherFound, algorithm, () => {
    const bits = /^aes-(\d+)/.exec(algorithm)?.[1] ?? 256;
    const key = new Uint8Array(Number(bits) / 8);
    if (tagLength === undefined) createDecipheriv(algorithm, key, new Uint8Array(16));
    else openingCipher(algorithm, key, new Uint8Array(NONCE_LENGTH), tagLength);
  });
}

function hasHash(name: HashName): boolean {
  return found(hashFound, name, () => createHash(name));
}

function found<T>(known: Map<T, boolean>, name: T, use: () => unknown): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  let works = true;
  try {
    use();
  } catch {
    works = false;
  }
  known.set(name, works);
  return works;
}
