/** Signatures of real stacks, and those that node:crypto makes with every algorithm. */
import { constants, createHash, generateKeyPairSync, type KeyObject, privateEncrypt, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, fromHex } from '../wire/text.ts';
import captures from './signatures.fixture.json';
import {
  certificateVerifyContent13,
  serverKeyExchangeSigned,
  signedParams,
  verifyCertificateLink,
  verifySignature,
} from './signatures.ts';
import { type Certificate, readCertificate, readRawPublicKey } from './x509.ts';

function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === null) throw new Error(`not hex: ${text.slice(0, 20)}`);
  return bytes;
}

function spkiOf(certificate: string, raw = false): Uint8Array {
  const found = raw ? readRawPublicKey(hex(certificate)) : readCertificate(hex(certificate));
  if (found === null) throw new Error('unreadable certificate');
  return found.spki;
}

function turned(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
}

test.each(captures.serverKeyExchange.map((c) => [c.capture, c] as const))('%s: ServerKeyExchange', (_name, c) => {
  const spki = spkiOf(c.certificate, c.raw);
  const signature = hex(c.signature);
  const params = signedParams(hex(c.body), { signatureScheme: c.scheme, signature });
  const signed = serverKeyExchangeSigned(hex(c.clientRandom), hex(c.serverRandom), params);
  expect(verifySignature(c.scheme, spki, signed, signature)).toBe('valid');
  expect(verifySignature(c.scheme, spki, turned(signed, 3), signature)).toBe('invalid');
  expect(verifySignature(c.scheme, spki, signed, turned(signature, signature.length - 1))).toBe('invalid');
});

test.each(captures.certificateVerify.map((c) => [c.capture, c] as const))(
  '%s: CertificateVerify of 1.2',
  (_name, c) => {
    const spki = spkiOf(c.certificate, c.raw);
    expect(verifySignature(c.scheme, spki, hex(c.transcript), hex(c.signature))).toBe('valid');
    expect(verifySignature(c.scheme, spki, turned(hex(c.transcript), 40), hex(c.signature))).toBe('invalid');
  },
);

test.each(captures.certificateVerify13.map((c) => [c.capture, c.sender, c] as const))(
  '%s: CertificateVerify of 1.3, %s',
  (_name, _sender, c) => {
    const [sender, other] = c.sender === 'client' ? (['client', 'server'] as const) : (['server', 'client'] as const);
    const verify = (content: Uint8Array) => verifySignature(c.scheme, spkiOf(c.certificate), content, hex(c.signature));
    expect(verify(certificateVerifyContent13(sender, hex(c.transcriptHash)))).toBe('valid');
    expect(verify(certificateVerifyContent13(other, hex(c.transcriptHash)))).toBe('invalid');
  },
);

const MESSAGE = new TextEncoder().encode('client_random server_random params');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const P256 = ec('P-256');
const P384 = ec('P-384');
const P521 = ec('P-521');

describe.each<readonly [string, number | null, Pair, string | null, object]>([
  ['rsa_pkcs1_md5', 0x0101, rsa, 'md5', {}],
  ['rsa_pkcs1_sha1', 0x0201, rsa, 'sha1', {}],
  ['rsa_pkcs1_sha224', 0x0301, rsa, 'sha224', {}],
  ['rsa_pkcs1_sha256', 0x0401, rsa, 'sha256', {}],
  ['rsa_pkcs1_sha384', 0x0501, rsa, 'sha384', {}],
  ['rsa_pkcs1_sha512', 0x0601, rsa, 'sha512', {}],
  ['rsa_pss_rsae_sha256', 0x0804, rsa, 'sha256', pss],
  ['rsa_pss_rsae_sha384', 0x0805, rsa, 'sha384', pss],
  ['rsa_pss_rsae_sha512', 0x0806, rsa, 'sha512', pss],
  ['rsa_pss_pss_sha256', 0x0809, generateKeyPairSync('rsa-pss', { modulusLength: 2048 }), 'sha256', pss],
  ['ecdsa_sha1, P-256', 0x0203, P256, 'sha1', {}],
  ['ecdsa_sha1 before 1.2, P-256', null, P256, 'sha1', {}],
  ['ecdsa_sha224, P-256', 0x0303, P256, 'sha224', {}],
  ['ecdsa_sha256, P-256', 0x0403, P256, 'sha256', {}],
  ['ecdsa_sha512, P-256', 0x0603, P256, 'sha512', {}],
  ['ecdsa_sha256, P-384', 0x0403, P384, 'sha256', {}],
  ['ecdsa_sha384, P-384', 0x0503, P384, 'sha384', {}],
  ['ecdsa_sha1, P-521', 0x0203, P521, 'sha1', {}],
  ['ecdsa_sha512, P-521', 0x0603, P521, 'sha512', {}],
  ['ed25519', 0x0807, generateKeyPairSync('ed25519'), null, {}],
  ['ed448', 0x0808, generateKeyPairSync('ed448'), null, {}],
])('%s', (_name, scheme, { publicKey, privateKey }, digest, padding) => {
  const spki = Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }));
  const signature = Uint8Array.from(sign(digest, MESSAGE, { key: privateKey, ...padding }));

  test('what node:crypto signed, and nothing else', () => {
    expect(verifySignature(scheme, spki, MESSAGE, signature)).toBe('valid');
    expect(verifySignature(scheme, spki, turned(MESSAGE, 0), signature)).toBe('invalid');
    for (let at = 0; at < signature.length; at += 40) {
      expect(verifySignature(scheme, spki, MESSAGE, turned(signature, at))).toBe('invalid');
    }
    for (const length of [0, 1, signature.length - 1]) {
      expect(verifySignature(scheme, spki, MESSAGE, signature.subarray(0, length))).toBe('invalid');
    }
  });
});

test('MD5 and SHA-1 with RSA, before 1.2', () => {
  const digest = concat(
    createHash('md5').update(MESSAGE).digest(),
    Uint8Array.from(createHash('sha1').update(MESSAGE).digest()),
  );
  const signature = Uint8Array.from(privateEncrypt(rsa.privateKey, digest));
  const spki = Uint8Array.from(rsa.publicKey.export({ type: 'spki', format: 'der' }));
  expect(verifySignature(null, spki, MESSAGE, signature)).toBe('valid');
  expect(verifySignature(null, spki, turned(MESSAGE, 0), signature)).toBe('invalid');
  expect(verifySignature(0x0201, spki, MESSAGE, signature)).toBe('invalid');
});

test('an ECDSA signature with a high s is one too', () => {
  const spki = Uint8Array.from(P256.publicKey.export({ type: 'spki', format: 'der' }));
  const signatures = Array.from({ length: 12 }, () => Uint8Array.from(sign('sha256', MESSAGE, P256.privateKey)));
  expect(signatures.map((one) => verifySignature(0x0403, spki, MESSAGE, one))).toEqual(signatures.map(() => 'valid'));
});

test.each([
  ['another key than the scheme asks for', 0x0403, rsa.publicKey],
  ['RSA with an EC key', 0x0804, P256.publicKey],
  ['Ed25519 with an EC key', 0x0807, P256.publicKey],
  ['a scheme that is not known', 0x0904, P256.publicKey],
  ['a curve that no library here has', 0x0403, ec('secp256k1').publicKey],
  ['GREASE', 0x0a0a, rsa.publicKey],
])('not checkable: %s', (_name, scheme, key) => {
  const spki = Uint8Array.from(key.export({ type: 'spki', format: 'der' }));
  expect(verifySignature(scheme, spki, MESSAGE, new Uint8Array(256))).toBe('not-checkable');
});

test('certificates on each other', () => {
  const read = (list: readonly { certificate: string; raw: boolean }[]) =>
    list.filter(({ raw }) => !raw).map(({ certificate }) => readCertificate(hex(certificate)));
  const all = [...read(captures.serverKeyExchange), ...read(captures.certificateVerify)].filter((c) => c !== null);
  const selfSigned = all.filter((certificate) => certificate.selfIssued);
  expect(selfSigned.length).toBeGreaterThan(1);
  for (const certificate of selfSigned) {
    expect(verifyCertificateLink(certificate, certificate)).toBe('valid');
    const damaged: Certificate = { ...certificate, signed: { ...certificate.signed, bytes: new Uint8Array(9) } };
    expect(verifyCertificateLink(damaged, certificate)).toBe('invalid');
  }
  const issued = all.find(
    ({ selfIssued, signatureAlgorithm }) => !selfIssued && signatureAlgorithm.name.startsWith('ec'),
  );
  if (issued === undefined) throw new Error('no issued certificate');
  expect(verifyCertificateLink(issued, issued)).toBe('invalid');
});

test('no key, no message and no signature throws', () => {
  const keys = captures.serverKeyExchange.map(({ certificate, raw }) => spkiOf(certificate, raw));
  fc.assert(
    fc.property(
      fc.constantFrom(null, 0x0101, 0x0401, 0x0804, 0x0806, 0x0203, 0x0403, 0x0603, 0x0807, 0x0808),
      fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...keys)),
      fc.nat({ max: 120 }),
      fc.uint8Array({ maxLength: 300 }),
      (scheme, spki, at, signature) => {
        expect(verifySignature(scheme, turned(spki, at), MESSAGE, signature)).not.toBe('valid');
      },
    ),
    { seed: 31, numRuns: 300 },
  );
});
