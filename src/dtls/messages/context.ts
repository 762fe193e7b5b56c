/** What a handshake message's bytes do not say themselves: without it most messages of DTLS 1.2 cannot be read. */
import { VERSION } from '../registry.ts';

export interface MessageContext {
  /** Negotiated, 0xfefd and so on; null before ServerHello or where it was not captured: then read as DTLS 1.2. */
  readonly version: number | null;
  /** Of the negotiated suite, see KEY_EXCHANGES; null where it is unknown: key exchange messages are kept as bytes. */
  readonly keyExchange: string | null;
  readonly sender: 'client' | 'server' | null;
  /** server_certificate_type and client_certificate_type as negotiated (RFC 7250); absent means X.509. */
  readonly serverCertificateType?: number;
  readonly clientCertificateType?: number;
}

/** Before anything is known. */
export const NO_CONTEXT: MessageContext = { version: null, keyExchange: null, sender: null };

export function isVersion13(context: MessageContext): boolean {
  return context.version === VERSION.dtls13;
}

/** SignatureAndHashAlgorithm came with TLS 1.2 (RFC 5246 §4.7); DTLCP follows TLS 1.1 there. */
export function namesSignatureAlgorithms(context: MessageContext): boolean {
  const { version } = context;
  return version !== VERSION.dtls10 && version !== VERSION.dtls09 && version !== VERSION.dtlcp11;
}

/** The certificate type that the sender of a Certificate uses: 0 X.509, 2 a raw public key. */
export function certificateTypeOf(context: MessageContext): number {
  const type = context.sender === 'client' ? context.clientCertificateType : context.serverCertificateType;
  return type ?? 0;
}

/** Which parts the key exchange messages of DTLS 1.2 have, and in which order. */
export interface KeyExchangeParts {
  /** An identity hint or an identity comes first. */
  readonly psk: boolean;
  readonly exchange: 'ec' | 'dh' | 'rsa' | 'ecjpake' | 'srp' | 'none';
  /** The server signs its parameters, with the key of its certificate. */
  readonly signed: boolean;
}

/**
 * By the name that stands before the authentication in a suite's name (RFC 5246 §7.4.3, RFC 8422 §5, RFC 4279,
 * RFC 5489, RFC 5054, draft-cragie-tls-ecjpake). RSA has a ServerKeyExchange in export suites only.
 */
const KEY_EXCHANGES: ReadonlyMap<string, KeyExchangeParts> = new Map<string, KeyExchangeParts>([
  ['RSA', { psk: false, exchange: 'rsa', signed: true }],
  ['DHE', { psk: false, exchange: 'dh', signed: true }],
  ['DH', { psk: false, exchange: 'dh', signed: false }],
  ['DH_anon', { psk: false, exchange: 'dh', signed: false }],
  ['ECDHE', { psk: false, exchange: 'ec', signed: true }],
  ['ECDH', { psk: false, exchange: 'ec', signed: false }],
  ['ECDH_anon', { psk: false, exchange: 'ec', signed: false }],
  ['PSK', { psk: true, exchange: 'none', signed: false }],
  ['RSA_PSK', { psk: true, exchange: 'rsa', signed: false }],
  ['DHE_PSK', { psk: true, exchange: 'dh', signed: false }],
  ['ECDHE_PSK', { psk: true, exchange: 'ec', signed: false }],
  ['ECJPAKE', { psk: false, exchange: 'ecjpake', signed: false }],
  ['SRP', { psk: false, exchange: 'srp', signed: true }],
]);

/** Null for a key exchange that is not in the list, and for DTLCP, which has the same names for other messages. */
export function keyExchangeParts({ keyExchange, version }: MessageContext): KeyExchangeParts | null {
  if (keyExchange === null || version === VERSION.dtlcp11) return null;
  return KEY_EXCHANGES.get(keyExchange) ?? null;
}
