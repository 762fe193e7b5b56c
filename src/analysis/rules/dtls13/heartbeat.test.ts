import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { answeredBy, bytes, plaintextRecord } from '../edit-messages.test.helper.ts';
import { at, goesOnUntil } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const CLEAN = 'openssl-psk-aes128-gcm.pcap';
const HEARTBEAT = 24;

/** A request or response in the clear that brings 4 bytes of payload and says how many it has. */
const beat = (from: EditedDatagram, { type = 1, declared = 4, size = 4 } = {}, seq = 20): EditedDatagram => ({
  ...from,
  timeMs: from.timeMs + 1,
  payload: plaintextRecord(
    HEARTBEAT,
    seq,
    Uint8Array.of(type, ...bytes(declared, 2), ...new Uint8Array(size + 16).fill(7)),
  ),
});

/** The last datagram of the client, and the capture goes on. */
const after = (d: readonly EditedDatagram[], ...added: EditedDatagram[]): EditedDatagram[] => [
  ...d.filter((x) => x.timeMs <= at(d, -1).timeMs),
  ...added,
  goesOnUntil(at(d, 0), at(d, -1).timeMs + 60_000),
];
const ofClient = (d: readonly EditedDatagram[]): EditedDatagram => ({ ...at(d, 0), timeMs: at(d, -1).timeMs });

test('requests that nobody answers, and nothing else comes either', async () => {
  const { finding } = await diagnose(CLEAN, {
    edit: (d) => after(d, beat(ofClient(d)), beat({ ...ofClient(d), timeMs: at(d, -1).timeMs + 5000 }, {}, 21)),
  });
  expect(finding('heartbeat')).toMatchObject({
    severity: 'warning',
    title: 'The client gets no answer to 2 heartbeats',
  });
});

test('a request that declares more than it brings', async () => {
  const { finding } = await diagnose(CLEAN, { edit: (d) => after(d, beat(ofClient(d), { declared: 0x4000 })) });
  expect(finding('heartbeat')).toMatchObject({ severity: 'security', certainty: 'seen' });
  expect(finding('heartbeat')?.title).toBe('A heartbeat of the client asks for 16384 bytes and brought 20');
});

test('and the answer that leaks', async () => {
  const { finding } = await diagnose(CLEAN, {
    edit: (d) => {
      const asked = beat(ofClient(d), { declared: 1000 });
      const leak = beat(ofClient(d), { type: 2, declared: 1000, size: 1000 });
      return after(d, asked, answeredBy(asked, leak.payload));
    },
  });
  expect(finding('heartbeat')?.evidence).toHaveLength(2);
});

test('near miss: a request and its response, in the clear and closed', async () => {
  for (const inClear of [true, false]) {
    const { rules } = await diagnose(CLEAN, {
      withoutKeys: true,
      edit: (d) => {
        const asked = beat(ofClient(d));
        const answer = beat(ofClient(d), { type: 2 });
        // Epoch 1: it stays closed.
        const sealed = (x: Uint8Array) => (inClear ? x : x.map((byte, i) => (i === 4 ? 1 : byte)));
        return after(d, { ...asked, payload: sealed(asked.payload) }, answeredBy(asked, sealed(answer.payload)));
      },
    });
    expect(rules).not.toContain('heartbeat');
  }
});

test('near miss: the capture ends with the request', async () => {
  const { rules } = await diagnose(CLEAN, { edit: (d) => [...d, beat(ofClient(d))] });
  expect(rules).not.toContain('heartbeat');
});
