/** The hash functions that DTLS and SDP use, by name. Synchronous everywhere: no WebCrypto, which insecure contexts lack. */
import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { cryptoProvider } from './provider.ts';

export type HashName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

const FUNCTIONS = { md5, sha1, sha224, sha256, sha384, sha512 } as const;

/** Digest lengths in bytes. */
export const HASH_LENGTHS: { readonly [name in HashName]: number } = {
  md5: 16,
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** A hash that can be read at any point and continued. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** Digest of everything so far; the running state is not touched. */
  digest(): Uint8Array;
}

export function runningHash(name: HashName): RunningHash {
  return cryptoProvider()?.runningHash(name) ?? portableRunningHash(name);
}

function portableRunningHash(name: HashName): RunningHash {
  const state = FUNCTIONS[name].create();
  return {
    update: (bytes) => {
      state.update(bytes);
    },
    digest: () => state.clone().digest(),
  };
}

export function hash(name: HashName, bytes: Uint8Array): Uint8Array {
  return cryptoProvider()?.hash(name, bytes) ?? FUNCTIONS[name](bytes);
}

/** HMAC (RFC 2104) under one key. The two key blocks are hashed once, not per message. */
export class Hmac {
  readonly length: number;
  readonly #mac: (parts: readonly Uint8Array[]) => Uint8Array;

  constructor(name: HashName, key: Uint8Array) {
    this.length = HASH_LENGTHS[name];
    this.#mac = cryptoProvider()?.hmac(name, key) ?? portableHmac(name, key);
  }

  /** The full MAC of the parts in order. */
  mac(...parts: readonly Uint8Array[]): Uint8Array {
    return this.#mac(parts);
  }
}

function portableHmac(name: HashName, key: Uint8Array): (parts: readonly Uint8Array[]) => Uint8Array {
  const keyed = hmac.create(FUNCTIONS[name], key);
  return (parts) => {
    const state = keyed.clone();
    for (const part of parts) state.update(part);
    return state.digest();
  };
}
