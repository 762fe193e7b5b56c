/** Vectors of numbers and vectors of vectors (RFC 8446 §3.4): one group of fields whose children are the elements. */
import type { ByteReader } from '../../wire/reader.ts';

/** Plural field name, name of one element, and what an element's value means. */
export interface NumbersOf {
  readonly list: string;
  readonly element: string;
  readonly meaning?: (value: number) => string | null;
}

/**
 * A length-prefixed vector of 1- or 2-byte numbers. Half a number at the end becomes a `trailing` problem,
 * not an element.
 */
export function decodeNumbers(r: ByteReader, prefix: 1 | 2, width: 1 | 2, of: NumbersOf): number[] {
  return decodeList(r, of.list, prefix, width, (body) =>
    width === 1 ? body.uint8(of.element, of.meaning) : body.uint16(of.element, of.meaning),
  );
}

/** A length-prefixed vector of length-prefixed byte strings. */
export function decodeOpaques(
  r: ByteReader,
  field: string,
  prefix: 1 | 2 | 3,
  element: string,
  elementPrefix: 1 | 2 | 3,
  meaning?: (value: Uint8Array) => string | null,
): Uint8Array[] {
  return decodeList(r, field, prefix, elementPrefix, (body) => body.vector(element, elementPrefix, meaning));
}

/**
 * A length-prefixed vector whose elements `one` reads; `one` must consume at least a byte. An element is begun only
 * where `smallest` bytes are left: what is less becomes a `trailing` problem.
 */
export function decodeList<T>(
  r: ByteReader,
  field: string,
  prefix: 1 | 2 | 3,
  smallest: number,
  one: (body: ByteReader) => T,
): T[] {
  const body = r.subVector(field, prefix);
  return body.group(field, () => {
    const elements: T[] = [];
    while (body.remaining >= Math.max(1, smallest)) elements.push(one(body));
    body.finish(field);
    // Without the room that a list keeps for more: hellos are kept, and most of their lists are short.
    return elements.slice();
  });
}

const NO_BYTES = new Uint8Array();

/** A copy of the next bytes, not consumed and not recorded: for what is kept whole beside being decoded. */
export function bytesAhead(r: ByteReader): Uint8Array {
  if (r.remaining === 0) return NO_BYTES;
  const bytes = new Uint8Array(r.remaining);
  for (let i = 0; i < bytes.length; i++) bytes[i] = r.peek(i) ?? 0;
  return bytes;
}
