import { expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../wire/text.ts';
import captures from './captures13.fixture.json';
import { pskBinder, withoutBinders } from './psk-binder.ts';
import { Transcript13 } from './transcript13.ts';

function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === null) throw new Error(`not hex: ${text.slice(0, 20)}`);
  return bytes;
}

test('the binder of wolfSSL (wolfssl13-psk-external) is that of its PSK', () => {
  const capture = captures.find((one) => one.capture === 'wolfssl13-psk-external');
  const hello = hex(capture?.wire.find(({ message }) => message?.startsWith('01'))?.message ?? '');
  const binder = hello.subarray(-32);
  expect(toHex(hello.subarray(-35, -32))).toBe('002120'); // one binder of 32 bytes
  const binderOf = (psk: Uint8Array, origin: 'external' | 'resumption') => {
    const transcript = new Transcript13();
    transcript.append(withoutBinders(hello, [binder]));
    return toHex(pskBinder('sha256', psk, origin, transcript.hash('sha256')));
  };
  const psk = hex(capture?.psk ?? '');
  expect(binderOf(psk, 'external')).toBe(toHex(binder));
  expect(binderOf(psk, 'resumption')).not.toBe(toHex(binder));
  expect(binderOf(concat(psk, psk), 'external')).not.toBe(toHex(binder));
});
