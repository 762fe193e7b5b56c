/**
 * CIPHER_SUITES: every cipher suite that has a number, with the parameters that opening its records takes. Names state
 * the parameters (RFC 5246 §A.5, RFC 8446 §B.4), so rows are names and the parameters are read off them.
 */
import { CIPHER_SUITE_NAMES } from '../dtls/registry-cipher-suites.ts';

/** Hash of the 1.2 PRF and Finished, or of the 1.3 key schedule. */
export type PrfHash = 'sha256' | 'sha384';
export type MacHash = 'md5' | 'sha1' | 'sha256' | 'sha384';

/** AEAD suites (RFC 5288, 6655, 7905, 8446). All lengths in bytes. */
export interface AeadSpec {
  readonly kind: 'aead';
  readonly cipher: 'aes-gcm' | 'aes-ccm' | 'chacha20-poly1305';
  readonly keyLength: 16 | 32;
  /** IV taken from the 1.2 key block: 4 for GCM and CCM, 12 for ChaCha20-Poly1305 and for all of 1.3. */
  readonly fixedIvLength: 4 | 12;
  /** Nonce bytes carried in each record: 8 for GCM and CCM of 1.2, else 0. */
  readonly explicitNonceLength: 0 | 8;
  readonly tagLength: 8 | 16;
}

/** CBC suites with an HMAC; every DTLS version has an explicit IV of one block. */
export interface CbcSpec {
  readonly kind: 'cbc';
  readonly cipher: 'aes';
  readonly keyLength: 16 | 32;
  readonly mac: MacHash;
  readonly macLength: number;
}

/** NULL cipher suites: records in the clear, followed by an HMAC. */
export interface NullSpec {
  readonly kind: 'null';
  readonly mac: MacHash;
  readonly macLength: number;
}

export type ProtectionSpec = AeadSpec | CbcSpec | NullSpec;

export interface CipherSuite {
  readonly id: number;
  /** IANA name, verbatim. */
  readonly name: string;
  /** 'ECDHE', 'DHE', 'RSA', 'PSK', 'ECDHE_PSK', 'DH_anon', 'KRB5', 'SRP', 'GOST' …; '1.3' where extensions decide. */
  readonly keyExchange: string;
  /** How the server proves itself: 'RSA', 'ECDSA', 'DSS', 'PSK', 'anon' …; null in 1.3, where extensions decide. */
  readonly authentication: string | null;
  /** Without meaning where `protection` is null and the suite names another hash (SM3, GOST). */
  readonly prfHash: PrfHash;
  /** Null: no cipher here can open its records, "unsupported-suite". */
  readonly protection: ProtectionSpec | null;
  readonly tls13: boolean;
}

/** Signalling values (RFC 5746, RFC 7507): offered in a ClientHello, never selected. */
const SCSV: ReadonlySet<number> = new Set([0x00ff, 0x5600]);

/** Suites whose name promises a cipher we have, in a construction that we do not have. */
const OTHER_CONSTRUCTION: ReadonlySet<number> = new Set([
  0x001c, // SSL 3.0 only, whose MAC is not an HMAC
  0xcc13, // draft-agl-tls-chacha20poly1305: 64-bit nonce, another input to Poly1305 than RFC 7905
  0xcc14,
  0xcc15,
]);

const TLS13_NAME = /^TLS_(AES|CHACHA20|SM4|SHA256|SHA384)_/;
const MAC_LENGTHS: { readonly [hash in MacHash]: number } = { md5: 16, sha1: 20, sha256: 32, sha384: 48 };

/** Every cipher suite by its number. */
export const CIPHER_SUITES: ReadonlyMap<number, CipherSuite> = new Map(
  [...CIPHER_SUITE_NAMES].filter(([id]) => !SCSV.has(id)).map(([id, name]) => [id, describe(id, name)]),
);

/** The suite with this number; undefined for unknown numbers, GREASE and signalling values. */
export function cipherSuite(id: number): CipherSuite | undefined {
  return CIPHER_SUITES.get(id);
}

function describe(id: number, name: string): CipherSuite {
  const tls13 = TLS13_NAME.test(name) && !name.includes('_WITH_');
  const [left = '', right = ''] = name.includes('_WITH_') ? name.split('_WITH_') : [tls13 ? '' : name, name];
  const prfHash = /_SHA384$/.test(name) ? 'sha384' : 'sha256';
  const protection = OTHER_CONSTRUCTION.has(id) ? null : protectionOf(right, tls13);
  return { id, name, ...handshakeOf(left, tls13), prfHash, protection, tls13 };
}

function handshakeOf(left: string, tls13: boolean): { keyExchange: string; authentication: string | null } {
  if (tls13) return { keyExchange: '1.3', authentication: null };
  if (left.includes('GOST')) return { keyExchange: 'GOST', authentication: 'GOST' };
  if (left === 'TLS_NULL') return { keyExchange: 'NULL', authentication: null };
  if (!/^(TLS|SSL)_/.test(left)) return { keyExchange: /^[A-Z]+/.exec(left)?.[0] ?? left, authentication: null };
  const key = left.replace(/^(TLS|SSL)_/, '').replace(/_EXPORT(1024)?/, '');
  if (key.startsWith('SRP_SHA')) return { keyExchange: 'SRP', authentication: key.split('_')[2] ?? 'SRP' };
  if (key === 'RSA' || key === 'RSA_FIPS') return { keyExchange: 'RSA', authentication: 'RSA' };
  if (key === 'RSA_PSK') return { keyExchange: 'RSA_PSK', authentication: 'RSA' };
  if (key === 'PSK_DHE') return { keyExchange: 'DHE_PSK', authentication: 'PSK' }; // RFC 6655 alone spells it so
  if (key === 'PSK' || key.endsWith('_PSK')) return { keyExchange: key, authentication: 'PSK' };
  if (key.endsWith('_anon')) return { keyExchange: key, authentication: 'anon' };
  const [exchange = key, authentication = key] = key.split('_');
  return { keyExchange: exchange, authentication };
}

/** `right` is what follows `_WITH_`, or in 1.3 the whole name. */
function protectionOf(right: string, tls13: boolean): ProtectionSpec | null {
  const aead = /^(?:TLS_)?(?:AES_(128|256)_(GCM|CCM_8|CCM)|(CHACHA20)_POLY1305)(_SHA256|_SHA384)?$/.exec(right);
  if (aead) {
    const [, bits, mode, chacha] = aead;
    const whole = tls13 || chacha !== undefined;
    return {
      kind: 'aead',
      cipher: chacha ? 'chacha20-poly1305' : mode === 'GCM' ? 'aes-gcm' : 'aes-ccm',
      keyLength: bits === '128' ? 16 : 32,
      fixedIvLength: whole ? 12 : 4,
      explicitNonceLength: whole ? 0 : 8,
      tagLength: mode === 'CCM_8' ? 8 : 16,
    };
  }
  const [, bits, hash] = /^(?:AES_(128|256)_CBC|NULL)_(MD5|SHA|SHA256|SHA384)$/.exec(right) ?? [];
  if (hash === undefined) return null;
  const mac: MacHash = hash === 'SHA' ? 'sha1' : hash === 'MD5' ? 'md5' : hash === 'SHA256' ? 'sha256' : 'sha384';
  if (bits === undefined) return { kind: 'null', mac, macLength: MAC_LENGTHS[mac] };
  return { kind: 'cbc', cipher: 'aes', keyLength: bits === '128' ? 16 : 32, mac, macLength: MAC_LENGTHS[mac] };
}
