import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { concat } from '../wire/text.ts';
import { aeadWorks } from './aead.test.helper.ts';
import { portableAead } from './aead.ts';
import { gcmOpener } from './gcm.ts';

aeadWorks(portableAead);

test('more AES-GCM keys than tables are kept for open their records in any order', () => {
  const nonce = new Uint8Array(12);
  const keys = Array.from({ length: 1100 }, (_, i) => new Uint8Array(16).fill(i & 0xff).fill(i >> 8, 8));
  const sealed = keys.map((key) => {
    const cipher = createCipheriv('aes-128-gcm', key, nonce);
    return concat(cipher.update(key), cipher.final(), cipher.getAuthTag());
  });
  const openers = keys.map(gcmOpener);
  const open = (i: number) => openers[i]?.open(nonce, new Uint8Array(), sealed[i] ?? new Uint8Array());
  for (let round = 0; round < 2; round++) for (const [i, key] of keys.entries()) expect(open(i)).toEqual(key);
  for (let i = 0; i < 300; i++) {
    expect(open(0)).toEqual(keys[0]);
    expect(open(i * 3)).toEqual(keys[i * 3]);
  }
});
