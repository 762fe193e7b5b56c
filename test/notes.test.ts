/** Notes and captures: comments of packets come in and go out, and a capture is known again by its content. */
import { expect, test } from 'vitest';
import { Session } from '../src/analysis/session.ts';
import { trimmedCaptures } from '../src/export/trimmed.ts';
import { captureIdentity } from '../src/worker/identity.ts';
import { bytesOf } from './captures.ts';
import { openSession } from './open-session.ts';

const FILE = 'openssl-loss-final-flight-x3.client.pcap';

test('notes become comments of their packets, and those come back with the capture', async () => {
  const session = await openSession(FILE);
  expect(session.trace().captures[0]?.comments).toBeUndefined();
  const notes = [
    { capture: 0, packet: 3, text: 'why? <b>' },
    { capture: 0, packet: 3, text: 'second' },
    { capture: 0, packet: 99_999, text: 'no such packet' },
    { capture: 4, packet: 1, text: 'no such capture' },
  ];
  const files = await trimmedCaptures(session.packetsOf(null), { generator: 'test', keys: null, notes });
  if (typeof files === 'string') throw new Error(files);
  const again = new Session();
  const chunks = files[0]?.parts ?? [];
  await again.open(
    [
      {
        name: 'a.pcapng',
        size: null,
        chunks: async function* () {
          yield* chunks;
        },
      },
    ],
    { add: true },
  );
  const comments = again.trace().captures[0]?.comments ?? [];
  expect(comments.filter(({ packet }) => packet === 3).map(({ text }) => text)).toEqual(
    expect.arrayContaining(['why? <b>', 'second']),
  );
  expect(JSON.stringify(comments)).not.toContain('no such');
});

test('without notes a capture has the comments that it had', async () => {
  const session = await openSession('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
  const files = await trimmedCaptures(session.packetsOf(null), { generator: 'test', keys: null });
  if (typeof files === 'string') throw new Error(files);
  const again = new Session();
  const chunks = files[0]?.parts ?? [];
  await again.open(
    [
      {
        name: 'a.pcapng',
        size: null,
        chunks: async function* () {
          yield* chunks;
        },
      },
    ],
    { add: true },
  );
  expect(again.trace().associations[0]?.findings.length).toBe(session.trace().associations[0]?.findings.length);
});

const file = (name: string, bytes: Uint8Array) => ({ name, blob: new Blob([new Uint8Array(bytes)]) });

test('a capture has one identity whatever it is called, another capture has another', async () => {
  const [bytes, other] = [bytesOf(FILE), bytesOf('openssl-fail-unknown-ca.pcap')];
  const one = await captureIdentity([file('a.pcap', bytes)]);
  expect(one).toMatch(/^[\w-]{22}$/);
  expect(await captureIdentity([file('b.pcap', bytes)])).toBe(one);
  expect(await captureIdentity([file('a.pcap', other)])).not.toBe(one);
  expect(await captureIdentity([file('a.pcap', bytes), file('b.pcap', other)])).not.toBe(one);
});

test('of a large capture its size and both ends count', async () => {
  const large = new Uint8Array(300_000);
  const changed = (at: number) => {
    const bytes = large.slice();
    bytes[at] = 1;
    return captureIdentity([file('a', bytes)]);
  };
  const same = await captureIdentity([file('a', large)]);
  expect(await changed(0)).not.toBe(same);
  expect(await changed(large.length - 1)).not.toBe(same);
  expect(await changed(150_000)).toBe(same);
  expect(await captureIdentity([file('a', large.subarray(1))])).not.toBe(same);
});
