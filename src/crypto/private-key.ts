/** RSA private keys: PEM or DER of PKCS #1 (RFC 8017 §A.1.2) and PKCS #8 (RFC 5958), with a password or without. */
import { naturalOf, octetsOf, oidOf, readAsn1, sequenceOf } from './asn1.ts';
import { type PemBlock, readPem } from './pem.ts';
import { type Decryption, decryptPkcs8, decryptTraditional, WRONG_PASSWORD } from './pem-encryption.ts';
import { bitLength, readPublicKey } from './public-key.ts';
import { decryptPkcs1, MAX_MODULUS_BITS, type RsaPrivateKey } from './rsa.ts';

export type { RsaPrivateKey } from './rsa.ts';

export interface GivenRsaKey {
  readonly key: RsaPrivateKey;
  /** Where it was given: the name of the file. */
  readonly source: string;
}

/** The sentences never quote the key. */
export type PrivateKeyResult =
  /** @property description `RSA 2048`. */
  | { readonly kind: 'key'; readonly key: RsaPrivateKey; readonly description: string }
  | { readonly kind: 'needsPassword'; readonly message: string }
  | { readonly kind: 'unusable'; readonly message: string };

const PREMASTER_LENGTH = 48;
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const PKCS7_DATA = '1.2.840.113549.1.7.1';
const ONLY_SIGNS =
  'cannot decrypt anything: it only signs, and the secrets are agreed on with keys made for each handshake. Only a key log opens that.';
const KEY_NAMES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10045.2.1', 'An EC private key'],
  ['1.3.101.112', 'An Ed25519 private key'],
  ['1.3.101.113', 'An Ed448 private key'],
  ['1.3.101.110', 'An X25519 private key'],
  ['1.3.101.111', 'An X448 private key'],
  ['1.2.840.10040.4.1', 'A DSA private key'],
  ['1.2.840.113549.1.1.10', 'An RSA-PSS private key'],
]);

/**
 * The first RSA private key of a file. Certificates and other blocks beside it are passed over.
 * @param file text of PEM, or the bytes of a file with PEM or DER.
 */
export function parsePrivateKey(file: string | Uint8Array, password?: string): PrivateKeyResult {
  if (typeof file !== 'string' && file[0] === 0x30) return readDer(file, password);
  const { blocks, problem } = readPem(typeof file === 'string' ? file : new TextDecoder().decode(file));
  const results = blocks
    .filter(({ label }) => label.endsWith('PRIVATE KEY'))
    .map((block) => readBlock(block, password));
  const best =
    results.find(({ kind }) => kind === 'key') ?? results.find(({ kind }) => kind === 'needsPassword') ?? results[0];
  if (best !== undefined) return best;
  if (problem !== null) return unusable(problem);
  const found = [...new Set(blocks.map(({ label }) => label))].slice(0, 3).join(', ');
  return unusable(
    found === ''
      ? 'No private key was found: there is no line that begins with "-----BEGIN".'
      : `No private key was found: the file holds ${found}, which is public and decrypts nothing.`,
  );
}

/**
 * The premaster secret that a ClientKeyExchange carries (RFC 5246 §7.4.7.1), 48 bytes. Null where the key does not
 * fit. The version in its first bytes is not compared: clients put in the one offered or the one negotiated.
 */
export function decryptPremaster(key: RsaPrivateKey, encrypted: Uint8Array): Uint8Array | null {
  const premaster = decryptPkcs1(key, encrypted);
  return premaster?.length === PREMASTER_LENGTH ? premaster : null;
}

/** @param spki SubjectPublicKeyInfo of a certificate. */
export function isKeyOf(key: RsaPrivateKey, spki: Uint8Array): boolean {
  const other = readPublicKey(spki);
  return other?.kind === 'rsa' && other.n === key.n;
}

function readBlock(block: PemBlock, password: string | undefined): PrivateKeyResult {
  switch (block.label) {
    case 'RSA PRIVATE KEY':
      if (block.headers.size === 0) return readPkcs1(block.bytes) ?? unusable(damaged('PKCS #1'));
      return fromOpened(decryptTraditional(block, password), readPkcs1);
    case 'PRIVATE KEY':
      return readPkcs8(block.bytes) ?? unusable(damaged('PKCS #8'));
    case 'ENCRYPTED PRIVATE KEY':
      return fromOpened(decryptPkcs8(block.bytes, password), readPkcs8);
    case 'EC PRIVATE KEY':
      return unusable(`An EC private key ${ONLY_SIGNS}`);
    case 'OPENSSH PRIVATE KEY':
      return unusable(
        'The key is in the form of OpenSSH; `ssh-keygen -p -m PEM -f FILE` rewrites it as PEM, if it is an RSA key.',
      );
    default:
      return unusable(`The private key is of the kind "${block.label}"; only an RSA private key can be used.`);
  }
}

/** A file without armour: which of the forms it is, its first elements tell. */
function readDer(bytes: Uint8Array, password: string | undefined): PrivateKeyResult {
  const [first, second] = sequenceOf(readAsn1(bytes));
  const key = readPkcs8(bytes) ?? readPkcs1(bytes);
  if (key !== null) return key;
  if (oidOf(sequenceOf(second)[0]) === PKCS7_DATA) {
    return unusable(
      'The file is a PKCS #12 container; `openssl pkcs12 -in FILE -nocerts -nodes` writes its key as PEM.',
    );
  }
  if (oidOf(sequenceOf(first)[0]) !== null && octetsOf(second) !== null) {
    return fromOpened(decryptPkcs8(bytes, password), readPkcs8);
  }
  return unusable('The file is DER, but no private key: neither PKCS #1 nor PKCS #8.');
}

/** What decrypts to nonsense was decrypted with a wrong key. */
function fromOpened(opened: Decryption, read: (bytes: Uint8Array) => PrivateKeyResult | null): PrivateKeyResult {
  if (opened.kind !== 'opened') return opened;
  return read(opened.bytes) ?? { kind: 'needsPassword', message: WRONG_PASSWORD };
}

/** PrivateKeyInfo, RFC 5958 §2. Null where the bytes are none. */
function readPkcs8(bytes: Uint8Array): PrivateKeyResult | null {
  const [version, algorithm, key] = sequenceOf(readAsn1(bytes));
  const oid = oidOf(sequenceOf(algorithm)[0]);
  const octets = octetsOf(key);
  if (naturalOf(version) === null || oid === null || octets === null) return null;
  if (oid === RSA_ENCRYPTION) return readPkcs1(octets);
  const name = KEY_NAMES.get(oid) ?? `A private key of the algorithm ${oid}`;
  return unusable(`${name} ${ONLY_SIGNS}`);
}

/** RSAPrivateKey, RFC 8017 §A.1.2. Null where the bytes are none. */
function readPkcs1(bytes: Uint8Array): PrivateKeyResult | null {
  const [version, ...rest] = sequenceOf(readAsn1(bytes));
  const [n, e, d, p, q, dP, dQ, qInv] = rest.map(naturalOf);
  if (naturalOf(version) === null || !n || !e || !d || d > n) return null;
  const bits = bitLength(n);
  if (bits > MAX_MODULUS_BITS)
    return unusable(`The RSA key has ${bits} bits, more than the ${MAX_MODULUS_BITS} allowed.`);
  const parts = p && q && dP && dQ && qInv ? { p, q, dP, dQ, qInv } : null;
  const crt = parts && belongTogether(n, e, parts) ? parts : null;
  return { kind: 'key', key: { n, e, d, crt }, description: `RSA ${bits}` };
}

/** Whether what was precomputed for decryption leads to the same numbers as n, e and d (RFC 8017 §3.2). */
function belongTogether(n: bigint, e: bigint, { p, q, dP, dQ, qInv }: NonNullable<RsaPrivateKey['crt']>): boolean {
  const sizes = p > 1n && q > 1n && dP < n && dQ < n && qInv < n && p * q === n;
  return sizes && (dP * e) % (p - 1n) === 1n && (dQ * e) % (q - 1n) === 1n && (qInv * q) % p === 1n;
}

function damaged(form: string): string {
  return `The private key is damaged: it is not the ${form} that its first line promises.`;
}

function unusable(message: string): PrivateKeyResult {
  return { kind: 'unusable', message };
}
