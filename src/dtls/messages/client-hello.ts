/** ClientHello (RFC 6347 §4.2.1, RFC 9147 §5.3): the TLS one with a cookie after the session id. */
import type { ByteReader } from '../../wire/reader.ts';
import { decodeExtensions, type Extension } from '../extensions/extensions.ts';
import { decodeNumbers } from '../extensions/vectors.ts';
import { cipherSuiteName, compressionMethodName, versionName } from '../registry.ts';

export interface ClientHello {
  /** client_version; of a DTLS 1.3 client it is 0xfefd and the extension supported_versions says more. */
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  /** Empty in the first ClientHello; in DTLS 1.3 always, as the cookie is an extension there. */
  readonly cookie: Uint8Array;
  readonly cipherSuites: readonly number[];
  readonly compressionMethods: readonly number[];
  readonly extensions: readonly Extension[];
}

export function decodeClientHello(r: ByteReader): ClientHello {
  return {
    version: r.uint16('client_version', versionName),
    random: r.opaque('random', 32),
    sessionId: decodeSessionId(r),
    cookie: r.vector('cookie', 1),
    cipherSuites: decodeNumbers(r, 2, 2, { list: 'cipher_suites', element: 'cipher_suite', meaning: cipherSuiteName }),
    compressionMethods: decodeNumbers(r, 1, 1, {
      list: 'compression_methods',
      element: 'compression_method',
      meaning: compressionMethodName,
    }),
    extensions: decodeExtensions(r, 'client_hello'),
  };
}

/** opaque SessionID<0..32> (RFC 5246 §7.4.1.2). */
export function decodeSessionId(r: ByteReader): Uint8Array {
  const from = r.offset;
  const sessionId = r.vector('session_id', 1);
  if (sessionId.length > 32) r.illegal('session_id', r.span(from), 'a session_id has at most 32 bytes');
  return sessionId;
}
