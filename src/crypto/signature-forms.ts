/** Checking a signature of each form with the libraries: noble's curves, and RSA of rsa.ts. */
import { ed448 } from '@noble/curves/ed448.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { concat, fromHex } from '../wire/text.ts';
import { cryptoProvider } from './provider.ts';
import type { PublicKey } from './public-key.ts';
import { isUsable, verifyPkcs1, verifyPss } from './rsa.ts';
import type { SignatureForm, SignatureHash } from './signature-algorithm.ts';
import type { SignatureVerdict } from './signatures.ts';

const HASHES = { sha1, sha224, sha256, sha384, sha512 } as const;
const CURVES = { 'P-256': p256, 'P-384': p384, 'P-521': p521 } as const;

/** DER of DigestInfo up to the digest (RFC 8017 §9.2, note 1). */
const DIGEST_INFO: { readonly [hash in SignatureHash]: string } = {
  md5: '3020300c06082a864886f70d020505000410',
  sha1: '3021300906052b0e03021a05000414',
  sha224: '302d300d06096086480165030402040500041c',
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

/** @param message what was signed, not hashed. */
export function verifyForm(
  form: SignatureForm,
  key: PublicKey,
  message: Uint8Array,
  signature: Uint8Array,
): SignatureVerdict {
  switch (form.kind) {
    case 'rsa-pkcs1':
      if (key.kind !== 'rsa' || !isUsable(key)) return 'not-checkable';
      if (provenValid(form, key, message, signature)) return 'valid';
      return verdict(verifyPkcs1(key, digestInfo(form.hash, message), signature));
    case 'rsa-pss':
      if (key.kind !== 'rsa' || !isUsable(key) || form.hash === 'md5') return 'not-checkable';
      if (provenValid(form, key, message, signature)) return 'valid';
      return verdict(verifyPss(key, HASHES[form.hash], form.saltLength, message, signature));
    case 'ecdsa':
      // The curve is the key's: before 1.3 the hash does not say it.
      if (key.kind !== 'ec' || form.hash === 'md5') return 'not-checkable';
      if (provenValid(form, key, message, signature)) return 'valid';
      return verifyEcdsa(key, HASHES[form.hash](message), signature);
    case 'ed25519':
    case 'ed448':
      if (key.kind !== form.kind) return 'not-checkable';
      return attempt(() => (form.kind === 'ed25519' ? ed25519 : ed448).verify(signature, message, key.point));
  }
}

/** Where the machine brings along what takes less time. What it does not take may be a matter of form: that is looked at here. */
function provenValid(form: SignatureForm, key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  return cryptoProvider()?.verifies(form, key, message, signature) ?? false;
}

function verifyEcdsa(key: PublicKey & { kind: 'ec' }, digest: Uint8Array, signature: Uint8Array): SignatureVerdict {
  // No low-s rule in TLS: half of all signatures have a high one.
  const options = { prehash: false, lowS: false, format: 'der' } as const;
  return attempt(() => CURVES[key.curve].verify(signature, digest, key.point, options));
}

function digestInfo(name: SignatureHash | 'md5sha1', message: Uint8Array): Uint8Array {
  if (name === 'md5sha1') return concat(md5(message), sha1(message));
  const digest = name === 'md5' ? md5(message) : HASHES[name](message);
  return concat(fromHex(DIGEST_INFO[name]) ?? new Uint8Array(), digest);
}

/** noble throws on points that are not on the curve and on signatures that are no DER. */
function attempt(verify: () => boolean): SignatureVerdict {
  try {
    return verdict(verify());
  } catch {
    return 'invalid';
  }
}

function verdict(valid: boolean): SignatureVerdict {
  return valid ? 'valid' : 'invalid';
}
