/** ServerHello (RFC 5246 §7.4.1.3, RFC 8446 §4.1.3) and HelloRetryRequest, which is one with a certain random. */
import type { ByteReader } from '../../wire/reader.ts';
import { fromHex, sameBytes } from '../../wire/text.ts';
import { decodeExtensions, type Extension, extensionValue } from '../extensions/extensions.ts';
import { cipherSuiteName, compressionMethodName, EXTENSION_TYPE, versionName } from '../registry.ts';
import { decodeSessionId } from './client-hello.ts';

/** SHA-256 of "HelloRetryRequest" (RFC 8446 §4.1.3). */
const HELLO_RETRY_REQUEST =
  fromHex('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c') ?? new Uint8Array();

/** "DOWNGRD" and 1 or 0, the end of the random of a server that could have spoken a newer version. */
const DOWNGRADE = fromHex('444f574e475244') ?? new Uint8Array();

export interface ServerHello {
  /** server_version; of DTLS 1.3 it is 0xfefd: `negotiatedVersion` tells which it is. */
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuite: number;
  readonly compressionMethod: number;
  readonly extensions: readonly Extension[];
  readonly isHelloRetryRequest: boolean;
}

export function decodeServerHello(r: ByteReader): ServerHello {
  const version = r.uint16('server_version', versionName);
  const random = r.opaque('random', 32, meaningOfRandom);
  const isHelloRetryRequest = sameBytes(random, HELLO_RETRY_REQUEST);
  return {
    version,
    random,
    sessionId: decodeSessionId(r),
    cipherSuite: r.uint16('cipher_suite', cipherSuiteName),
    compressionMethod: r.uint8('compression_method', compressionMethodName),
    extensions: decodeExtensions(r, isHelloRetryRequest ? 'hello_retry_request' : 'server_hello'),
    isHelloRetryRequest,
  };
}

/** The version that the server chose: supported_versions where it is there (RFC 8446 §4.2.1), else server_version. */
export function negotiatedVersion(hello: ServerHello): number {
  return extensionValue(hello.extensions, EXTENSION_TYPE.supportedVersions)?.[0] ?? hello.version;
}

/** What the server says it could have spoken but for the client (RFC 8446 §4.1.3); null without that mark. */
export function downgradeMark(random: Uint8Array): 'to-1.2' | 'to-1.1-or-below' | null {
  if (random.length !== 32 || !sameBytes(random.subarray(24, 31), DOWNGRADE)) return null;
  if (random[31] === 1) return 'to-1.2';
  return random[31] === 0 ? 'to-1.1-or-below' : null;
}

function meaningOfRandom(random: Uint8Array): string | null {
  if (sameBytes(random, HELLO_RETRY_REQUEST)) return 'HelloRetryRequest';
  switch (downgradeMark(random)) {
    case 'to-1.2':
      return 'ends in DOWNGRD 01: the server supports version 1.3';
    case 'to-1.1-or-below':
      return 'ends in DOWNGRD 00: the server supports version 1.2 or 1.3';
    default:
      return null;
  }
}
