import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Hmac } from '../crypto/hashes.ts';
import { deriveKeyBlock } from '../crypto/schedule12.ts';
import { type CipherSuite, cipherSuite } from '../crypto/suites.ts';
import type { PlaintextRecord } from '../dtls/record.ts';
import { VERSION } from '../dtls/registry.ts';
import { concat, toHex } from '../wire/text.ts';
import { LastAsked } from './last-asked.ts';
import { RecordProtection } from './record-protection.ts';

const MASTER = new Uint8Array(48).fill(1);
const [CLIENT_RANDOM, SERVER_RANDOM] = [new Uint8Array(32).fill(2), new Uint8Array(32).fill(3)];
const CONTENT = new TextEncoder().encode('hello, server');
const EPOCH = 1;
const [CLIENT, SERVER] = [0, 1] as const;

function suiteOf(id: number): CipherSuite {
  const suite = cipherSuite(id);
  if (!suite) throw new Error('unknown suite');
  return suite;
}

const GCM = suiteOf(0xc02b);
const NULL_SHA256 = suiteOf(0x003b);

/** The keys that a handshake of this suite would give. */
function protectionOf(suite: CipherSuite): RecordProtection {
  const protection = new RecordProtection(new LastAsked());
  const line = { label: 'CLIENT_RANDOM', clientRandom: '', secret: MASTER, source: 'a.keys:1' };
  protection.offer12(EPOCH, [{ secret: MASTER, clientRandom: '', source: line }], {
    suite,
    version: VERSION.dtls12,
    clientRandom: toHex(CLIENT_RANDOM),
    serverRandom: toHex(SERVER_RANDOM),
    encryptThenMac: false,
    truncatedHmac: false,
  });
  return protection;
}

/** Application data that the client wrote. */
function record(suite: CipherSuite, sequenceNumber: number): PlaintextRecord {
  const keys = deriveKeyBlock({
    suite,
    version: VERSION.dtls12,
    masterSecret: MASTER,
    clientRandom: CLIENT_RANDOM,
    serverRandom: SERVER_RANDOM,
  });
  if (!keys) throw new Error('no keys');
  const number = Uint8Array.of(0, EPOCH, 0, 0, 0, 0, 0, sequenceNumber);
  const header = concat(number, Uint8Array.of(23, 0xfe, 0xfd, 0, CONTENT.length));
  const seal = () => {
    const cipher = createCipheriv('aes-128-gcm', keys.client.key, concat(keys.client.iv, number));
    cipher.setAAD(header);
    return concat(number, cipher.update(CONTENT), cipher.final(), cipher.getAuthTag());
  };
  const authenticate = () => concat(CONTENT, new Hmac('sha256', keys.client.macKey).mac(header, CONTENT));
  const fragment = suite === GCM ? seal() : authenticate();
  return {
    form: 'plaintext',
    contentType: 23,
    version: VERSION.dtls12,
    epoch: EPOCH,
    sequenceNumber,
    connectionId: new Uint8Array(),
    length: fragment.length,
    fragment,
    at: { buffer: 'packet', from: 0, to: fragment.length },
  };
}

describe('the length of application data that is not opened', () => {
  test('is known once a key has opened a record of the same sender and epoch', () => {
    const protection = protectionOf(GCM);
    const first = record(GCM, 1);
    expect(protection.hasKeysOf(EPOCH)).toBe(true);
    expect(protection.dataLength(EPOCH, CLIENT, first.fragment.length)).toBeNull();
    expect(protection.open(CLIENT, first)?.plaintext).toEqual(CONTENT);
    expect(protection.dataLength(EPOCH, CLIENT, first.fragment.length)).toBe(CONTENT.length);
    expect(protection.dataLength(EPOCH, CLIENT, 8 + 16)).toBe(0);
  });

  test('is not known of the other side, of another epoch, or of what is too short to be a record', () => {
    const protection = protectionOf(GCM);
    protection.open(CLIENT, record(GCM, 1));
    expect(protection.dataLength(EPOCH, SERVER, 100)).toBeNull();
    expect(protection.dataLength(EPOCH + 1, CLIENT, 100)).toBeNull();
    expect(protection.dataLength(EPOCH, CLIENT, 8 + 15)).toBeNull();
  });

  test('is not known after a record that did not open', () => {
    const protection = protectionOf(GCM);
    const damaged = { ...record(GCM, 1), sequenceNumber: 2 };
    expect(protection.open(CLIENT, damaged)).toBeNull();
    expect(protection.dataLength(EPOCH, CLIENT, 100)).toBeNull();
  });

  test('is not told of suites other than AEAD, whose records may have padding', () => {
    const protection = protectionOf(NULL_SHA256);
    expect(protection.open(CLIENT, record(NULL_SHA256, 1))?.plaintext).toEqual(CONTENT);
    expect(protection.dataLength(EPOCH, CLIENT, 100)).toBeNull();
  });

  test('asks for no keys where there are none', () => {
    expect(new RecordProtection(new LastAsked()).hasKeysOf(EPOCH)).toBe(false);
    expect(protectionOf(GCM).hasKeysOf(EPOCH + 1)).toBe(false);
  });
});

test.each([GCM, NULL_SHA256])('whoever gave up the ciphers makes them again: $name', (suite) => {
  const protection = protectionOf(suite);
  const plaintexts = [1, 2, 3].map((number) => {
    const opened = protection.open(CLIENT, record(suite, number));
    protection.forget();
    return opened && toHex(opened.plaintext);
  });
  expect(plaintexts[0]).not.toBe(null);
  expect(plaintexts).toEqual([plaintexts[0], plaintexts[0], plaintexts[0]]);
  expect(protection.keys(EPOCH).provenSecret(CLIENT)).not.toBe(null);
});
