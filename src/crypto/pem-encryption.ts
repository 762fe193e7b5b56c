/** Private keys under a password: PBES2 of PKCS #8 (RFC 8018 §6.2), and the older form with DEK-Info (RFC 1421). */
import { cbc } from '@noble/ciphers/aes.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { CHash } from '@noble/hashes/utils.js';
import { concat, fromHex } from '../wire/text.ts';
import { type Asn1, naturalOf, octetsOf, oidOf, readAsn1, sequenceOf } from './asn1.ts';
import type { PemBlock } from './pem.ts';

export type Decryption =
  | { readonly kind: 'opened'; readonly bytes: Uint8Array }
  | { readonly kind: 'needsPassword'; readonly message: string }
  | { readonly kind: 'unusable'; readonly message: string };

export const WRONG_PASSWORD = 'The password does not open the private key.';
const NEEDS_PASSWORD = 'The private key is encrypted: a password is needed.';
const REMEDY = '`openssl pkey -in FILE -out OTHER` writes it without a password';

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
/** By the number of the cipher, bytes of key. */
const AES_CBC: ReadonlyMap<string, 16 | 24 | 32> = new Map<string, 16 | 24 | 32>([
  ['2.16.840.1.101.3.4.1.2', 16],
  ['2.16.840.1.101.3.4.1.22', 24],
  ['2.16.840.1.101.3.4.1.42', 32],
]);
const HMACS: ReadonlyMap<string, CHash> = new Map<string, CHash>([
  ['1.2.840.113549.2.7', sha1],
  ['1.2.840.113549.2.8', sha224],
  ['1.2.840.113549.2.9', sha256],
  ['1.2.840.113549.2.10', sha384],
  ['1.2.840.113549.2.11', sha512],
]);
const HMAC_SHA1 = '1.2.840.113549.2.7';
/** Some seconds of work; OpenSSL writes 2048. */
const MAX_ITERATIONS = 1_000_000;
const OTHER_SCHEMES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.5.3', 'PBES1 with DES'],
  ['1.2.840.113549.1.5.10', 'PBES1 with DES'],
  ['1.2.840.113549.1.12.1.3', 'the triple DES of PKCS #12'],
  ['1.2.840.113549.1.12.1.6', 'the RC2 of PKCS #12'],
  ['1.3.6.1.4.1.11591.4.11', 'scrypt'],
  ['1.2.840.113549.3.7', 'triple DES'],
]);

/** EncryptedPrivateKeyInfo, RFC 5958 §3. */
export function decryptPkcs8(der: Uint8Array, password: string | undefined): Decryption {
  const [algorithm, dataElement] = sequenceOf(readAsn1(der));
  const [scheme, parameters] = sequenceOf(algorithm);
  const data = octetsOf(dataElement);
  const oid = oidOf(scheme);
  if (data === null || oid === null) {
    return unusable('The private key is damaged: it is not the encrypted PKCS #8 that its first line promises.');
  }
  if (oid !== PBES2) return unusable(notSupported(oid));
  const [derivation, encryption] = sequenceOf(parameters);
  const [cipher, ivElement] = sequenceOf(encryption);
  const keyLength = AES_CBC.get(oidOf(cipher) ?? '');
  const iv = octetsOf(ivElement);
  if (keyLength === undefined || iv?.length !== 16) return unusable(notSupported(oidOf(cipher)));
  const derive = readPbkdf2(derivation);
  if (typeof derive === 'string') return unusable(derive);
  if (password === undefined) return { kind: 'needsPassword', message: NEEDS_PASSWORD };
  return decryptCbc(derive(password, keyLength), iv, data);
}

/** The older form of OpenSSL: the key is MD5 of password and salt, as often as it takes (EVP_BytesToKey). */
export function decryptTraditional(block: PemBlock, password: string | undefined): Decryption {
  const [cipher = '', ivText = ''] = (block.headers.get('DEK-Info') ?? '').split(',');
  const bits = /^AES-(128|192|256)-CBC$/.exec(cipher.trim())?.[1];
  const iv = fromHex(ivText.trim());
  if (bits === undefined || iv?.length !== 16) {
    const name = /^[A-Z0-9-]{1,30}$/.test(cipher.trim()) ? cipher.trim() : 'a cipher that is not named';
    return unusable(`The private key is encrypted with ${name}, which is not supported; ${REMEDY}.`);
  }
  if (password === undefined) return { kind: 'needsPassword', message: NEEDS_PASSWORD };
  const secret = concat(new TextEncoder().encode(password), iv.subarray(0, 8));
  let key = new Uint8Array();
  let last = new Uint8Array();
  while (key.length < Number(bits) / 8) {
    last = Uint8Array.from(md5(concat(last, secret)));
    key = Uint8Array.from(concat(key, last));
  }
  return decryptCbc(key.subarray(0, Number(bits) / 8), iv, block.bytes);
}

/** PBKDF2-params, RFC 8018 §A.2; what is wrong as a sentence. */
function readPbkdf2(element: Asn1 | undefined): ((password: string, length: number) => Uint8Array) | string {
  const [identifier, parameters] = sequenceOf(element);
  if (oidOf(identifier) !== PBKDF2) return notSupported(oidOf(identifier));
  const [saltElement, countElement, ...optional] = sequenceOf(parameters);
  const salt = octetsOf(saltElement);
  const count = naturalOf(countElement);
  const prf = optional.flatMap((field) => oidOf(sequenceOf(field)[0]) ?? [])[0] ?? HMAC_SHA1;
  const hash = HMACS.get(prf);
  if (salt === null || count === null || count < 1n)
    return 'The private key is damaged: its PBKDF2 has no salt or count.';
  if (hash === undefined) return notSupported(prf);
  if (count > MAX_ITERATIONS)
    return `The private key asks for ${count} rounds of PBKDF2, which would take too long; ${REMEDY}.`;
  return (password, length) => pbkdf2(hash, password, salt, { c: Number(count), dkLen: length });
}

/** A wrong password leaves wrong padding, or what is no key. */
function decryptCbc(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Decryption {
  try {
    return { kind: 'opened', bytes: cbc(key, iv).decrypt(data) };
  } catch {
    return { kind: 'needsPassword', message: WRONG_PASSWORD };
  }
}

function notSupported(oid: string | null): string {
  const name = OTHER_SCHEMES.get(oid ?? '') ?? `the algorithm ${oid ?? 'that it does not name'}`;
  return `The private key is encrypted with ${name}, which is not supported; ${REMEDY}.`;
}

function unusable(message: string): Decryption {
  return { kind: 'unusable', message };
}
