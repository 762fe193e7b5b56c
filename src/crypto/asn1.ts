/**
 * ASN.1 (X.690 DER, and BER where people write it) as asn1js reads it, behind functions that never throw. What is not
 * of the form asked for is null; asn1js bounds depth and number of elements.
 */
import {
  type BaseBlock,
  BitString,
  BmpString,
  Boolean as BooleanElement,
  Constructed,
  fromBER,
  GeneralizedTime,
  Integer,
  ObjectIdentifier,
  Sequence,
  Set as SetElement,
  UniversalString,
  UTCTime,
} from 'asn1js';

/** One element: tag, length and content. */
export type Asn1 = BaseBlock;

const CONTEXT_SPECIFIC = 3;
/** UTF8String, NumericString, PrintableString, TeletexString, IA5String, VisibleString. */
const BYTE_STRINGS: ReadonlySet<number> = new Set([12, 18, 19, 20, 22, 26]);

/** The first element of these bytes; null where there is none. What follows it is not looked at. */
export function readAsn1(bytes: Uint8Array): Asn1 | null {
  try {
    const { offset, result } = fromBER(bytes, { parseEmbedded: false });
    return offset > 0 && result.error === '' ? result : null;
  } catch {
    return null;
  }
}

/** Tag, length and content, as they lie in the input. */
export function wholeOf(element: Asn1): Uint8Array {
  return element.valueBeforeDecodeView;
}

/** The content alone. Of a BIT STRING see `bitsOf`. */
export function contentOf(element: Asn1): Uint8Array {
  return element.valueBeforeDecodeView.subarray(element.idBlock.blockLength + element.lenBlock.blockLength);
}

/** The elements of a SEQUENCE; none where it is something else. */
export function sequenceOf(element: Asn1 | null | undefined): readonly Asn1[] {
  return element instanceof Sequence ? element.valueBlock.value : [];
}

/** The elements of a SET; none where it is something else. */
export function setOf(element: Asn1 | null | undefined): readonly Asn1[] {
  return element instanceof SetElement ? element.valueBlock.value : [];
}

/** The elements inside an explicit context tag; none where it is something else. */
export function taggedElements(element: Asn1 | null | undefined, tag: number): readonly Asn1[] {
  return contextTagOf(element) === tag && element instanceof Constructed ? element.valueBlock.value : [];
}

/** The number in `[n]`; null where the tag is not context-specific. */
export function contextTagOf(element: Asn1 | null | undefined): number | null {
  return element?.idBlock.tagClass === CONTEXT_SPECIFIC ? element.idBlock.tagNumber : null;
}

/** Dotted decimal; null where it is no OBJECT IDENTIFIER. */
export function oidOf(element: Asn1 | null | undefined): string | null {
  if (!(element instanceof ObjectIdentifier)) return null;
  const oid = element.valueBlock.toString();
  return /^[0-9]+(\.[0-9]+)+$/.test(oid) ? oid : null;
}

/** A non-negative INTEGER; null where it is negative or none. */
export function naturalOf(element: Asn1 | null | undefined): bigint | null {
  if (!(element instanceof Integer)) return null;
  const content = contentOf(element);
  return content.length === 0 || (content[0] ?? 0) >= 0x80 ? null : bigintOf(content);
}

export function isInteger(element: Asn1 | null | undefined): element is Asn1 {
  return element instanceof Integer;
}

/** The content of a primitive OCTET STRING; null where it is something else. */
export function octetsOf(element: Asn1 | null | undefined): Uint8Array | null {
  const universal = element?.idBlock.tagClass === 1 && element.idBlock.tagNumber === 4;
  return element && universal && !element.idBlock.isConstructed ? contentOf(element) : null;
}

/** The bits of a primitive BIT STRING, first bit first; null where it is something else. */
export function bitsOf(element: Asn1 | null | undefined): Uint8Array | null {
  if (!(element instanceof BitString) || element.idBlock.isConstructed) return null;
  const content = contentOf(element);
  return content.length > 0 ? content.subarray(1) : null;
}

/** BOOLEAN; null where it is something else. */
export function booleanOf(element: Asn1 | null | undefined): boolean | null {
  return element instanceof BooleanElement ? contentOf(element).some((byte) => byte !== 0) : null;
}

/** The text of any ASN.1 string type; null where it is something else. */
export function textOf(element: Asn1): string | null {
  if (element.idBlock.tagClass !== 1) return null;
  if (BYTE_STRINGS.has(element.idBlock.tagNumber)) return decodeText(contentOf(element));
  return element instanceof BmpString || element instanceof UniversalString ? element.valueBlock.value : null;
}

/** UTCTime or GeneralizedTime as ISO 8601 in UTC, `2026-11-21T02:00:00Z`; null where it is something else. */
export function timeOf(element: Asn1 | null | undefined): string | null {
  if (!(element instanceof UTCTime || element instanceof GeneralizedTime)) return null;
  const date = element.toDate();
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace(/\.000Z$/, 'Z');
}

export function bigintOf(bytes: Uint8Array): bigint {
  let digits = '';
  for (const byte of bytes) digits += byte.toString(16).padStart(2, '0');
  return digits === '' ? 0n : BigInt(`0x${digits}`);
}

/** UTF-8; where it is none, Latin-1, which is what old certificates have in any string type. */
function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  }
}
