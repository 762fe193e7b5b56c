/** HeartbeatMessage (RFC 6520 §4): a payload the peer must send back, and at least 16 bytes of padding. */
import type { ByteReader } from '../../wire/reader.ts';
import { heartbeatTypeName } from '../registry.ts';

export interface Heartbeat {
  /** 1 heartbeat_request, 2 heartbeat_response. */
  readonly heartbeatType: number;
  /** As the message declares it; a request that declares more than it holds is the Heartbleed attack. */
  readonly payloadLength: number;
  readonly payload: Uint8Array;
  readonly paddingLength: number;
}

const MIN_PADDING = 16;

/** Reads a heartbeat record's plaintext to its end. */
export function decodeHeartbeat(r: ByteReader): Heartbeat {
  const heartbeatType = r.uint8('type', heartbeatTypeName);
  const payloadLength = r.uint16('payload_length');
  const payload = r.opaque('payload', payloadLength);
  const from = r.offset;
  const padding = r.opaque('padding', r.remaining);
  if (padding.length < MIN_PADDING) {
    r.illegal('padding', r.span(from), `a heartbeat has at least ${MIN_PADDING} bytes of padding (RFC 6520 §4)`);
  }
  return { heartbeatType, payloadLength, payload, paddingLength: padding.length };
}
