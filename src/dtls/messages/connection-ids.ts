/** RequestConnectionId and NewConnectionId (RFC 9147 §9). */
import type { ByteReader } from '../../wire/reader.ts';
import { decodeOpaques } from '../extensions/vectors.ts';
import { connectionIdUsageName } from '../registry.ts';

export interface RequestConnectionId {
  readonly count: number;
}

export interface NewConnectionId {
  readonly connectionIds: readonly Uint8Array[];
  /** 0 cid_immediate: use one of these now; 1 cid_spare. */
  readonly usage: number;
}

export function decodeRequestConnectionId(r: ByteReader): RequestConnectionId {
  return { count: r.uint8('num_cids') };
}

export function decodeNewConnectionId(r: ByteReader): NewConnectionId {
  return {
    connectionIds: decodeOpaques(r, 'cids', 2, 'ConnectionId', 1),
    usage: r.uint8('usage', connectionIdUsageName),
  };
}
