/** The extensions of a certificate that say what it may be used for and whom it names (RFC 5280 §4.2.1). */
import { toHex } from '../wire/text.ts';
import {
  type Asn1,
  bitsOf,
  booleanOf,
  contentOf,
  contextTagOf,
  octetsOf,
  oidOf,
  readAsn1,
  sequenceOf,
  taggedElements,
} from './asn1.ts';
import { harmless, nameText, shortened } from './distinguished-name.ts';

/** One entry of subjectAltName. */
export interface CertificateName {
  readonly kind: 'dns' | 'ip' | 'uri' | 'email' | 'directory' | 'other';
  readonly value: string;
}

export interface CertificateExtensions {
  /** subjectAltName; none where there is none. */
  readonly names: readonly CertificateName[];
  /** `digitalSignature`, `keyCertSign` …; null where the extension is absent: any use. */
  readonly keyUsage: readonly string[] | null;
  /** `serverAuth`, `clientAuth` …, others as dotted numbers; null where the extension is absent: any use. */
  readonly extendedKeyUsage: readonly string[] | null;
  /** basicConstraints; false where it is absent. */
  readonly isCA: boolean;
}

const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
];

const EXTENDED_KEY_USAGES: ReadonlyMap<string, string> = new Map([
  ['1.3.6.1.5.5.7.3.1', 'serverAuth'],
  ['1.3.6.1.5.5.7.3.2', 'clientAuth'],
  ['1.3.6.1.5.5.7.3.3', 'codeSigning'],
  ['1.3.6.1.5.5.7.3.4', 'emailProtection'],
  ['1.3.6.1.5.5.7.3.8', 'timeStamping'],
  ['1.3.6.1.5.5.7.3.9', 'OCSPSigning'],
  ['1.3.6.1.5.5.7.3.27', 'cmcRA'],
  ['2.5.29.37.0', 'anyExtendedKeyUsage'],
]);

/** @param extensions the elements of Extensions. The first of several with one number counts. */
export function readExtensions(extensions: readonly Asn1[]): CertificateExtensions {
  const values = new Map<string, Asn1 | null>();
  for (const extension of extensions) {
    const parts = sequenceOf(extension);
    const oid = oidOf(parts[0]);
    const value = octetsOf(parts.at(-1)); // `critical` may stand between
    if (oid !== null && value !== null && !values.has(oid)) values.set(oid, readAsn1(value));
  }
  const usage = values.get('2.5.29.15');
  const extended = values.get('2.5.29.37');
  return {
    names: sequenceOf(values.get('2.5.29.17')).map(readGeneralName),
    keyUsage: usage ? readKeyUsage(usage) : null,
    extendedKeyUsage: extended ? sequenceOf(extended).map(readExtendedKeyUsage) : null,
    isCA: booleanOf(sequenceOf(values.get('2.5.29.19'))[0]) ?? false,
  };
}

function readKeyUsage(element: Asn1): readonly string[] {
  const bits = bitsOf(element) ?? new Uint8Array();
  return KEY_USAGES.filter((_, i) => ((bits[i >> 3] ?? 0) & (0x80 >> (i & 7))) !== 0);
}

function readExtendedKeyUsage(element: Asn1): string {
  const oid = oidOf(element) ?? '?';
  return EXTENDED_KEY_USAGES.get(oid) ?? oid;
}

/** GeneralName, RFC 5280 §4.2.1.6. */
function readGeneralName(element: Asn1): CertificateName {
  const content = contentOf(element);
  switch (contextTagOf(element)) {
    case 1:
      return { kind: 'email', value: ascii(content) };
    case 2:
      return { kind: 'dns', value: ascii(content) };
    case 4:
      return { kind: 'directory', value: nameText(taggedElements(element, 4)[0]) };
    case 6:
      return { kind: 'uri', value: ascii(content) };
    case 7:
      return { kind: 'ip', value: addressText(content) };
    default:
      return { kind: 'other', value: shortened(`#${toHex(content)}`) };
  }
}

/** IA5String, where the standard allows no other characters; those that come all the same are shown escaped. */
function ascii(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : `\\${byte.toString(16)}`;
  return shortened(harmless(text));
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return `#${shortened(toHex(bytes))}`;
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  // RFC 5952 §4.2: the longest run of zeros, the first of equals, and never a single one.
  const runs = [
    ...groups
      .map((group) => (group === '0' ? '0' : '-'))
      .join('')
      .matchAll(/00+/g),
  ];
  const longest = runs.reduce<RegExpMatchArray | null>(
    (best, run) => (run[0].length > (best?.[0].length ?? 0) ? run : best),
    null,
  );
  if (longest?.index === undefined) return groups.join(':');
  const after = longest.index + longest[0].length;
  return `${groups.slice(0, longest.index).join(':')}::${groups.slice(after).join(':')}`;
}
