/** Names of certificates as text, RFC 4514: `CN=sensor 7,O=Example\, Inc.,C=DE`, most specific part first. */
import { toHex } from '../wire/text.ts';
import { type Asn1, oidOf, sequenceOf, setOf, textOf, wholeOf } from './asn1.ts';

/** The table of RFC 4514 §3, and descriptors that IANA registers for LDAP (RFC 4520). */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.6', 'C'],
  ['2.5.4.9', 'STREET'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['2.5.4.4', 'sn'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.12', 'title'],
  ['2.5.4.42', 'givenName'],
  ['2.5.4.46', 'dnQualifier'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
]);

/** Longer names are cut: upper bounds of RFC 5280 §A.1 are far below. */
const MAX_LENGTH = 1000;

/** An RDNSequence as text; empty where the name is. It holds no control characters and no invisible ones. */
export function nameText(name: Asn1 | undefined): string {
  const text = [...sequenceOf(name)]
    .reverse() // RFC 4514 §2.1: starting with the last element
    .map((rdn) => setOf(rdn).map(attributeText).join('+'))
    .join(',');
  return shortened(text);
}

function attributeText(attribute: Asn1): string {
  const [type, value] = sequenceOf(attribute);
  const oid = oidOf(type) ?? '?';
  const name = ATTRIBUTES.get(oid);
  const text = value === undefined ? '' : textOf(value);
  if (name === undefined || text === null) return `${name ?? oid}=#${value ? toHex(wholeOf(value)) : ''}`;
  return `${name}=${escaped(text)}`;
}

/** RFC 4514 §2.4; what a terminal or a reader could trip over becomes `\xx` of its UTF-8 bytes, as that allows. */
function escaped(text: string): string {
  return harmless(text.replace(/["+,;<>\\]/g, '\\$&').replace(/^[ #]|(?<!\\) $/g, '\\$&'));
}

/** The same text without control, format, private and unassigned characters: they become `\xx`. */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
    [...new TextEncoder().encode(character)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

export function shortened(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH).replace(/[\ud800-\udbff]$/, '')}…` : text;
}
