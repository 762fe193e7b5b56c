/** ClientKeyExchange (RFC 5246 §7.4.7, RFC 8422 §5.7, RFC 4279, RFC 5489): its form is that of the cipher suite. */
import type { ByteReader } from '../../wire/reader.ts';
import { decodeEcjpakeKeyKp } from '../extensions/ecjpake.ts';
import { shown } from '../extensions/hello-bodies.ts';
import { VERSION } from '../registry.ts';
import { keyExchangeParts, type MessageContext } from './context.ts';

export interface ClientKeyExchange {
  /** RFC 4279 §2: which key the client used; null where the key exchange has none. */
  readonly pskIdentity: Uint8Array | null;
  /** ECDH point or dh_Yc; null elsewhere, and where the client's certificate holds it. */
  readonly publicKey: Uint8Array | null;
  /** The premaster secret encrypted to the server's RSA key; null elsewhere. */
  readonly encryptedPreMasterSecret: Uint8Array | null;
  /** What could not be read: all of it where the key exchange is not known. */
  readonly unread: Uint8Array;
}

export function decodeClientKeyExchange(r: ByteReader, context: MessageContext): ClientKeyExchange {
  const parts = keyExchangeParts(context);
  const nothing = { pskIdentity: null, publicKey: null, encryptedPreMasterSecret: null };
  if (parts === null) return { ...nothing, unread: r.opaque('unread', r.remaining) };
  const pskIdentity = parts.psk ? r.vector('psk_identity', 2, shown) : null;
  let publicKey: Uint8Array | null = null;
  let encryptedPreMasterSecret: Uint8Array | null = null;
  switch (parts.exchange) {
    case 'ec':
      publicKey = decodePublic(r, 'ecdh_Yc', 1, parts.signed);
      break;
    case 'dh':
      publicKey = decodePublic(r, 'dh_Yc', 2, parts.signed);
      break;
    case 'srp':
      publicKey = r.vector('srp_A', 2);
      break;
    case 'rsa':
      encryptedPreMasterSecret = decodeEncryptedSecret(r, context);
      break;
    case 'ecjpake':
      publicKey = decodeEcjpakeKeyKp(r).publicKey;
      break;
    case 'none':
      break;
  }
  return { pskIdentity, publicKey, encryptedPreMasterSecret, unread: new Uint8Array() };
}

/** With a fixed key in the client's certificate nothing is sent (RFC 5246 §7.4.7.2), which only fixed (EC)DH allows. */
function decodePublic(r: ByteReader, field: string, prefix: 1 | 2, ephemeral: boolean): Uint8Array | null {
  if (!ephemeral && r.remaining === 0) return null;
  return r.vector(field, prefix);
}

/** OpenSSL's DTLS before the standard copied SSL 3.0, where the ciphertext has no length in front. */
function decodeEncryptedSecret(r: ByteReader, context: MessageContext): Uint8Array {
  const field = 'encrypted_pre_master_secret';
  return context.version === VERSION.dtls09 ? r.opaque(field, r.remaining) : r.vector(field, 2);
}
