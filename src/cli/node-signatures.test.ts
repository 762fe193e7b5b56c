import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { registerCryptoProvider } from '../crypto/provider.ts';
import { readPublicKey } from '../crypto/public-key.ts';
import type { SignatureForm } from '../crypto/signature-algorithm.ts';
import { verifyForm } from '../crypto/signature-forms.ts';
import { NODE_CRYPTO } from './node-crypto.ts';

afterEach(() => registerCryptoProvider(null));

const MESSAGE = Uint8Array.from({ length: 100 }, (_, i) => i);
const RSA = generateKeyPairSync('rsa', { modulusLength: 1024 });
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const P521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

const FORMS: readonly [string, SignatureForm, { publicKey: KeyObject; privateKey: KeyObject }, string, object][] = [
  ['RSA', { kind: 'rsa-pkcs1', hash: 'sha256' }, RSA, 'sha256', {}],
  ['RSA before version 1.2', { kind: 'rsa-pkcs1', hash: 'md5sha1' }, RSA, 'md5-sha1', {}],
  ['RSA-PSS', { kind: 'rsa-pss', hash: 'sha256', saltLength: 32 }, RSA, 'sha256', PSS],
  ['ECDSA on P-256', { kind: 'ecdsa', hash: 'sha256' }, P256, 'sha256', {}],
  ['ECDSA on P-521', { kind: 'ecdsa', hash: 'sha512' }, P521, 'sha512', {}],
];

describe.each(FORMS)('%s', (_, form, { publicKey, privateKey }, digest, padding) => {
  const key = readPublicKey(Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' })));
  if (!key) throw new Error('no key');
  const signature = Uint8Array.from(sign(digest, MESSAGE, { key: privateKey, ...padding }));

  test('node finds valid what is, and nothing else', () => {
    expect(NODE_CRYPTO.verifies(form, key, MESSAGE, signature)).toBe(true);
    expect(NODE_CRYPTO.verifies(form, key, MESSAGE.subarray(1), signature)).toBe(false);
    for (const at of [0, 20, signature.length - 1])
      expect(
        NODE_CRYPTO.verifies(
          form,
          key,
          MESSAGE,
          signature.map((b, i) => (i === at ? b ^ 1 : b)),
        ),
      ).toBe(false);
    expect(NODE_CRYPTO.verifies(form, key, MESSAGE, signature.subarray(1))).toBe(false);
  });

  test.each([null, NODE_CRYPTO])('the verdict is the same with node and without', (provider) => {
    registerCryptoProvider(provider);
    expect(verifyForm(form, key, MESSAGE, signature)).toBe('valid');
    expect(verifyForm(form, key, MESSAGE.subarray(1), signature)).toBe('invalid');
  });
});

test('a point that is not on the curve is left to what is written in JavaScript', () => {
  const point = new Uint8Array(65).fill(4);
  const key = { kind: 'ec', curve: 'P-256', point, description: '' } as const;
  expect(NODE_CRYPTO.verifies({ kind: 'ecdsa', hash: 'sha256' }, key, MESSAGE, new Uint8Array(70))).toBe(false);
});
