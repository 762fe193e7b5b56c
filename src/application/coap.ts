/** CoAP over DTLS (RFC 7252 §3 and §9): a header of four bytes, a token, options, a payload. */
import type { ByteReader } from '../wire/reader.ts';
import { printable } from '../wire/text.ts';
import { CODES, OPTIONS, type Option } from './coap-names.ts';
import { coapSummary } from './coap-summary.ts';
import { block, COAP_TYPES, type CoapMessage, type CoapOption, codeName, contentFormat, uint } from './coap-values.ts';
import { oneLine, sized } from './one-line.ts';
import type { Protocol, Reading } from './protocol.ts';

const PAYLOAD_MARKER = 0xff;

export const COAP: Protocol = {
  names: ['CoAP', 'LwM2M'],
  ports: [5683, 5684, 5685, 5686, 5687],
  alpn: ['coap', 'co'],
  // Some texts are also CoAP: "aE.." is an ACK with 2.05. Where nothing expects CoAP, text is the simpler reading.
  mayBe: (bytes, hinted) =>
    bytes.length >= 4 &&
    (bytes[0] ?? 0) >> 6 === 1 &&
    ((bytes[0] ?? 0) & 0x0f) <= 8 &&
    CODES.has(bytes[1] ?? 0xff) &&
    (hinted || printable(bytes) === null),
  decode: (r) => coapReading(decodeCoap(r)),
};

function coapReading(message: CoapMessage): Reading {
  return { ...coapSummary(message), sure: message.regular };
}

export function decodeCoap(r: ByteReader): CoapMessage {
  const from = r.offset;
  const first = r.uint8('version_type_tkl', meaningOfFirst);
  const tokenLength = first & 0x0f;
  if (tokenLength > 8) r.illegal('token_length', r.span(from), 'lengths 9 to 15 are reserved (RFC 7252 §3)');
  const code = r.uint8('code', codeName);
  const messageId = r.uint16('message_id');
  const token = tokenLength === 0 ? new Uint8Array() : r.opaque('token', tokenLength);
  const { options, regular } = decodeOptions(r);
  const payload = decodePayload(r, options);
  const type = COAP_TYPES[(first >> 4) & 3] ?? 'CON';
  return {
    type,
    code,
    messageId,
    token,
    options,
    payload,
    regular: regular && isRegular(first, code, options.length + payload.length),
  };
}

/** Version 1, a code of the registry; an empty message has nothing after its header and is never a NON (§4.3). */
function isRegular(first: number, code: number, more: number): boolean {
  if (first >> 6 !== 1 || !CODES.has(code)) return false;
  if (code === 0) return (first & 0x0f) === 0 && more === 0 && first !== 0x50;
  const isRequest = code < 0x20;
  const type = (first >> 4) & 3;
  return type !== 3 && !(isRequest && type === 2);
}

function decodeOptions(r: ByteReader): { options: CoapOption[]; regular: boolean } {
  const options: CoapOption[] = [];
  let number = 0;
  let regular = true;
  while (r.remaining > 0 && r.peek() !== PAYLOAD_MARKER) {
    r.group(
      'option',
      () => {
        const from = r.offset;
        const head = r.uint8('delta_length');
        number += extended(r, head >> 4, 'option_delta');
        const length = extended(r, head & 0x0f, 'option_length');
        if (head >> 4 === 15 || (head & 0x0f) === 15)
          r.illegal('option', r.span(from), 'delta and length 15 are reserved (RFC 7252 §3.1)');
        const row = OPTIONS.get(number);
        const value = length === 0 ? new Uint8Array() : r.opaque('value', length, (bytes) => shownOption(row, bytes));
        regular &&= row !== undefined && row.from <= length && length <= row.to;
        options.push({ number, value });
      },
      () => optionSummary(options.at(-1)),
    );
  }
  return { options, regular };
}

/** RFC 7252 §3.1: 13 stands for one more byte, 14 for two. */
function extended(r: ByteReader, nibble: number, field: string): number {
  if (nibble === 13) return r.uint8(`${field}_extended`) + 13;
  if (nibble === 14) return r.uint16(`${field}_extended`) + 269;
  return nibble;
}

function decodePayload(r: ByteReader, options: readonly CoapOption[]): Uint8Array {
  if (r.remaining === 0) return new Uint8Array();
  const from = r.offset;
  r.uint8('payload_marker');
  if (r.remaining === 0) r.illegal('payload', r.span(from), 'a payload marker without payload (RFC 7252 §3)');
  const format = options.find(({ number }) => number === 12);
  const name = format && contentFormat(uint(format.value));
  return r.opaque('payload', r.remaining, (bytes) =>
    printable(bytes) === null ? (name ?? null) : oneLine(bytes, 200),
  );
}

function meaningOfFirst(value: number): string {
  return `version ${value >> 6}, ${COAP_TYPES[(value >> 4) & 3]}, token of ${sized(value & 0x0f)}`;
}

function shownOption(row: Option | undefined, value: Uint8Array): string | null {
  switch (row?.format) {
    case 'uint':
      return String(uint(value));
    case 'block':
      return block(value);
    case 'content-format':
      return contentFormat(uint(value));
    case 'string':
      return oneLine(value, 200);
    default:
      return null;
  }
}

function optionSummary(option: CoapOption | undefined): string | null {
  if (!option) return null;
  const row = OPTIONS.get(option.number);
  const name = row?.name ?? `option ${option.number}`;
  const value = shownOption(row, option.value);
  return value === null || value === '' ? name : `${name}: ${value}`;
}
