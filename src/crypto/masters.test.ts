/** Every capture of the corpus that comes with a PSK or a private key: the master secret is that of its key log. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../wire/text.ts';
import { parseKeyLog } from './keylog.ts';
import captures from './masters.fixture.json';
import { candidateMasters, type GivenKeys, type MasterQuestion } from './premaster.ts';
import { parsePrivateKey } from './private-key.ts';
import { createOpeners12 } from './protection12.ts';
import { parsePsk } from './psk.ts';
import { cipherSuite } from './suites.ts';

type Capture = (typeof captures)[number];

const NO_KEYS: GivenKeys = { psks: [], rsaKeys: [], logs: [] };

function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === null) throw new Error(`not hex: ${text.slice(0, 20)}`);
  return bytes;
}

function questionOf(capture: Capture): MasterQuestion {
  const suite = cipherSuite(capture.suite);
  if (suite === undefined) throw new Error('unknown suite');
  return {
    suite,
    version: capture.version,
    clientRandom: hex(capture.clientRandom),
    serverRandom: hex(capture.serverRandom),
    pskIdentity: capture.pskIdentity === null ? null : hex(capture.pskIdentity),
    encryptedPremaster: capture.encryptedPremaster === null ? null : hex(capture.encryptedPremaster),
    extendedMasterSecret: capture.extendedMasterSecret,
    sessionHash: hex(capture.sessionHash),
    serverKey: null,
  };
}

function rsaKeysOf(capture: Capture): GivenKeys['rsaKeys'] {
  if (capture.privateKey === null) return [];
  const folders = ['samples/corpus/synthetic', 'samples/corpus'];
  const folder = folders.find((path) => readdirSync(path).includes(capture.privateKey ?? ''));
  const parsed = parsePrivateKey(readFileSync(`${folder}/${capture.privateKey}`, 'utf8'));
  if (parsed.kind !== 'key') throw new Error(parsed.message);
  return [{ key: parsed.key, source: capture.privateKey }];
}

function psksOf(capture: Capture, prefix = ''): GivenKeys['psks'] {
  if (capture.psk === null) return [];
  const parsed = parsePsk(prefix + capture.psk, { text: false, source: '--psk' });
  if (parsed.kind !== 'psk') throw new Error(parsed.message);
  return [parsed.psk];
}

function keysOf(capture: Capture): GivenKeys {
  return { psks: psksOf(capture), rsaKeys: rsaKeysOf(capture), logs: [] };
}

test.each(captures.filter((c) => c.masters.length > 0).map((c) => [c.capture, c] as const))(
  '%s: the master secret is that of the key log',
  (_name, capture) => {
    const { masters, why } = candidateMasters(questionOf(capture), keysOf(capture));
    expect(masters).toHaveLength(1);
    // The two ends of pion12-psk-mismatch wrote one line each.
    expect(capture.masters).toContain(toHex(masters[0]?.secret ?? new Uint8Array()));
    expect(why).toBeNull();
  },
);

test.each(captures.filter((c) => c.masters.length === 0).map((c) => [c.capture, c] as const))(
  '%s, without a key log: the master secret opens Finished',
  (_name, capture) => {
    const question = questionOf(capture);
    const record = hex(capture.clientFinished ?? '');
    const opened = candidateMasters(question, keysOf(capture)).masters.map(({ secret }) =>
      createOpeners12({ ...question, masterSecret: secret, encryptThenMac: false })?.client.open({
        contentType: 22,
        version: capture.version,
        epoch: 1,
        sequenceNumber: 0,
        fragment: record.subarray(13),
      }),
    );
    expect(opened.map((plaintext) => plaintext?.[0])).toEqual([20]);
  },
);

function captureOf(keyExchange: string): Capture {
  const found = captures.find((c) => cipherSuite(c.suite)?.keyExchange === keyExchange && c.extendedMasterSecret);
  if (found === undefined) throw new Error(`no capture with ${keyExchange}`);
  return found;
}

test('a PSK serves the identity it is for, and where none was named any', () => {
  const capture = captureOf('PSK');
  const question = questionOf(capture);
  const identity = new TextDecoder().decode(question.pskIdentity ?? new Uint8Array());
  const ask = (prefix: string, q = question) => candidateMasters(q, { ...NO_KEYS, psks: psksOf(capture, prefix) });
  expect(ask(`${identity}=`).masters).toHaveLength(1);
  expect(ask('somebody=')).toEqual({
    masters: [],
    why: 'None of the pre-shared keys given is for the identity that the client sent.',
  });
  expect(ask('somebody=', { ...question, pskIdentity: null }).masters).toHaveLength(1);
  expect(ask('').masters).toMatchObject([{ label: 'PSK', source: '--psk' }]);
});

test('premaster secrets of key logs: PMS_CLIENT_RANDOM and RSA lines', () => {
  const capture = captureOf('RSA');
  const question = questionOf(capture);
  const premaster = premasterOf(capture);
  const prefix = (capture.encryptedPremaster ?? '').slice(0, 16);
  const log = parseKeyLog(
    `RSA ${prefix} ${premaster}\nPMS_CLIENT_RANDOM ${capture.clientRandom} ${premaster}\n`,
    'a.keys',
  );
  expect(log.problems).toEqual([]);
  const { masters } = candidateMasters(question, { ...NO_KEYS, logs: [log] });
  expect(masters.map(({ secret, label, source }) => [toHex(secret), label, source])).toEqual([
    [capture.masters[0], 'PMS_CLIENT_RANDOM', 'a.keys:2'],
    [capture.masters[0], 'RSA', 'a.keys:1'],
  ]);
});

function premasterOf(capture: Capture): string {
  const [given] = rsaKeysOf(capture);
  if (given === undefined) throw new Error('no key');
  const { n, d } = given.key;
  const power = (base: bigint, exponent: bigint): bigint => {
    if (exponent === 0n) return 1n;
    const half = power((base * base) % n, exponent / 2n);
    return exponent % 2n === 1n ? (half * base) % n : half;
  };
  return power(BigInt(`0x${capture.encryptedPremaster}`), d)
    .toString(16)
    .slice(-96);
}

const SESSION_HASH_MISSING = { sessionHash: null };

test.each([
  ['RSA', 'psk', {}, null],
  ['RSA', 'rsa', SESSION_HASH_MISSING, /extended_master_secret.*Use a key log/],
  ['RSA', 'rsa', { encryptedPremaster: null }, /lacks the ClientKeyExchange/],
  ['RSA', 'rsa', { encryptedPremaster: new Uint8Array(256).fill(1) }, /does not decrypt/],
  ['RSA', 'rsa', { serverKey: new Uint8Array(3) }, /^The private key given is not that of the server's certificate/],
  ['RSA_PSK', 'psk', {}, /RSA private key is needed too/],
  ['RSA_PSK', 'rsa', {}, /the pre-shared key is needed too/],
  ['RSA_PSK', 'none', {}, null],
  ['PSK', 'rsa', {}, null],
] as const)('%s with %s %#: why not', (keyExchange, kind, change, why) => {
  const capture = captures.find((c) => cipherSuite(c.suite)?.keyExchange === keyExchange && c.extendedMasterSecret);
  if (capture === undefined) throw new Error('no capture');
  const psk = parsePsk('0102', { text: false });
  const keys: GivenKeys = {
    psks: kind === 'psk' && psk.kind === 'psk' ? [psk.psk] : [],
    rsaKeys: kind === 'rsa' ? rsaKeysOf(captureOf('RSA')) : [],
    logs: [],
  };
  const answer = candidateMasters({ ...questionOf(capture), ...change }, keys);
  expect(answer.masters).toEqual([]);
  if (why === null) expect(answer.why).toBeNull();
  else expect(answer.why).toMatch(why);
});

test.each([
  [0xd001, 'psk', /^ECDHE_PSK: a pre-shared key alone does not open it: the premaster also has the ECDH secret/],
  [0x00aa, 'psk', /^DHE_PSK: a pre-shared key alone does not open it: the premaster also has the DH secret/],
  [0xc02f, 'rsa', /^ECDHE: a private key does not open it/],
  [0xc02b, 'rsa', null], // the certificate is an ECDSA one: that key was given for another handshake
  [0x1301, 'psk', /^DTLS 1.3: a pre-shared key alone/],
  [0x1301, 'none', null],
] as const)('suite 0x%s with %s: why not', (id, kind, why) => {
  const suite = cipherSuite(id);
  if (suite === undefined) throw new Error('unknown suite');
  const rsa = captureOf('RSA');
  const psk = parsePsk('0102', { text: false });
  const keys: GivenKeys = {
    psks: kind === 'psk' && psk.kind === 'psk' ? [psk.psk] : [],
    rsaKeys: kind === 'rsa' ? rsaKeysOf(rsa) : [],
    logs: [],
  };
  const answer = candidateMasters({ ...questionOf(rsa), suite }, keys);
  expect(answer.masters).toEqual([]);
  if (why === null) expect(answer.why).toBeNull();
  else expect(answer.why).toMatch(why);
});
