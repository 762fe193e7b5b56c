import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../wire/text.ts';
import { prf } from './prf.ts';

const hex = (text: string) => fromHex(text) ?? new Uint8Array(0);

test('TLS 1.2 PRF with SHA-256 (vector of the IETF TLS list)', () => {
  const out = prf(
    0xfefd,
    'sha256',
    hex('9bbe436ba940f017b17652849a71db35'),
    'test label',
    hex('a0ba9f936cda311827a6f796ffd5198c'),
    100,
  );
  expect(toHex(out)).toBe(
    'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66',
  );
});

test('TLS 1.2 PRF with SHA-384 (vector of the IETF TLS list)', () => {
  const out = prf(
    0xfefd,
    'sha384',
    hex('b80b733d6ceefcdc71566ea48e5567df'),
    'test label',
    hex('cd665cf6a8447dd6ff8b27555edb7465'),
    148,
  );
  expect(toHex(out)).toBe(
    '7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703d73e56f',
  );
});

test('TLS 1.0 PRF (vector of the IETF TLS list)', () => {
  const out = prf(
    0xfeff,
    'sha256',
    new Uint8Array(48).fill(0xab),
    'PRF Testvector',
    new Uint8Array(64).fill(0xcd),
    104,
  );
  expect(toHex(out)).toBe(
    'd3d4d1e349b5d515044666d51de32bab258cb521b6b053463e354832fd976754443bcf9a296519bc289abcbc1187e4ebd31e602353776c408aafb74cbc85eff69255f9788faa184cbb957a9819d84a5d7eb006eb459d3ae8de9810454b8b2d8f1afbc655a8c9a013',
  );
});

/** The definition, with node:crypto. */
function reference(hash: string, secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const hmac = (data: Uint8Array) => Uint8Array.from(createHmac(hash, secret).update(data).digest());
  let out = new Uint8Array(0);
  for (let a = hmac(seed); out.length < length; a = hmac(a)) out = Uint8Array.from(concat(out, hmac(concat(a, seed))));
  return out.subarray(0, length);
}

test('both versions for secrets of odd, even, long and no length', () => {
  const seed = new TextEncoder().encode('client finishedseed');
  for (const length of [0, 1, 2, 15, 16, 47, 48, 49, 63, 64, 65, 129, 200]) {
    const secret = Uint8Array.from({ length }, (_, i) => i * 3 + 1);
    const half = Math.ceil(length / 2);
    const md5 = reference('md5', secret.subarray(0, half), seed, 77);
    const sha1 = reference('sha1', secret.subarray(length - half), seed, 77);
    const run = (version: number) =>
      toHex(prf(version, 'sha256', secret, 'client finished', new TextEncoder().encode('seed'), 77));
    expect(run(0xfeff)).toBe(toHex(md5.map((byte, i) => byte ^ (sha1[i] ?? 0))));
    expect(run(0x0100)).toBe(run(0xfeff));
    expect(run(0xfefd)).toBe(toHex(reference('sha256', secret, seed, 77)));
  }
});
