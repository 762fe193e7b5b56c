import { expect, test } from 'vitest';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import { knownAt } from './known-at.ts';
import { replayWindowsAt } from './replay-window-at.ts';

const NAMES = { client: 'Client', server: 'Server' };

async function opened(file: string, keys?: string) {
  const session = await openSession(file);
  if (keys) addKeys(session, keys);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error(`${file} has no association`);
  const facts = (ms: number) =>
    Object.fromEntries(knownAt(detail, detail.association.startMs + ms, NAMES).map((f) => [f.name, f.says]));
  return { detail, facts };
}

test('epochs, keys and transcript grow with time', async () => {
  const { facts } = await opened('openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys');
  expect(facts(0)).toMatchObject({ Client: 'writes epoch 0', Transcript: '1 message, 146 bytes' });
  expect(facts(0)).not.toHaveProperty('Keys');
  // Without the first ClientHello and the HelloVerifyRequest (RFC 6347 §4.2.6): 154 + 12 bytes.
  expect(facts(1.1)).toMatchObject({ Transcript: '1 message, 166 bytes' });
  expect(facts(4)).toMatchObject({ Keys: 'for epoch 1' });
  expect(facts(4).Client).toBe('writes epoch 1, could read epoch 1');
  expect(facts(8000).Transcript).toBe(facts(7100).Transcript);
});

test('keys that are not at hand are said to be missing', async () => {
  const { facts } = await opened('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
  expect(facts(1e6).Keys).toBe('none for epoch 1');
});

test('connection IDs are known once both hellos have passed', async () => {
  const { detail, facts } = await opened('wolfssl13-cid-rebind.server.pcap', 'wolfssl13-cid-rebind.keys');
  const { client, server } = detail.association.connectionIds;
  expect(facts(0).CID).toBe(`Client ${client}`);
  expect(facts(1e6).CID).toBe(`Client ${client}, Server ${server}`);
});

test('the replay window ends at the highest number that came', async () => {
  const { detail } = await opened('openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys');
  const at = (ms: number) =>
    replayWindowsAt(detail, ms).map(({ reader, epoch, from, to }) => `${reader} ${epoch}:${from}-${to}`);
  expect(at(2)).toEqual(['client 0:0-4', 'server 0:0-1']);
  expect(at(3013.379)).toEqual(['client 1:0-2', 'server 1:0-2']);
});
