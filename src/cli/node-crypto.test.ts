import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { Session } from '../analysis/session.ts';
import { aeadWorks } from '../crypto/aead.test.helper.ts';
import { portableAead } from '../crypto/aead.ts';
import { cbcHmacOpener } from '../crypto/cbc-hmac.ts';
import { HASH_LENGTHS, type HashName, Hmac, hash, runningHash } from '../crypto/hashes.ts';
import { parsePrivateKey } from '../crypto/private-key.ts';
import { type CryptoProvider, registerCryptoProvider } from '../crypto/provider.ts';
import { decryptPkcs1 } from '../crypto/rsa.ts';
import type { AeadSpec } from '../crypto/suites.ts';
import { writeReport } from '../report/report.ts';
import { NODE_CRYPTO } from './node-crypto.ts';

afterEach(() => registerCryptoProvider(null));

/** What comes out with node's primitives, and with those in JavaScript. */
function both<T>(use: () => T): readonly [T, T] {
  registerCryptoProvider(NODE_CRYPTO);
  const fast = use();
  registerCryptoProvider(null);
  return [fast, use()];
}

describe('AEAD', () => {
  aeadWorks((spec, key) => NODE_CRYPTO.aead(spec, key) ?? missing(spec));
});

function missing({ cipher }: AeadSpec): never {
  throw new Error(`node has no ${cipher}`);
}

const CIPHERS = ['aes-gcm', 'aes-ccm', 'chacha20-poly1305'] as const;

test.each(CIPHERS)('%s: what does not open with the one does not with the other, whatever its length', (cipher) => {
  const spec = {
    kind: 'aead',
    cipher,
    keyLength: 32,
    fixedIvLength: 12,
    explicitNonceLength: 0,
    tagLength: 16,
  } as const;
  const key = new Uint8Array(32).fill(7);
  for (const open of [NODE_CRYPTO.aead(spec, key)?.open, portableAead(spec, key).open]) {
    for (let length = 0; length < 80; length++) {
      for (const nonceLength of [0, 6, 7, 12, 13, 14])
        expect(open?.(new Uint8Array(nonceLength), new Uint8Array(length % 3), new Uint8Array(length))).toBeNull();
    }
  }
});

test('a plaintext is no Buffer, whose slice() would be a view', () => {
  expect(NODE_CRYPTO.hash('sha256', new Uint8Array(3))?.constructor).toBe(Uint8Array);
});

describe.each(Object.keys(HASH_LENGTHS) as HashName[])('%s', (name) => {
  const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => i * 7);

  test('digests and MACs are the same', () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 127, 128, 129, 1000]) {
      const [fast, slow] = both(() => [
        hash(name, bytes(length)),
        new Hmac(name, bytes(length)).mac(bytes(length), bytes(3)),
      ]);
      expect(fast).toEqual(slow);
      expect(fast[0]).toHaveLength(HASH_LENGTHS[name]);
    }
  });

  test('a running hash can be read and continued', () => {
    const [fast, slow] = both(() => {
      const running = runningHash(name);
      return [0, 10, 200].map((length) => {
        running.update(bytes(length));
        return running.digest();
      });
    });
    expect(fast).toEqual(slow);
    expect(fast[1]).not.toEqual(fast[2]);
  });
});

test.each([16, 32])('CBC with a key of %i: fragments of any length', (keyLength) => {
  const mac = { mac: 'sha1', macKey: new Uint8Array(20), truncatedHmac: false } as const;
  for (let length = 0; length < 100; length++) {
    for (const encryptThenMac of [false, true]) {
      const [fast, slow] = both(() =>
        cbcHmacOpener(new Uint8Array(keyLength), mac, encryptThenMac).open(
          new Uint8Array(length),
          () => new Uint8Array(13),
        ),
      );
      expect(fast).toEqual(slow);
    }
  }
});

describe('RSA', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const parsed = parsePrivateKey(new Uint8Array(privateKey.export({ type: 'pkcs1', format: 'der' })));
  if (parsed.kind !== 'key') throw new Error(parsed.message);
  const { key } = parsed;

  test('a premaster secret, and what is none', () => {
    const premaster = new Uint8Array(48).fill(5);
    const sealed = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, premaster);
    const damaged = Uint8Array.from(sealed, (byte, i) => (i === 9 ? byte ^ 1 : byte));
    for (const ciphertext of [sealed, damaged, sealed.subarray(1), new Uint8Array(128).fill(0xff), new Uint8Array()]) {
      const [fast, slow] = both(() => decryptPkcs1(key, Uint8Array.from(ciphertext)));
      expect(fast).toEqual(slow);
    }
    registerCryptoProvider(NODE_CRYPTO);
    expect(decryptPkcs1(key, Uint8Array.from(sealed))).toEqual(premaster);
  });

  test('a key without its primes, or with wrong numbers beside them, is worked with in JavaScript', () => {
    expect(NODE_CRYPTO.rsaDecryptor(key)).not.toBeNull();
    expect(NODE_CRYPTO.rsaDecryptor({ ...key, crt: null })).toBeNull();
    expect(key.crt).not.toBeNull();
  });
});

test('where node lacks something, what is in JavaScript does it', () => {
  const [whole] = both(() => hash('sha256', Uint8Array.of(1)));
  const empty: CryptoProvider = {
    aead: () => null,
    cbcDecryptor: () => null,
    rsaDecryptor: () => null,
    verifies: () => false,
    hash: () => null,
    runningHash: () => null,
    hmac: () => null,
  };
  registerCryptoProvider(empty);
  expect(hash('sha256', Uint8Array.of(1))).toEqual(whole);
  expect(runningHash('md5').digest()).toHaveLength(16);
  expect(new Hmac('sha384', Uint8Array.of(1)).mac()).toHaveLength(48);
});

interface Sample {
  readonly id: string;
  readonly files: readonly string[];
}

const samples: readonly Sample[] = JSON.parse(readFileSync('samples/index.json', 'utf8'));
const withKeys = samples.filter(({ files }) => files.some((file) => file.endsWith('.keys')));

test.each(withKeys.map((s) => [s.id, s] as const))('sample %s: the same report', async (_, sample) => {
  registerCryptoProvider(NODE_CRYPTO);
  const fast = await reportOf(sample);
  registerCryptoProvider(null);
  expect(fast).toBe(await reportOf(sample));
  expect(fast).toContain('"decrypted"');
});

async function reportOf({ files }: Sample): Promise<string> {
  const session = new Session();
  const sources = files.map((name) => ({
    name,
    size: null,
    chunks: async function* () {
      yield new Uint8Array(readFileSync(`samples/${name}`));
    },
  }));
  await session.open(sources, { add: false });
  return writeReport(session, { format: 'json', generator: 'x', ids: session.ids(), alone: false, data: true });
}
