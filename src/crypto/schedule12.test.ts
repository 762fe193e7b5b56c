import { expect, test } from 'vitest';
import { concat, toHex } from '../wire/text.ts';
import { prf } from './prf.ts';
import { deriveKeyBlock, exportKeyingMaterial, pskPremaster } from './schedule12.ts';
import { cipherSuite } from './suites.ts';

const CLIENT = new Uint8Array(32).fill(1);
const SERVER = new Uint8Array(32).fill(2);
const MASTER = new Uint8Array(48).fill(3);
const choice = { version: 0xfefd, prfHash: 'sha256' as const };

test('a plain PSK is preceded by as many zeros, another secret takes their place (RFC 4279 §2)', () => {
  expect(toHex(pskPremaster(Uint8Array.of(0xaa, 0xbb)))).toBe('000200000002aabb');
  expect(toHex(pskPremaster(Uint8Array.of(0xaa, 0xbb), Uint8Array.of(9, 8, 7)))).toBe('00030908070002aabb');
  expect(toHex(pskPremaster(new Uint8Array(0)))).toBe('00000000');
});

test.each([
  [0xc014, 0xfeff, 20, 32, 0], // no IV in the key block: every record of DTLS brings its own
  [0xc02b, 0xfefd, 0, 16, 4],
  [0xcca9, 0xfefd, 0, 32, 12],
  [0x003b, 0xfefd, 32, 0, 0],
])('0x%s cuts the key block into MAC keys, keys and IVs, client first', (id, version, mac, key, iv) => {
  const suite = cipherSuite(id);
  if (suite === undefined) throw new Error('unknown suite');
  const block = deriveKeyBlock({ suite, version, masterSecret: MASTER, clientRandom: CLIENT, serverRandom: SERVER });
  const { client, server } = block ?? {};
  const parts = [client?.macKey, server?.macKey, client?.key, server?.key, client?.iv, server?.iv];
  expect(parts.map((part) => part?.length)).toEqual([mac, mac, key, key, iv, iv]);
  const whole = prf(version, 'sha256', MASTER, 'key expansion', concat(SERVER, CLIENT), 2 * (mac + key + iv));
  expect(parts.map((part) => toHex(part ?? CLIENT)).join('')).toBe(toHex(whole));
});

test('an empty exporter context is not the same as none (RFC 5705 §4)', () => {
  const input = { ...choice, masterSecret: MASTER, clientRandom: CLIENT, serverRandom: SERVER, length: 60 };
  const label = 'EXTRACTOR-dtls_srtp';
  const none = exportKeyingMaterial({ ...input, label });
  expect(toHex(none)).toBe(toHex(prf(0xfefd, 'sha256', MASTER, label, concat(CLIENT, SERVER), 60)));
  expect(toHex(exportKeyingMaterial({ ...input, label, context: new Uint8Array(0) }))).toBe(
    toHex(prf(0xfefd, 'sha256', MASTER, label, concat(CLIENT, SERVER, Uint8Array.of(0, 0)), 60)),
  );
});
