/** A CoAP message as it was read, and how its numbers are written (RFC 7252 §3). */
import { CODES, CONTENT_FORMATS } from './coap-names.ts';

export const COAP_TYPES = ['CON', 'NON', 'ACK', 'RST'] as const;

export interface CoapOption {
  readonly number: number;
  readonly value: Uint8Array;
}

export interface CoapMessage {
  readonly type: (typeof COAP_TYPES)[number];
  readonly code: number;
  readonly messageId: number;
  readonly token: Uint8Array;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
  /** Only what the registries know, in the lengths that they admit. */
  readonly regular: boolean;
}

/** "0.01 GET", "2.05 Content". */
export function codeName(code: number): string {
  const number = `${code >> 5}.${String(code & 0x1f).padStart(2, '0')}`;
  const name = CODES.get(code);
  return name === undefined ? number : `${number} ${name}`;
}

export function contentFormat(number: number): string {
  return CONTENT_FORMATS.get(number) ?? `Content-Format ${number}`;
}

/** RFC 7252 §3.2: leading zeros are left away, so that no bytes are 0. */
export function uint(value: Uint8Array): number {
  return value.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** RFC 7959 §2.2: number, more, size. */
export function block(value: Uint8Array): string {
  const packed = uint(value);
  return `${packed >>> 4}${packed & 8 ? ' (more)' : ''} of ${2 ** ((packed & 7) + 4)} bytes`;
}
