/** HelloVerifyRequest (RFC 6347 §4.2.1): the cookie that a client must send back. Its version negotiates nothing. */
import type { ByteReader } from '../../wire/reader.ts';
import { versionName } from '../registry.ts';

export interface HelloVerifyRequest {
  readonly version: number;
  readonly cookie: Uint8Array;
}

export function decodeHelloVerifyRequest(r: ByteReader): HelloVerifyRequest {
  return {
    version: r.uint16('server_version', versionName),
    cookie: r.vector('cookie', 1),
  };
}
