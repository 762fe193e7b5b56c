/** Real handshakes of DTLS 1.3: every record opens, every Finished is right. */
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../wire/text.ts';
import captures from './captures13.fixture.json';
import { parseKeyLog } from './keylog.ts';
import { createOpener13, type Opened13, SKIMMED_AHEAD, type UnifiedRecord } from './protection13.ts';
import { nextTrafficSecret, verifyData13 } from './schedule13.ts';
import { type CipherSuite, cipherSuite } from './suites.ts';
import { Transcript13 } from './transcript13.ts';

type Capture = (typeof captures)[number];
type Sender = 'client' | 'server';

const FINISHED = 20;
const HELLO_RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

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

/** Traffic secrets by sender and epoch; those after a KeyUpdate are derived. */
function secretsOf(capture: Capture): { [sender in Sender]: Map<number, Uint8Array> } {
  const log = parseKeyLog(capture.keyLog.join('\n'), `${capture.capture}.keys`);
  const { prfHash } = suiteOf(capture);
  const secrets = { client: new Map<number, Uint8Array>(), server: new Map<number, Uint8Array>() };
  for (const { label, secret } of log.secrets) {
    const [, side, kind] = /^(CLIENT|SERVER)_(HANDSHAKE_TRAFFIC_SECRET|TRAFFIC_SECRET_0)$/.exec(label) ?? [];
    if (side === undefined) continue;
    const ofSender = secrets[side === 'CLIENT' ? 'client' : 'server'];
    if (kind === 'HANDSHAKE_TRAFFIC_SECRET') ofSender.set(2, secret);
    else for (let epoch = 3, s = secret; epoch < 6; epoch++, s = nextTrafficSecret(prfHash, s)) ofSender.set(epoch, s);
  }
  return secrets;
}

function decodeRecord(capture: Capture, from: Sender, bytes: Uint8Array): UnifiedRecord {
  const first = bytes[0] ?? 0;
  const sequenceOffset = 1 + (first & 0x10 ? capture.cidLength[from] : 0);
  const sequenceWidth = first & 0x08 ? 16 : 8;
  const headerLength = sequenceOffset + sequenceWidth / 8 + (first & 0x04 ? 2 : 0);
  const header = bytes.subarray(0, headerLength);
  return { header, sequenceOffset, sequenceWidth, ciphertext: bytes.subarray(headerLength) };
}

/** What skimming a record that opens says about it. */
function skimmedOf({ sequenceNumber, inner }: Opened13) {
  if (inner === null || inner.paddingLength > 0) return null;
  return { sequenceNumber, contentType: inner.contentType, length: inner.content.length };
}

test.each(captures.map((c) => [c.capture, suiteOf(c).name, c] as const))(
  '%s (%s): all records open, or are skimmed as what they are, and both Finished verify',
  (_name, _suite, capture) => {
    const suite = suiteOf(capture);
    const secrets = secretsOf(capture);
    const highest = new Map<string, number>();
    const transcript = new Transcript13();
    const verified: string[] = [];
    const open = (from: Sender, record: UnifiedRecord): Opened13 | null => {
      for (const [epoch, secret] of secrets[from]) {
        if ((epoch & 3) !== ((record.header[0] ?? 0) & 3)) continue;
        const key = `${from} ${epoch}`;
        const expected = highest.get(key) ?? 0;
        const opener = createOpener13(suite, secret);
        const opened = opener?.open(record, expected) ?? null;
        if (opened) expect(opener?.skim(record, expected)).toEqual(skimmedOf(opened));
        if (opened) highest.set(key, Math.max(highest.get(key) ?? 0, opened.sequenceNumber + 1));
        if (opened) return opened;
      }
      return null;
    };
    for (const item of capture.wire) {
      const from = item.from === 'client' ? 'client' : 'server';
      if (item.message !== undefined) {
        if (item.message.includes(HELLO_RETRY_RANDOM)) transcript.replaceByMessageHash(suite.prfHash);
        transcript.append(hex(item.message));
      }
      if (item.record === undefined) continue;
      const opened = open(from, decodeRecord(capture, from, hex(item.record)));
      if (opened?.inner == null) throw new Error(`a record of the ${from} does not open: ${item.record.slice(0, 20)}`);
      if (opened.inner.contentType !== 22 || verified.length === 2) continue;
      const message = opened.inner.content;
      if (message[0] === FINISHED) {
        const base = secrets[from].get(2) ?? new Uint8Array(0);
        const expected = verifyData13(suite.prfHash, base, transcript.hash(suite.prfHash));
        expect(toHex(message.subarray(12))).toBe(toHex(expected));
        verified.push(from);
      }
      transcript.append(message);
    }
    expect(verified).toEqual(['server', 'client']);
  },
);

test.each(captures.map((c) => [c.capture, c] as const))('%s: nothing opens once a bit is turned', (_name, capture) => {
  const suite = suiteOf(capture);
  const item = capture.wire.find((i) => i.record !== undefined && i.from === 'server');
  const record = decodeRecord(capture, 'server', hex(item?.record ?? ''));
  const opener = createOpener13(suite, secretsOf(capture).server.get(2) ?? new Uint8Array(0));
  if (opener === null) throw new Error('unsupported suite');
  expect(opener.open(record, 0)?.sequenceNumber).toBe(0);
  expect(opener.openAt(record, 1)).toBeNull();
  for (let at = 0; at < record.ciphertext.length; at += 7) {
    const ciphertext = Uint8Array.from(record.ciphertext);
    ciphertext[at] = (ciphertext[at] ?? 0) ^ 1;
    expect(opener.open({ ...record, ciphertext }, 0)).toBeNull();
  }
  for (let at = 0; at < record.header.length; at++) {
    const header = Uint8Array.from(record.header);
    header[at] = (header[at] ?? 0) ^ 0x20;
    expect(opener.open({ ...record, header }, 0)).toBeNull();
  }
  for (let length = 0; length < record.ciphertext.length; length++) {
    expect(opener.open({ ...record, ciphertext: record.ciphertext.subarray(0, length) }, 0)).toBeNull();
  }
});

test.each(captures.map((c) => [c.capture, c] as const))('%s: a record is not skimmed', (_name, capture) => {
  const item = capture.wire.find((i) => i.record !== undefined && i.from === 'server');
  const record = decodeRecord(capture, 'server', hex(item?.record ?? ''));
  const opener = createOpener13(suiteOf(capture), secretsOf(capture).server.get(2) ?? new Uint8Array(0));
  const skimmed = opener?.skim(record, 0);
  expect(skimmed?.sequenceNumber).toBe(0);
  // Where its number is far from the expected one.
  expect(opener?.skim(record, SKIMMED_AHEAD)).toEqual(skimmed);
  expect(opener?.skim(record, SKIMMED_AHEAD + 1)).toBeNull();
  // Where it ends too early to have content, or a number.
  for (let length = 0; length < 16; length++)
    expect(opener?.skim({ ...record, ciphertext: record.ciphertext.subarray(0, length) }, 0)).toBeNull();
  // Where it ends in zeros: how many, only opening it tells.
  const last = skimmed?.length ?? 0;
  const padded = Uint8Array.from(record.ciphertext);
  padded[last] = (padded[last] ?? 0) ^ (skimmed?.contentType ?? 0);
  expect(opener?.skim({ ...record, ciphertext: padded }, 0)).toBeNull();
});
