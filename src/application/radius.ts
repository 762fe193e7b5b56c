/** RADIUS over DTLS (RFC 7360): the packets of RFC 2865 §3, whose shared secret is then "radius/dtls". */
import type { ByteReader } from '../wire/reader.ts';
import { toHex } from '../wire/text.ts';
import { oneLine, sized } from './one-line.ts';
import type { Protocol, Reading } from './protocol.ts';
import { ATTRIBUTES, CODES } from './radius-names.ts';

const HEADER = 20;
/** Attributes that tell people which request it is. */
const TELLING: ReadonlySet<number> = new Set([1, 31, 32, 40, 44, 18]);

export const RADIUS: Protocol = {
  names: ['RADIUS'],
  ports: [2083],
  alpn: ['radius/1.0', 'radius/1.1'],
  mayBe: (bytes) =>
    bytes.length >= HEADER && CODES.has(bytes[0] ?? 0) && (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0) === bytes.length,
  decode: decodeRadius,
};

function decodeRadius(r: ByteReader): Reading {
  const code = r.uint8('code', (value) => CODES.get(value) ?? null);
  const identifier = r.uint8('identifier');
  const length = r.uint16('length');
  r.opaque('authenticator', 16);
  const attributes = r.sub('attributes', Math.max(0, length - HEADER));
  const said: string[] = [];
  let count = 0;
  attributes.group('attributes', () => {
    while (attributes.remaining > 0) {
      const told = decodeAttribute(attributes);
      if (told !== null) said.push(told);
      count++;
    }
  });
  const name = CODES.get(code) ?? `code ${code}`;
  const rest = said.length === 0 && count > 0 ? [`${count} attributes`] : [];
  return { protocol: 'RADIUS', summary: [`${name} ${identifier}`, ...said, ...rest].join(', '), sure: CODES.has(code) };
}

/** RFC 2865 §5. What is worth a place in the summary, else null. */
function decodeAttribute(r: ByteReader): string | null {
  let telling = false;
  const summary = r.group(
    'attribute',
    () => {
      const from = r.offset;
      const type = r.uint8('type', (value) => ATTRIBUTES.get(value)?.name ?? null);
      const length = r.uint8('length');
      telling = TELLING.has(type);
      const name = ATTRIBUTES.get(type)?.name ?? `attribute ${type}`;
      if (length < 2) {
        r.illegal('length', r.span(from), 'it counts its own 2 bytes (RFC 2865 §5)');
        r.opaque('value', r.remaining);
        return name;
      }
      const value = r.opaque('value', length - 2, (bytes) => shownValue(type, bytes));
      return `${name} ${shownValue(type, value) ?? sized(value.length)}`;
    },
    (said) => said,
  );
  return telling ? summary : null;
}

function shownValue(type: number, value: Uint8Array): string | null {
  switch (ATTRIBUTES.get(type)?.format) {
    case 'text':
      return oneLine(value);
    case 'integer':
      return value.length === 4 ? String(Number.parseInt(toHex(value), 16)) : null;
    case 'address':
      return value.length === 4 ? value.join('.') : null;
    default:
      return null;
  }
}
