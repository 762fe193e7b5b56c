/** Certificates of real captures as node:crypto reads them, and certificates that are none. */
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../wire/text.ts';
import captures from './signatures.fixture.json';
import { chainBreak, fingerprintSdp, isIssuedBy, readCertificate, readRawPublicKey } from './x509.ts';

function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === null) throw new Error(`not hex: ${text.slice(0, 20)}`);
  return bytes;
}

const all = [...captures.serverKeyExchange, ...captures.certificateVerify];
const certificates = [...new Set(all.filter(({ raw }) => !raw).map(({ certificate }) => certificate))].map(hex);

test.each(certificates.map((der) => [toHex(der).slice(60, 90), der] as const))('certificate …%s…', (_name, der) => {
  const node = new X509Certificate(der);
  const ours = readCertificate(der);
  if (ours === null) throw new Error('unreadable');
  expect(ours.subject.split(',').reverse().join('\n')).toBe(node.subject);
  expect(ours.issuer.split(',').reverse().join('\n')).toBe(node.issuer);
  expect(ours.notBefore).toBe(new Date(node.validFrom).toISOString().replace('.000', ''));
  expect(ours.notAfter).toBe(new Date(node.validTo).toISOString().replace('.000', ''));
  expect(ours.serial).toBe(node.serialNumber.toLowerCase());
  expect(ours.isCA).toBe(node.ca);
  expect(ours.sha256).toBe(node.fingerprint256.replaceAll(':', '').toLowerCase());
  expect(ours.sha1).toBe(node.fingerprint.replaceAll(':', '').toLowerCase());
  expect(fingerprintSdp(der)).toBe(`sha-256 ${node.fingerprint256}`);
  expect(toHex(ours.spki)).toBe(node.publicKey.export({ type: 'spki', format: 'der' }).toString('hex'));
  const names = ours.names.map(({ kind, value }) => `${kind === 'ip' ? 'IP Address' : kind.toUpperCase()}:${value}`);
  expect(names.join(', ')).toBe(node.subjectAltName ?? '');
});

/** Made for this test, without a signature: every kind of name, a comma, a control character and a bidirectional override. */
const NAMES =
  '3082026130820213a00302010202030080ff300506032b6570306a3111300f060355040a0c0823476572c3a474203114301206035504030c0b782c207907e280ae2b5c7a310a300806032a03040c017831333015060a0992268993f22c64011916076578616d706c65301a06092a864886f70d010901160d61406578616d706c652e636f6d3020170d3236303130323033303430355a180f32303531303130323033303430355a306a3111300f060355040a0c0823476572c3a474203114301206035504030c0b782c207907e280ae2b5c7a310a300806032a03040c017831333015060a0992268993f22c64011916076578616d706c65301a06092a864886f70d010901160d61406578616d706c652e636f6d302a300506032b6570032100000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fa381d93081d630090603551d1304023000300f0603551d0f0101ff0405030307888030290603551d250422302006082b0601050507030106082b06010505070302060a2b0601040182de7c010630818c0603551d11048184308181820d2a2e6578616d706c652e636f6d8704c0000201871020010db80000000000010000000000078710000000000000000000000000000000018617636f6170733a2f2f5b323030313a6462383a3a315d2f78810d61406578616d706c652e636f6da410300e310c300a06035504030c03646972a00c06022a04a0060c046f746865300506032b657003410000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000';

test('names are escaped, and every kind of alternative name is shown', () => {
  const certificate = readCertificate(hex(NAMES));
  expect(certificate).toMatchObject({
    subject: 'DC=example+emailAddress=a@example.com,1.2.3.4=#0c0178,CN=x\\, y\\07\\e2\\80\\ae\\+\\\\z,O=\\#Gerät\\ ',
    keyUsage: ['digitalSignature', 'keyAgreement', 'decipherOnly'],
    extendedKeyUsage: ['serverAuth', 'clientAuth', '1.3.6.1.4.1.44924.1.6'],
    publicKey: 'Ed25519',
    signatureAlgorithm: { name: 'Ed25519' },
    isCA: false,
    serial: '80ff',
    notAfter: '2051-01-02T03:04:05Z',
    selfIssued: true,
  });
  expect(certificate?.names).toEqual([
    { kind: 'dns', value: '*.example.com' },
    { kind: 'ip', value: '192.0.2.1' },
    { kind: 'ip', value: '2001:db8::1:0:0:7' },
    { kind: 'ip', value: '::1' },
    { kind: 'uri', value: 'coaps://[2001:db8::1]/x' },
    { kind: 'email', value: 'a@example.com' },
    { kind: 'directory', value: 'CN=dir' },
    { kind: 'other', value: '#06022a04a0060c046f746865' },
  ]);
});

test('a certificate inside a larger buffer, as it lies in a capture', () => {
  const der = certificates[0] ?? new Uint8Array();
  const capture = concat(Uint8Array.of(1, 2, 3), der, Uint8Array.of(4));
  expect(readCertificate(capture.subarray(3, 3 + der.length))).toEqual(readCertificate(der));
});

test('a raw public key', () => {
  const raw = all.find((one) => one.raw);
  expect(readRawPublicKey(hex(raw?.certificate ?? ''))).toMatchObject({ publicKey: 'EC P-256' });
  expect(readCertificate(hex(raw?.certificate ?? ''))).toBeNull();
  expect(readRawPublicKey(certificates[0] ?? new Uint8Array())).toBeNull();
});

test('order of a chain, by the names', () => {
  const read = certificates.map(readCertificate).filter((certificate) => certificate !== null);
  const leaf = read.find(({ selfIssued }) => !selfIssued);
  const root = read.find(({ selfIssued }) => selfIssued);
  if (leaf === undefined || root === undefined) throw new Error('no certificate');
  const issuer = { ...root, signed: { ...root.signed, subject: leaf.signed.issuer, issuer: leaf.signed.issuer } };
  expect(isIssuedBy(leaf, issuer)).toBe(true);
  expect(chainBreak([])).toBeNull();
  expect(chainBreak([leaf])).toBeNull();
  expect(chainBreak([leaf, issuer, issuer])).toBeNull();
  expect(chainBreak([issuer, leaf])).toBe(0);
  expect(chainBreak([leaf, issuer, leaf])).toBe(1);
});

test('no bytes throw, and none take long', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...certificates, hex(NAMES))),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 6 }),
      fc.nat(),
      (bytes, changes, cut) => {
        const damaged = Uint8Array.from(bytes);
        for (const [where, value] of changes) if (damaged.length > 0) damaged[where % damaged.length] = value;
        const certificate = readCertificate(cut % 3 === 0 ? damaged.subarray(0, cut % (damaged.length + 1)) : damaged);
        readRawPublicKey(damaged);
        expect(`${certificate?.subject}${certificate?.issuer}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      },
    ),
    { seed: 509, numRuns: 700 },
  );
});

test('nesting without end is refused at once', () => {
  const deep = new Uint8Array(200_000).map((_, i) => (i % 2 === 0 ? 0x30 : 0x80));
  const started = performance.now();
  expect(readCertificate(deep)).toBeNull();
  expect(performance.now() - started).toBeLessThan(500);
});
