/** Real handshakes of DTLS 0.9, 1.0 and 1.2: every record opens, every Finished is right. */
import { expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../wire/text.ts';
import captures from './captures12.fixture.json';
import { parseKeyLog } from './keylog.ts';
import { createOpeners12, type ProtectedRecord, stripInnerPlaintext } from './protection12.ts';
import {
  deriveExtendedMasterSecret,
  deriveMasterSecret,
  finishedHash,
  pskPremaster,
  verifyData,
} from './schedule12.ts';
import { type CipherSuite, cipherSuite } from './suites.ts';
import { Transcript } from './transcript.ts';

type Capture = (typeof captures)[number];

const FINISHED = 20;
const CLIENT_KEY_EXCHANGE = 16;

function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === null) throw new Error(`not hex: ${text.slice(0, 20)}`);
  return bytes;
}

function suiteOf(capture: Capture): CipherSuite {
  const suite = cipherSuite(Number(capture.suite));
  if (suite === undefined) throw new Error(`unknown suite ${capture.suite}`);
  return suite;
}

function decodeRecord(capture: Capture, from: 'client' | 'server', bytes: Uint8Array): ProtectedRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const contentType = view.getUint8(0);
  const cidLength = contentType === 25 ? capture.cidLength[from] : 0;
  const record = {
    contentType,
    version: view.getUint16(1),
    epoch: view.getUint16(3),
    sequenceNumber: view.getUint16(5) * 2 ** 32 + view.getUint32(7),
    fragment: bytes.subarray(13 + cidLength),
  };
  if (contentType !== 25) return record;
  return { ...record, cid: { connectionId: bytes.subarray(11, 11 + cidLength), draft: capture.draftCid } };
}

function openersOf(capture: Capture, masterSecret: Uint8Array) {
  const openers = createOpeners12({
    suite: suiteOf(capture),
    version: Number(capture.version),
    masterSecret,
    clientRandom: hex(capture.clientRandom),
    serverRandom: hex(capture.serverRandom),
    encryptThenMac: capture.encryptThenMac,
  });
  if (openers === null) throw new Error('unsupported suite');
  return openers;
}

function masterSecretOf(capture: Capture): Uint8Array {
  const log = parseKeyLog(capture.keyLog.join('\r\n'), `${capture.capture}.keys`);
  const found = [...log.secrets].find((s) => s.label === 'CLIENT_RANDOM' && s.clientRandom === capture.clientRandom);
  if (found === undefined) throw new Error('no secret');
  return found.secret;
}

test.each(captures.map((c) => [c.capture, suiteOf(c).name, c] as const))(
  '%s (%s): all records open and both Finished verify',
  (_name, _suite, capture) => {
    const version = Number(capture.version);
    const choice = { version, prfHash: suiteOf(capture).prfHash };
    const masterSecret = masterSecretOf(capture);
    const openers = openersOf(capture, masterSecret);
    const transcript = new Transcript(version);
    const verified: string[] = [];
    for (const item of capture.wire) {
      const from = item.from === 'client' ? 'client' : 'server';
      if (item.message !== undefined) transcript.append(hex(item.message));
      if (item.record === undefined) continue;
      const record = decodeRecord(capture, from, hex(item.record));
      const plaintext = openers[from].open(record);
      if (plaintext === null) throw new Error(`record ${record.sequenceNumber} of the ${from} does not open`);
      const inner = record.cid
        ? stripInnerPlaintext(plaintext)
        : { contentType: record.contentType, content: plaintext };
      if (inner?.contentType !== 22 || inner.content[0] !== FINISHED) continue;
      const expected = verifyData(choice, masterSecret, from, transcript.hash(finishedHash(choice)));
      expect(toHex(inner.content.subarray(12))).toBe(toHex(expected));
      transcript.append(inner.content);
      verified.push(from);
    }
    expect(verified).toEqual(['client', 'server']);
  },
);

test.each(
  captures.filter((c) => c.psk !== null && suiteOf(c).keyExchange === 'PSK').map((c) => [c.capture, c] as const),
)('%s: the PSK gives the master secret of the key log', (_name, capture) => {
  const choice = { version: Number(capture.version), prfHash: suiteOf(capture).prfHash };
  const premaster = pskPremaster(hex(capture.psk ?? ''));
  const transcript = new Transcript(choice.version);
  for (const { message } of capture.wire) {
    if (message === undefined) continue;
    transcript.append(hex(message));
    if (Number.parseInt(message.slice(0, 2), 16) === CLIENT_KEY_EXCHANGE) break;
  }
  const master = capture.extendedMasterSecret
    ? deriveExtendedMasterSecret({ ...choice, premaster, sessionHash: transcript.hash(finishedHash(choice)) })
    : deriveMasterSecret({
        ...choice,
        premaster,
        clientRandom: hex(capture.clientRandom),
        serverRandom: hex(capture.serverRandom),
      });
  expect(toHex(master)).toBe(toHex(masterSecretOf(capture)));
});

test.each(captures.map((c) => [c.capture, c] as const))('%s: nothing opens once a bit is turned', (_name, capture) => {
  const openers = openersOf(capture, masterSecretOf(capture));
  for (const item of capture.wire.slice(-4)) {
    if (item.record === undefined) continue;
    const from = item.from === 'client' ? 'client' : 'server';
    const record = decodeRecord(capture, from, hex(item.record));
    const other = from === 'client' ? 'server' : 'client';
    expect(openers[other].open(record)).toBeNull();
    expect(openers[from].open({ ...record, sequenceNumber: record.sequenceNumber + 1 })).toBeNull();
    expect(openers[from].open({ ...record, epoch: record.epoch + 1 })).toBeNull();
    expect(openers[from].open({ ...record, version: record.version ^ 1 })).toBeNull();
    for (let at = 0; at < record.fragment.length; at += 5) {
      const fragment = Uint8Array.from(record.fragment);
      fragment[at] = (fragment[at] ?? 0) ^ 0x10;
      expect(openers[from].open({ ...record, fragment })).toBeNull();
    }
    for (let length = 0; length < record.fragment.length; length++) {
      expect(openers[from].open({ ...record, fragment: record.fragment.subarray(0, length) })).toBeNull();
    }
    const padded = concat(record.fragment, new Uint8Array(3));
    expect(openers[from].open({ ...record, fragment: padded })).toBeNull();
  }
});
