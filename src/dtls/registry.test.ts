import { describe, expect, test } from 'vitest';
import iana from './registry.iana.json';
import {
  alertDescriptionName,
  alertLevelName,
  certificateCompressionName,
  certificateTypeName,
  cipherSuiteName,
  clientCertificateTypeName,
  contentTypeName,
  extensionName,
  groupName,
  HANDSHAKE_TYPE,
  handshakeTypeName,
  isGrease,
  pskModeName,
  signatureSchemeName,
  srtpProfileName,
  versionName,
} from './registry.ts';

/** Every number of a registry that our name differs from, as `number: ours, not theirs`. */
function differences(
  table: { readonly [number: string]: string },
  ours: (number: number) => string,
  same: (ours: string, theirs: string, number: number) => boolean = (a, b) => a === b,
): string[] {
  return Object.entries(table)
    .filter(([, name]) => !name.includes('GREASE'))
    .map(([number, theirs]) => ({ number: Number(number), theirs, name: ours(Number(number)) }))
    .filter(({ number, theirs, name }) => !same(name, theirs, number))
    .map(({ number, theirs, name }) => `${number}: ${name}, not ${theirs}`);
}

/** The fixture has display forms for some registries: the same letters and digits, other spaces and capitals. */
function sameLetters(a: string, b: string): boolean {
  const letters = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return letters(a) === letters(b);
}

describe('names are those of the registry', () => {
  test('cipher suites, but for marks that keep apart two numbers of one name', () => {
    const unmarked = (name: string): string => name.replace(/ \((draft|private|0xff\w\w)\)$/, '');
    expect(differences(iana.cipherSuites, cipherSuiteName, (a, b) => unmarked(a) === b)).toEqual([]);
    const names = Object.keys(iana.cipherSuites).map((id) => cipherSuiteName(Number(id)));
    expect(new Set(names).size).toBe(names.length);
  });

  test('SRTP profiles, content types, certificate compression', () => {
    expect(differences(iana.srtpProfiles, srtpProfileName)).toEqual([]);
    expect(differences(iana.contentTypes, contentTypeName)).toEqual([]);
    expect(differences(iana.certificateCompression, certificateCompressionName)).toEqual([]);
  });

  test('groups and signature schemes, but for the experiments of OQS, which are in no registry', () => {
    const experiment = (name: string): boolean => /^0x/.test(name);
    const isOqs = (id: number): boolean => id >> 8 === 0x2f || (id > 0x0202 && id <= 0x02ff) || id >= 0xfe00;
    const same = (a: string, b: string, id: number): boolean => a === b || (isOqs(id) && experiment(a));
    expect(differences(iana.supportedGroups, groupName, same)).toEqual([]);
    expect(differences(iana.signatureSchemes, signatureSchemeName, same)).toEqual([]);
  });

  test('extensions', () => {
    expect(differences(iana.extensions, extensionName)).toEqual([
      '34: delegated_credential, not delegated_credentials', // the fixture's plural
      '40: 0x0028, not Reserved (key_share)', // numbers of drafts of TLS 1.3
      '46: 0x002e, not Reserved (ticket_early_data_info)',
      '65445: quic_transport_parameters (draft), not quic_transport_parameters (drafts version)',
    ]);
  });

  test('alerts', () => {
    expect(differences(iana.alerts, alertDescriptionName, sameLetters)).toEqual([
      '1: 0x01, not End of Early Data', // in drafts of TLS 1.3 only
    ]);
  });

  test('handshake types', () => {
    expect(differences(iana.handshakeTypes, handshakeTypeName, sameLetters)).toEqual([
      '21: CertificateURL, not Client Certificate URL', // the struct's name in RFC 6066 §5
      '67: 0x43, not Encrypted Extensions', // next_protocol of NPN, which is no DTLS message
    ]);
  });

  test('certificate types', () => {
    expect(differences(iana.certificateTypes, certificateTypeName, sameLetters)).toEqual([]);
    expect(differences(iana.clientCertificateTypes, clientCertificateTypeName, sameLetters)).toEqual([
      '21: 0x15, not GOST R 34.10-94', // drafts, and DTLCP
      '22: 0x16, not GOST R 34.10-2001',
      '80: 0x50, not IBC Params',
    ]);
  });
});

describe('numbers without a name', () => {
  test('are shown as hex, as wide as their field', () => {
    expect(handshakeTypeName(0xfd)).toBe('0xfd');
    expect(extensionName(0x00fe)).toBe('0x00fe');
    expect(cipherSuiteName(0xfefe)).toBe('SSL_RSA_FIPS_WITH_DES_CBC_SHA');
    expect(cipherSuiteName(0xfefd)).toBe('0xfefd');
    expect(alertLevelName(0)).toBe('0x00');
  });

  test('are named GREASE where RFC 8701 reserves them', () => {
    expect(cipherSuiteName(0x0a0a)).toBe('GREASE (0x0a0a)');
    expect(extensionName(0xfafa)).toBe('GREASE (0xfafa)');
    expect(groupName(0x4a4a)).toBe('GREASE (0x4a4a)');
    expect(pskModeName(0x2a)).toBe('GREASE (0x2a)');
    expect(Array.from({ length: 65536 }, (_, n) => n).filter(isGrease)).toHaveLength(16);
  });
});

test('versions', () => {
  expect([0xfeff, 0xfefd, 0xfefc, 0x0100, 0x0101].map(versionName)).toEqual([
    'DTLS 1.0',
    'DTLS 1.2',
    'DTLS 1.3',
    'DTLS 0.9',
    'DTLCP 1.1',
  ]);
});

test('pairs of TLS 1.2 that no signature scheme names are put together', () => {
  expect([0x0301, 0x0303, 0x0202, 0x0502].map(signatureSchemeName)).toEqual([
    'rsa_pkcs1_sha224',
    'ecdsa_sha224',
    'dsa_sha1',
    'dsa_sha384',
  ]);
});

test('every handshake type that the code names has a name', () => {
  for (const type of Object.values(HANDSHAKE_TYPE)) expect(handshakeTypeName(type)).not.toMatch(/^0x/);
});
