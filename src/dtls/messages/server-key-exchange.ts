/** ServerKeyExchange (RFC 5246 §7.4.3, RFC 8422 §5.4, RFC 4279, RFC 5489): its form is that of the cipher suite. */
import type { ByteReader } from '../../wire/reader.ts';
import { decodeEcjpakeKeyKp } from '../extensions/ecjpake.ts';
import { shown } from '../extensions/hello-bodies.ts';
import { curveTypeName, groupName } from '../registry.ts';
import { type KeyExchangeParts, keyExchangeParts, type MessageContext } from './context.ts';
import { decodeSignature } from './signature.ts';

export interface ServerKeyExchange {
  /** RFC 4279 §2; null where the key exchange has none. */
  readonly pskIdentityHint: Uint8Array | null;
  /** Named curve; null for finite fields, which send their parameters instead, and for explicit curves. */
  readonly group: number | null;
  /** Length of dh_p, or of an export suite's rsa_modulus; null for curves. */
  readonly primeLengthBytes: number | null;
  /** Point on the curve, dh_Ys, or rsa_modulus; null where there is none. */
  readonly publicKey: Uint8Array | null;
  readonly signatureScheme: number | null;
  readonly signature: Uint8Array | null;
  /** What could not be read: all of it where the key exchange is not known. */
  readonly unread: Uint8Array;
}

type Parameters = Pick<ServerKeyExchange, 'group' | 'primeLengthBytes' | 'publicKey'>;

const NAMED_CURVE = 3;
const NO_PARAMETERS: Parameters = { group: null, primeLengthBytes: null, publicKey: null };
const NO_SIGNATURE = { signatureScheme: null, signature: null } as const;

export function decodeServerKeyExchange(r: ByteReader, context: MessageContext): ServerKeyExchange {
  const parts = keyExchangeParts(context);
  if (parts === null) return { pskIdentityHint: null, ...NO_PARAMETERS, ...NO_SIGNATURE, unread: unread(r) };
  const pskIdentityHint = parts.psk ? r.vector('psk_identity_hint', 2, shown) : null;
  const parameters = decodeParameters(r, parts);
  // After parameters of unknown length (explicit curves) there is no telling where the signature begins.
  if (parameters === null) return { pskIdentityHint, ...NO_PARAMETERS, ...NO_SIGNATURE, unread: unread(r) };
  // SRP signs or not as its suite says: a signature is what follows.
  const signed = parts.signed && (parts.exchange !== 'srp' || r.remaining > 0);
  const signature = signed ? decodeSignature(r, context) : NO_SIGNATURE;
  return { pskIdentityHint, ...parameters, ...signature, unread: new Uint8Array() };
}

/** Null where the parameters are of a form that is not read. */
function decodeParameters(r: ByteReader, parts: KeyExchangeParts): Parameters | null {
  switch (parts.exchange) {
    case 'ec': {
      const group = decodeNamedCurve(r);
      return group === null ? null : { group, primeLengthBytes: null, publicKey: r.vector('public', 1) };
    }
    case 'ecjpake': {
      const group = decodeNamedCurve(r);
      return group === null ? null : { group, primeLengthBytes: null, publicKey: decodeEcjpakeKeyKp(r).publicKey };
    }
    case 'dh': {
      const prime = r.vector('dh_p', 2);
      r.vector('dh_g', 2);
      return { group: null, primeLengthBytes: prime.length, publicKey: r.vector('dh_Ys', 2) };
    }
    case 'srp': {
      const prime = r.vector('srp_N', 2);
      r.vector('srp_g', 2);
      r.vector('srp_s', 1);
      return { group: null, primeLengthBytes: prime.length, publicKey: r.vector('srp_B', 2) };
    }
    case 'rsa': {
      if (parts.psk) return NO_PARAMETERS;
      const publicKey = r.vector('rsa_modulus', 2);
      r.vector('rsa_exponent', 2);
      return { group: null, primeLengthBytes: publicKey.length, publicKey };
    }
    case 'none':
      return NO_PARAMETERS;
  }
}

/** ECParameters (RFC 8422 §5.4); null for the explicit forms, which that RFC forbids and nothing sends. */
function decodeNamedCurve(r: ByteReader): number | null {
  const curveType = r.uint8('curve_type', curveTypeName);
  return curveType === NAMED_CURVE ? r.uint16('namedcurve', groupName) : null;
}

function unread(r: ByteReader): Uint8Array {
  return r.opaque('unread', r.remaining);
}
