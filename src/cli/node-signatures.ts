/** Signatures by node:crypto, which takes a thirtieth of the time of the curves written in JavaScript. */
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { PublicKey } from '../crypto/public-key.ts';

export const nodeVerifies: CryptoProvider['verifies'] = (form, given, message, signature) => {
  const key = publicKey(given);
  if (!key || !('hash' in form)) return false;
  const pss = form.kind === 'rsa-pss' && { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: form.saltLength };
  try {
    return verify(form.hash === 'md5sha1' ? 'md5-sha1' : form.hash, message, { key, ...pss }, signature);
  } catch {
    return false;
  }
};

const publicKeys = new WeakMap<PublicKey, KeyObject | null>();

/** Null where node does not take it. */
function publicKey(key: PublicKey): KeyObject | null {
  const known = publicKeys.get(key);
  if (known !== undefined) return known;
  const made = makePublicKey(key);
  publicKeys.set(key, made);
  return made;
}

function makePublicKey(key: PublicKey): KeyObject | null {
  const jwk = webKey(key);
  try {
    return jwk && createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return null;
  }
}

/** First byte of a point that has both coordinates (RFC 5480 §2.2). */
const UNCOMPRESSED = 4;

/** RFC 7517; null for what it does not know, such as a compressed point. */
function webKey(key: PublicKey): Record<string, string> | null {
  if (key.kind === 'rsa') return { kty: 'RSA', n: base64Url(key.n), e: base64Url(key.e) };
  if (key.kind !== 'ec' || key.point[0] !== UNCOMPRESSED) return null;
  const half = (key.point.length - 1) / 2;
  const coordinate = (from: number) => Buffer.from(key.point.subarray(from, from + half)).toString('base64url');
  return { kty: 'EC', crv: key.curve, x: coordinate(1), y: coordinate(1 + half) };
}

export function base64Url(number: bigint): string {
  const digits = number.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('base64url');
}
