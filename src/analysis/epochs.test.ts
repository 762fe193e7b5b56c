/** What each side wrote and could read when: epochs of real handshakes, clean, lossy, resumed, with key updates. */
import { expect, test } from 'vitest';
import { known } from '../../test/captures.ts';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import type { AssociationDetail, EpochView, Sender } from './trace.ts';

async function details(file: string, withKeys = true): Promise<AssociationDetail[]> {
  const session = await openSession(file);
  const { keys } = known(file);
  if (withKeys && keys) addKeys(session, keys);
  return detailsOf(session);
}

function epoch(detail: AssociationDetail | undefined, sender: Sender, number: number): EpochView {
  const found = detail?.association.epochs.find((e) => e.sender === sender && e.epoch === number);
  if (!found) throw new Error(`${sender} wrote nothing in epoch ${number}`);
  return found;
}

/** The message that the record completes, or the first thing in it. */
function named(detail: AssociationDetail | undefined, record: number | null): string {
  const content = detail?.records.find((r) => r.record === record)?.contents[0];
  return content?.kind === 'handshake' ? content.name : (content?.kind ?? 'none');
}

test('a full handshake of 1.2: both can read epoch 1 since the ClientKeyExchange, which the server shows by its answer', async () => {
  const [detail] = await details('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
  for (const sender of ['client', 'server'] as const) {
    const { readableRecord, readableCertainty } = epoch(detail, sender, 1);
    expect(named(detail, readableRecord)).toBe('ClientKeyExchange');
    expect(readableCertainty).toBe('near-certain');
  }
  expect(epoch(detail, 'client', 0)).toMatchObject({ readableCertainty: 'seen', late: [], missing: [] });
});

test('a resumed handshake of 1.2: both can read epoch 1 since the ServerHello', async () => {
  const [, detail] = await details('openssl-resume-ticket.pcap');
  for (const sender of ['client', 'server'] as const)
    expect(named(detail, epoch(detail, sender, 1).readableRecord)).toBe('ServerHello');
});

test('a flight that never gets an answer may never have been readable', async () => {
  const [detail] = await details('openssl-loss-uplink-flight5-forever.client.pcap');
  expect(epoch(detail, 'client', 1)).toMatchObject({ readableCertainty: 'inferred' });
});

test('a renegotiation has its own keys, in epochs 1 and 2', async () => {
  const [detail] = await details('openssl-reneg-client.pcap');
  const [first, second] = [epoch(detail, 'server', 1), epoch(detail, 'server', 2)];
  expect(named(detail, second.readableRecord)).toBe('ClientKeyExchange');
  expect(second.readableRecord).toBeGreaterThan(first.readableRecord ?? Number.POSITIVE_INFINITY);
  expect(second.writeFromMs).toBeGreaterThanOrEqual(first.writeUntilMs);
});

test('repeats of flights 5 and 6 in epoch 0 come after records of epoch 1: late, and nothing is missing but what was lost', async () => {
  const [detail] = await details('openssl-loss-final-flight-x3.client.pcap');
  const client = epoch(detail, 'client', 0);
  const late = client.late.map((r) => detail?.records.find((x) => x.record === r));
  // Three repeats of ClientKeyExchange and ChangeCipherSpec, by the log of the client.
  expect(late.map((r) => r?.transmission)).toEqual([2, 2, 3, 3, 4, 4]);
  expect(client.missing).toEqual([]);
  // By the log of the proxy: the whole of flight 6, and two more ChangeCipherSpecs.
  expect(epoch(detail, 'server', 0).missing).toEqual([5, 6, 8, 10]);
});

test('DTLS 1.3: handshake keys since the ServerHello, application keys since the server’s Finished', async () => {
  const [detail] = await details('wolfssl13-clean-aes128gcm.pcap');
  for (const sender of ['client', 'server'] as const) {
    expect(named(detail, epoch(detail, sender, 2).readableRecord)).toBe('ServerHello');
    expect(named(detail, epoch(detail, sender, 3).readableRecord)).toBe('Finished');
  }
});

test('early data can be read since the ClientHello, as the server says that it accepts it', async () => {
  const [, detail] = await details('wolfssl13-early-data-accepted.pcap');
  const early = epoch(detail, 'client', 1);
  expect(named(detail, early.readableRecord)).toBe('ClientHello');
  expect(early.readableCertainty).toBe('near-certain');
});

test('a KeyUpdate makes the next epoch readable; the ACK shows that it arrived', async () => {
  const [detail] = await details('wolfssl13-keyupdate-client.pcap');
  for (const sender of ['client', 'server'] as const) {
    const next = epoch(detail, sender, 4);
    expect(named(detail, next.readableRecord)).toBe('KeyUpdate');
    expect(next.readableCertainty).toBe('near-certain');
    // RFC 9147 §8: not before the ACK.
    expect(next.writeFromMs).toBeGreaterThan(next.readableFromMs ?? Number.POSITIVE_INFINITY);
  }
});

test('without keys, whoever writes in epoch 3 can read it', async () => {
  const [detail] = await details('chromium-webrtc-dc.pcap', false);
  const server = epoch(detail, 'server', 3);
  expect(server.readableFromMs).toBe(epoch(detail, 'client', 3).writeFromMs);
  expect(server.keys).toBe(false);
});
