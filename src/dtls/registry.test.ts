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

/** Registry numbers and names as [number, name], without those that RFC 8701 reserves. */
function rows(table: { readonly [number: string]: string }): (readonly [number, string])[] {
  return Object.entries(table)
    .map(([number, name]) => [Number(number), name] as const)
    .filter(([, name]) => !name.includes('GREASE'));
}

/** How the fixture spells a display form, and how we spell the registry's: the same letters and digits. */
function letters(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

describe('names are those of the registry', () => {
  // Marks that keep apart two numbers under which real stacks send one suite.
  const unmarked = (name: string) => name.replace(/ \((draft|private|0xff\w\w)\)$/, '');
  test.each(rows(iana.cipherSuites))('cipher suite %i is %s', (id, name) => {
    expect(unmarked(cipherSuiteName(id))).toBe(name);
  });

  test.each(rows(iana.srtpProfiles))('SRTP profile %i is %s', (id, name) => {
    expect(srtpProfileName(id)).toBe(name);
  });

  test.each(rows(iana.contentTypes))('content type %i is %s', (id, name) => {
    expect(contentTypeName(id)).toBe(name);
  });

  test.each(rows(iana.certificateCompression))('certificate compression %i is %s', (id, name) => {
    expect(certificateCompressionName(id)).toBe(name);
  });

  test.each(rows(iana.supportedGroups))('group %i is %s', (id, name) => {
    // The numbers of the OQS project's experiments are in no registry; browsers never sent them.
    const experimental = (id >= 0x0203 && id <= 0x02ff) || (id >= 0x2f00 && id <= 0x2fff);
    expect(groupName(id)).toBe(experimental ? `0x${id.toString(16).padStart(4, '0')}` : name);
  });

  test.each(rows(iana.signatureSchemes))('signature scheme %i is %s', (id, name) => {
    const experimental = id >= 0xfe00; // OQS, as above
    expect(signatureSchemeName(id)).toBe(experimental ? `0x${id.toString(16)}` : name);
  });

  test.each(rows(iana.extensions))('extension %i is %s', (id, name) => {
    const ours: { readonly [id: number]: string } = {
      34: 'delegated_credential', // the fixture's display form is a plural
      40: '0x0028', // reserved since drafts of TLS 1.3: shown as a number
      46: '0x002e',
      65445: 'quic_transport_parameters (draft)',
    };
    expect(extensionName(id)).toBe(ours[id] ?? name);
  });

  test.each(rows(iana.alerts))('alert %i is %s', (id, name) => {
    if (id === 1)
      expect(alertDescriptionName(id)).toBe('0x01'); // in drafts of TLS 1.3 only
    else expect(letters(alertDescriptionName(id))).toBe(letters(name));
  });

  test.each(rows(iana.handshakeTypes))('handshake type %i is %s', (id, name) => {
    if (id === 67)
      expect(handshakeTypeName(id)).toBe('0x43'); // next_protocol of NPN, which the fixture misnames
    else if (id === 21)
      expect(handshakeTypeName(id)).toBe('CertificateURL'); // the struct's name in RFC 6066 §5
    else expect(letters(handshakeTypeName(id))).toBe(letters(name));
  });

  test.each(rows(iana.certificateTypes))('certificate type %i is %s', (id, name) => {
    expect(letters(certificateTypeName(id))).toBe(letters(name));
  });

  test.each(rows(iana.clientCertificateTypes))('client certificate type %i is %s', (id, name) => {
    // 21, 22 (GOST drafts) and 80 (DTLCP) were never registered.
    if ([21, 22, 80].includes(id)) expect(clientCertificateTypeName(id)).toMatch(/^0x/);
    else expect(letters(clientCertificateTypeName(id))).toBe(letters(name));
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
