/** What leaving out does to records that are not as one expects: in doubt nothing of them is shown. */
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../wire/text.ts';
import { ContentRemover, type RemoverKnowledge, recordIdentity } from './leave-out.ts';
import { RecordSplitter } from './record-knowledge.ts';

const NOTHING: RemoverKnowledge = {
  level: 'marks',
  harmless: new Set(),
  content: new Set(),
  explicitNonce: false,
};

const bytes = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();
/** Easy to find again. */
const BODY = 'feedface'.repeat(5);
const HANDSHAKE = bytes(`16 fefd 0000 000000000001 000c 010000000000000000000000`);

function splitter() {
  return new RecordSplitter([]);
}

/** In one conversation, all of them seen before any of them is cut. */
function cut(payloads: readonly Uint8Array[], knowledge: Partial<RemoverKnowledge> = {}) {
  const remover = new ContentRemover({ ...NOTHING, ...knowledge });
  const uncut = payloads.map((payload) => ({
    ...{ payload, records: splitter().recordsOf(payload), missing: 0, conversation: 'a b', leftOut: [] },
  }));
  for (const one of uncut) remover.look(one);
  return uncut.map((one) => remover.cut(one));
}

function shows(payload: Uint8Array, knowledge: Partial<RemoverKnowledge> = {}, before: readonly Uint8Array[] = []) {
  const result = cut([...before, payload], knowledge).at(-1);
  return toHex(result?.payload ?? new Uint8Array()).includes('feedface');
}

describe('is not shown', () => {
  test.each([
    ['application data', `17 fefd 0001 000000000001 0014 ${BODY}`],
    ['application data in the clear', `17 fefd 0000 000000000001 0014 ${BODY}`],
    ['a heartbeat', `18 fefd 0000 000000000001 0014 ${BODY}`],
    ['a path check', `1b fefd 0000 000000000001 0014 ${BODY}`],
    ['an alert of a version that does not exist', `15 4444 0000 000000000001 0014 ${BODY}`],
    ['something else that begins like a handshake', `16 4242 0000 000000000001 0014 ${BODY}`],
    ['a record with a connection ID that nobody told of', `19 fefd 0001 000000000001 aabb 0014 ${BODY}`],
    ['one whose connection ID cannot be told either', `19 fefd 0001 000000000001 aabbcc ${BODY}`],
    ['bytes in which no record begins', `00 ${BODY}`],
    ['a record of DTLS 1.3 with application data', `2f 1234 0014 ${BODY}`],
    ['early data of DTLS 1.3', `2d 1234 0014 ${BODY}`],
    ['one without a length', `2b 1234 ${BODY}`],
    ['a record that the datagram cuts', `17 fefd 0001 000000000001 0400 ${BODY}`],
  ])('%s', (_, hex) => {
    expect(shows(bytes(hex))).toBe(false);
    expect(shows(bytes(hex), { level: 'lengths' })).toBe(false);
    expect(shows(bytes(hex), { level: 'bodies' })).toBe(true);
  });

  test('what stands behind a record with an unknown connection ID, wherever its length is taken for', () => {
    for (let length = 0; length < 12; length++) {
      const id = 'ab'.repeat(length);
      expect(shows(bytes(`19 fefd 0001 000000000001 ${id} 0014 ${BODY}`)), String(length)).toBe(false);
    }
  });

  test('DTLS 1.3 of the handshake epoch in a connection of which no handshake was seen, or that is past it', () => {
    const epoch2 = bytes(`2e 1234 0014 ${BODY}`);
    const epoch4 = bytes(`2c 1234 0020 ${'00'.repeat(32)}`);
    expect(shows(epoch2)).toBe(false);
    expect(shows(epoch2, {}, [HANDSHAKE])).toBe(true);
    expect(shows(epoch2, {}, [HANDSHAKE, epoch4])).toBe(false);
  });

  test('what the keys show to be application data, whatever it looks like', () => {
    const epoch2 = bytes(`2e 1234 0014 ${BODY}`);
    expect(shows(epoch2, { content: new Set([recordIdentity(epoch2)]) }, [HANDSHAKE])).toBe(false);
  });
});

describe('is shown', () => {
  test.each([
    ['a handshake message', `16 fefd 0000 000000000001 0014 ${BODY}`],
    ['one of DTLS 1.0', `16 feff 0000 000000000001 0014 ${BODY}`],
    ['an encrypted handshake message of DTLS 1.2', `16 fefd 0001 000000000000 0014 ${BODY}`],
    ['an encrypted alert', `15 fefd 0001 000000000001 0014 ${BODY}`],
  ])('%s', (_, hex) => {
    expect(shows(bytes(hex))).toBe(true);
  });

  test('what the keys show to be harmless', () => {
    const record = bytes(`2f 1234 0014 ${BODY}`);
    expect(shows(record, { harmless: new Set([recordIdentity(record)]) })).toBe(true);
  });
});

describe('what stands in its place', () => {
  const data = (body: string, number = '01') =>
    bytes(`17 fefd 0001 0000000000${number} ${(body.length / 2).toString(16).padStart(4, '0')} ${body}`);

  test('has one length for all, and is the same for the same alone', () => {
    const [a, again, longer] = cut([data(BODY), data(BODY, '02'), data(`${BODY}ff`)]);
    const body = (one: typeof a) => toHex(one?.payload.subarray(13) ?? new Uint8Array());
    expect([a, again, longer].map((one) => one?.payload.length)).toEqual([45, 45, 45]);
    expect(body(a)).toBe(body(again));
    expect(body(a)).not.toBe(body(longer));
  });

  test('begins with the nonce where DTLS 1.2 has one: it is public', () => {
    const [one] = cut([data(`0001000000000001${BODY}`)], { explicitNonce: true });
    expect(toHex(one?.payload.subarray(13, 21) ?? new Uint8Array())).toBe('0001000000000001');
    expect(one?.leftOut).toEqual([{ from: 21, length: 32, same: 1 }]);
  });

  test('is followed by the next record of the datagram', () => {
    const joined = new Uint8Array([...data(BODY), ...HANDSHAKE]);
    const [one] = cut([joined]);
    expect(
      splitter()
        .recordsOf(one?.payload ?? new Uint8Array())
        .map((r) => r.form),
    ).toEqual(['plaintext', 'plaintext']);
    expect(toHex(one?.payload.subarray(45) ?? new Uint8Array())).toBe(toHex(HANDSHAKE));
  });

  test('of a closed record as long as an alert of DTLS 1.3 keeps that length: so one sees how it ended', () => {
    const alert = bytes(`2f 1234 0013 ${BODY.slice(0, 38)}`);
    const [one] = cut([alert]);
    expect(one?.payload.length).toBe(alert.length);
    expect(toHex(one?.payload ?? new Uint8Array())).not.toContain('feedface');
  });

  test('of a record that the capture cut does not tell how much is missing', () => {
    const remover = new ContentRemover(NOTHING);
    const payload = bytes(`17 fefd 0001 000000000001 0400 ${BODY}`);
    const records = splitter().recordsOf(payload);
    const one = remover.cut({ payload, records, missing: 1004, conversation: '', leftOut: [] });
    expect(one.missing).toBe(0);
    expect(one.payload.length).toBe(45);
  });
});

test('what an earlier sharer left out is not taken for what was sent', () => {
  const remover = new ContentRemover({ ...NOTHING, level: 'bodies' });
  const payload = bytes(`17 fefd 0001 000000000001 0014 ${BODY}`);
  const records = splitter().recordsOf(payload);
  const one = remover.cut({ payload, records, missing: 0, conversation: '', leftOut: [{ from: 13, to: 33 }] });
  expect(one.leftOut).toEqual([{ from: 13, length: 20, same: 1 }]);
  expect(toHex(one.payload)).not.toContain('feedface');
});
