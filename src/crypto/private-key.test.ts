/** Keys that node:crypto wrote in every form, and what else people take for a private key. */
import { constants, generateKeyPairSync, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../wire/text.ts';
import { readPem } from './pem.ts';
import { decryptPremaster, isKeyOf, parsePrivateKey, type RsaPrivateKey } from './private-key.ts';
import signatures from './signatures.fixture.json';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const PREMASTER = Uint8Array.from(randomBytes(48));
const ENCRYPTED = Uint8Array.from(publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, PREMASTER));

const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function locked(type: 'pkcs1' | 'pkcs8', cipher: string): string {
  return privateKey.export({ type, format: 'pem', cipher, passphrase: 'pässwort' }).toString();
}

function keyOf(file: string | Uint8Array, password?: string): RsaPrivateKey {
  const result = parsePrivateKey(file, password);
  if (result.kind !== 'key') throw new Error(result.message);
  return result.key;
}

test.each([
  ['PKCS #1', pkcs1],
  ['PKCS #8', pkcs8],
  [
    'PKCS #1 with CRLF, text and a certificate before it',
    `Bag Attributes\r\n${certificatePem()}${pkcs1.replaceAll('\n', '\r\n')}`,
  ],
  ['an EC key before it', ecPem() + pkcs8],
  ['bytes of PEM', new TextEncoder().encode(pkcs8)],
  ['DER of PKCS #1', Uint8Array.from(privateKey.export({ type: 'pkcs1', format: 'der' }))],
  ['DER of PKCS #8', Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' }))],
])('%s', (_name, file) => {
  expect(parsePrivateKey(file)).toMatchObject({ kind: 'key', description: 'RSA 1024' });
  const key = keyOf(file);
  expect(toHex(decryptPremaster(key, ENCRYPTED) ?? new Uint8Array())).toBe(toHex(PREMASTER));
  expect(toHex(decryptPremaster({ ...key, crt: null }, ENCRYPTED) ?? new Uint8Array())).toBe(toHex(PREMASTER));
  expect(isKeyOf(key, Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' })))).toBe(true);
});

test.each([
  ['pkcs1', 'aes-128-cbc'],
  ['pkcs1', 'aes-192-cbc'],
  ['pkcs1', 'aes-256-cbc'],
  ['pkcs8', 'aes-128-cbc'],
  ['pkcs8', 'aes-192-cbc'],
  ['pkcs8', 'aes-256-cbc'],
] as const)('%s under a password, %s', (type, cipher) => {
  const file = locked(type, cipher);
  expect(parsePrivateKey(file)).toEqual({
    kind: 'needsPassword',
    message: 'The private key is encrypted: a password is needed.',
  });
  expect(parsePrivateKey(file, 'passwort')).toEqual({
    kind: 'needsPassword',
    message: 'The password does not open the private key.',
  });
  expect(keyOf(file, 'pässwort').n).toBe(keyOf(pkcs1).n);
});

test('DER of an encrypted PKCS #8', () => {
  const der = privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'x' });
  expect(parsePrivateKey(Uint8Array.from(der)).kind).toBe('needsPassword');
  expect(parsePrivateKey(Uint8Array.from(der), 'x').kind).toBe('key');
});

test.each([
  [
    'triple DES of PKCS #8',
    locked('pkcs8', 'des-ede3-cbc'),
    /encrypted with triple DES, which is not supported; `openssl pkey/,
  ],
  ['triple DES of PKCS #1', locked('pkcs1', 'des-ede3-cbc'), /encrypted with DES-EDE3-CBC, which is not supported/],
  ['an EC key', ecPem(), /^An EC private key cannot decrypt anything.*Only a key log/],
  ['an EC key, SEC 1', ecPem('sec1'), /^An EC private key cannot decrypt anything/],
  ['an Ed25519 key', pemOf(generateKeyPairSync('ed25519').privateKey), /^An Ed25519 private key cannot/],
  ['a certificate', certificatePem(), /holds CERTIFICATE, which is public/],
  ['a public key', publicKey.export({ type: 'spki', format: 'pem' }).toString(), /holds PUBLIC KEY, which is public/],
  ['a key of OpenSSH', block('OPENSSH PRIVATE KEY', 'AAAA'), /ssh-keygen/],
  ['a DSA key', block('DSA PRIVATE KEY', 'AAAA'), /only an RSA private key/],
  ['half a file', pkcs8.slice(0, 400), /"PRIVATE KEY" is cut off/],
  ['no base64', block('PRIVATE KEY', 'MII*'), /damaged: what it holds is not base64/],
  ['base64 of something else', block('RSA PRIVATE KEY', 'AAAA'), /damaged: it is not the PKCS #1/],
  ['a PKCS #8 cut inside', block('PRIVATE KEY', 'MIICeQIBADANBgkq'), /damaged: it is not the PKCS #8/],
  ['encrypted, but not', block('ENCRYPTED PRIVATE KEY', 'MAA='), /damaged: it is not the encrypted PKCS #8/],
  ['a key log', 'CLIENT_RANDOM 00 00', /no line that begins with "-----BEGIN"/],
  ['DER of something else', Uint8Array.of(0x30, 0), /neither PKCS #1 nor PKCS #8/],
  ['a PKCS #12 file', Uint8Array.from(fromHex('3010020103300b06092a864886f70d010701') ?? []), /PKCS #12/],
])('%s is refused in a sentence', (_name, file, message) => {
  const result = parsePrivateKey(file);
  if (result.kind !== 'unusable') throw new Error(result.kind);
  expect(result.message).toMatch(message);
  expect(result.message).toMatch(/^[A-Z].*\.$/);
});

describe('decryption', () => {
  const key = keyOf(pkcs8);

  test('a premaster secret of another length is none', () => {
    const other = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, PREMASTER.subarray(1));
    expect(decryptPremaster(key, Uint8Array.from(other))).toBeNull();
  });

  test('damaged, cut, lengthened, empty, or for another key', () => {
    for (let at = 0; at < ENCRYPTED.length; at += 9) {
      expect(
        decryptPremaster(
          key,
          ENCRYPTED.map((byte, i) => (i === at ? byte ^ 1 : byte)),
        ),
      ).toBeNull();
    }
    for (const length of [0, 1, 64, 127]) expect(decryptPremaster(key, ENCRYPTED.subarray(0, length))).toBeNull();
    expect(decryptPremaster(key, new Uint8Array(129))).toBeNull();
    expect(decryptPremaster(key, new Uint8Array(128))).toBeNull();
    expect(decryptPremaster(key, new Uint8Array(128).fill(0xff))).toBeNull();
    const other = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    expect(decryptPremaster(keyOf(pemOf(other)), ENCRYPTED)).toBeNull();
  });
});

describe('hostile files', () => {
  test('any text, any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 300 })), fc.string(), (file, password) => {
        parsePrivateKey(file, password);
      }),
      { seed: 4711, numRuns: 300 },
    );
  });

  test('keys with damaged bytes', () => {
    const files = [pkcs1, pkcs8, locked('pkcs8', 'aes-128-cbc'), locked('pkcs1', 'aes-128-cbc')];
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(), fc.string({ maxLength: 3 }), (file, where, text) => {
        const at = where % file.length;
        const result = parsePrivateKey(file.slice(0, at) + text + file.slice(at + text.length), 'pässwort');
        if (result.kind === 'key') decryptPremaster(result.key, ENCRYPTED);
      }),
      { seed: 4712, numRuns: 150 },
    );
  });

  test('many beginnings without an end take no time', () => {
    const started = performance.now();
    readPem('-----BEGIN A-----\n'.repeat(50_000));
    readPem('-----BEGIN '.repeat(50_000));
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

function pemOf(key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function ecPem(type: 'pkcs8' | 'sec1' = 'pkcs8'): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type, format: 'pem' }).toString();
}

function certificatePem(): string {
  return new X509Certificate(Buffer.from(signatures.serverKeyExchange[0]?.certificate ?? '', 'hex')).toString();
}

function block(label: string, base64: string): string {
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}
