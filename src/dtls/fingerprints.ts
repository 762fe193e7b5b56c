/**
 * Fingerprints of the software that made a hello, as texts: they are hashed where hashes are (analysis/fingerprints.ts).
 * JA3 and JA3S as Salesforce defined them (github.com/salesforce/ja3), JA4 as FoxIO did (github.com/FoxIO-LLC/ja4,
 * technical_details/JA4.md). GREASE (RFC 8701) counts nowhere.
 */
import { toHex } from '../wire/text.ts';
import { signatureSchemes, supportedGroups, supportedVersions } from './extensions/accessors.ts';
import { extensionValue } from './extensions/extensions.ts';
import type { ClientHello } from './messages/client-hello.ts';
import type { ServerHello } from './messages/server-hello.ts';
import { EXTENSION_TYPE, isGrease } from './registry.ts';

export interface Ja4Parts {
  /** Ten characters, ready to be shown: `dd2i0204c0`. */
  readonly a: string;
  /** Text to hash: the cipher suites in order of their numbers; empty where there are none. */
  readonly b: string;
  /** Text to hash: the extensions in order of their numbers, then the signature schemes as they were sent. */
  readonly c: string;
}

/** "Unknown" is 00; that of DTLS 0.9 is not in the list. */
const JA4_VERSIONS: ReadonlyMap<number, string> = new Map([
  [0xfeff, 'd1'],
  [0xfefd, 'd2'],
  [0xfefc, 'd3'],
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
]);

/** Extensions that part `a` tells of, so that the rest is the same for any server. */
const TOLD_IN_A: ReadonlySet<number> = new Set([EXTENSION_TYPE.serverName, EXTENSION_TYPE.alpn]);
export const EC_POINT_FORMATS = 11;

/** Version, cipher suites, extensions, groups and point formats in decimal, each list in the order of the hello. */
export function ja3Text({ version, cipherSuites, extensions }: ClientHello): string {
  const types = extensions.map(({ type }) => type);
  const formats = extensionValue(extensions, EC_POINT_FORMATS) ?? [];
  const lists = [cipherSuites, types, supportedGroups(extensions)].map(withoutGrease);
  return [version, ...[...lists, formats].map((list) => list.join('-'))].join(',');
}

/** Version, the cipher suite chosen, and the extensions in the order of the hello. */
export function ja3sText({ version, cipherSuite, extensions }: ServerHello): string {
  return [version, cipherSuite, withoutGrease(extensions.map(({ type }) => type)).join('-')].join(',');
}

export function ja4Parts({ version, cipherSuites, extensions }: ClientHello): Ja4Parts {
  const suites = withoutGrease(cipherSuites);
  const types = withoutGrease(extensions.map(({ type }) => type));
  const sni = types.includes(EXTENSION_TYPE.serverName) ? 'd' : 'i';
  const alpn = extensionValue(extensions, EXTENSION_TYPE.alpn)?.[0];
  const listed = types.filter((type) => !TOLD_IN_A.has(type));
  const schemes = withoutGrease(signatureSchemes(extensions));
  return {
    a: `d${ja4Version(version, supportedVersions(extensions))}${sni}${count(suites)}${count(types)}${ends(alpn)}`,
    b: inOrder(suites),
    c: schemes.length > 0 ? `${inOrder(listed)}_${schemes.map(hex4).join(',')}` : inOrder(listed),
  };
}

/**
 * The specification asks for the highest value of supported_versions. DTLS counts downwards, so that a client of
 * DTLS 1.3 that also offers 1.2 has d2; nDPI, Arkime and FoxIO's own plugin say the same, and a fingerprint is
 * worth what others computed.
 */
function ja4Version(legacy: number, supported: readonly number[]): string {
  const offered = withoutGrease(supported);
  return JA4_VERSIONS.get(offered.length > 0 ? Math.max(...offered) : legacy) ?? '00';
}

function count(list: readonly number[]): string {
  return String(Math.min(list.length, 99)).padStart(2, '0');
}

/** First and last character of the first protocol; of its hex digits where one of them is no letter or digit. */
function ends(protocol: Uint8Array | undefined): string {
  const first = protocol?.[0];
  const last = protocol?.at(-1);
  if (protocol === undefined || first === undefined || last === undefined) return '00';
  if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last);
  const digits = toHex(protocol);
  return `${digits.charAt(0)}${digits.charAt(digits.length - 1)}`;
}

function isAlphanumeric(byte: number): boolean {
  return /[0-9A-Za-z]/.test(String.fromCharCode(byte));
}

function inOrder(list: readonly number[]): string {
  return list.map(hex4).sort().join(',');
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function withoutGrease(list: readonly number[]): number[] {
  return list.filter((value) => !isGrease(value));
}
