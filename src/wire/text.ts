/** Bytes as text and back. */

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** So few bytes are quicker written one by one. */
const FEW = 16;

/** Lowercase, without separators. */
export function toHex(bytes: Uint8Array): string {
  if (bytes.length > FEW) return encodeHex(bytes);
  let text = '';
  for (const byte of bytes) text += HEX[byte] ?? '';
  return text;
}

/** The two digits of a byte as one number, in the order in which they lie in memory. */
const DIGITS = new Uint16Array(Uint8Array.from(HEX.join(''), (digit) => digit.charCodeAt(0)).buffer);
const ROOM = new Uint16Array(1 << 11);
const decoder = new TextDecoder();

function portableHex(bytes: Uint8Array): string {
  const { length } = bytes;
  const digits = length <= ROOM.length ? ROOM : new Uint16Array(length);
  for (let i = 0; i < length; i++) digits[i] = DIGITS[bytes[i] ?? 0] ?? 0;
  return decoder.decode(new Uint8Array(digits.buffer, 0, 2 * length));
}

let encodeHex = portableHex;

/** What the machine brings along to write hex with, for the whole program. It gives the same text. */
export function registerHex(encode: ((bytes: Uint8Array) => string) | null): void {
  encodeHex = encode ?? portableHex;
}

/** Null where the text is not an even number of hex digits. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const byte = (hexDigit(text.charCodeAt(2 * i)) << 4) | hexDigit(text.charCodeAt(2 * i + 1));
    if (byte < 0) return null;
    bytes[i] = byte;
  }
  return bytes;
}

/** The value of a hex digit by its character code; below zero for what is none. */
export function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

const strict = new TextDecoder('utf-8', { fatal: true });

/** By byte, 1 for control characters but tab and line ends, and for what never occurs in UTF-8 (RFC 3629 §1). */
const IN_NO_TEXT = Uint8Array.from({ length: 256 }, (_, byte) => {
  const control = (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f;
  return control || byte === 0xc0 || byte === 0xc1 || byte > 0xf4 ? 1 : 0;
});

/** The bytes as text where all of them are printable UTF-8, else null. */
export function printable(bytes: Uint8Array): string | null {
  // To decode in vain takes long, and what is no text mostly shows it in its first bytes.
  let all = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (IN_NO_TEXT[byte] === 1) return null;
    all |= byte;
  }
  try {
    const text = strict.decode(bytes);
    if (all < 0x80) return text;
    return /[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/u.test(text.replace(/[\t\r\n]/g, '')) ? null : text;
  } catch {
    return null;
  }
}

/** A registry number as the RFCs write it: `0xc02b`. */
export function hexNumber(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return concatAll(parts);
}

/** Of any number: given one by one, a hundred thousand of them overflow the stack. */
export function concatAll(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
