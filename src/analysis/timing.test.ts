/** Who waited for whom, against what the proxy lost and delayed and when the endpoints' timers expired. */
import { expect, test } from 'vitest';
import { known } from '../../test/captures.ts';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import type { TimingView } from './story.ts';

async function timing(file: string): Promise<TimingView> {
  const session = await openSession(file);
  const { keys } = known(file);
  if (keys) addKeys(session, keys);
  const last = detailsOf(session).at(-1);
  if (!last) throw new Error('no association');
  return last.timing;
}

/** To the tenth of a second: timers are late by what a busy machine makes them. */
const tenths = (ms: number): number => Math.round(ms / 100) / 10;

test.each([
  // In seconds: client, server. By the logs: expiries of 1, 2 and 4 s before flight 6 gets through.
  ['openssl-loss-final-flight-x3.client.pcap', 7, 0],
  ['openssl-loss-final-flight-x3.server.pcap', 7, 0],
  ['openssl-loss-ch1.client.pcap', 1, 0],
  ['openssl-loss-hvr.client.pcap', 1, 0],
  ['openssl-loss-ch2.client.pcap', 1, 0],
  // The server repeats its flight for itself: its timer runs as well.
  ['openssl-loss-flight4.server.pcap', 0, 1],
  ['openssl-loss-flight4.client.pcap', 1, 0],
  ['openssl-loss-flight5.client.pcap', 1, 1],
  ['openssl-loss-resume-client-final.server.pcap', 0, 1],
  ['openssl-loss-cert-differs-on-retransmit.client.pcap', 7, 7],
  // Nobody ever answers: all of it was waiting.
  ['openssl-loss-uplink-flight5-forever.client.pcap', 15, 15],
  ['openssl-loss-blackhole-after-hs.client.pcap', 3, 0],
  ['wolfssl13-lost-ticket-ack.server.pcap', 0, 2],
  ['nss-dtls13-loss-ch.client.pcap', 0.1, 0],
  ['openssl-ecdhe-ecdsa-aes128-gcm.pcap', 0, 0],
  // A duplicate, a swap, an ACK that asks for the rest: no timer.
  ['openssl-dup-all.client.pcap', 0, 0],
  ['wolfssl13-reordered-flight.client.pcap', 0, 0],
  ['wolfssl13-lost-serverhello.client.pcap', 0, 0],
])('%s: the client waited %d s for its timer, the server %d s', async (file, client, server) => {
  const { timerWaitMs } = await timing(file);
  expect([tenths(timerWaitMs.client), tenths(timerWaitMs.server)]).toEqual([client, server]);
});

test('a repeat of what had been answered already was not needed', async () => {
  // The server answered at once, and only once; its flight was held up for 1.5 s behind this capture point.
  expect((await timing('wolfssl13-delay-spurious-retransmit.server.pcap')).timerWaitMs.client).toBe(0);
});

test('flights: when each began and was whole, and how long after the one before', async () => {
  const { flights, handshakeMs } = await timing('openssl-loss-final-flight-x3.client.pcap');
  expect(flights.map((f) => [f.flight, f.sender])).toEqual([
    [1, 'client'],
    [2, 'server'],
    [3, 'client'],
    [4, 'server'],
    [5, 'client'],
    [6, 'server'],
  ]);
  const [, , , , fifth, sixth] = flights;
  expect(tenths(fifth?.timerWaitMs ?? 0)).toBe(7);
  // Parts of it came with each of the copies, the last with the fourth.
  expect(sixth?.startMs).toBeLessThan(1100);
  expect(tenths(sixth?.completeMs ?? 0)).toBe(7);
  expect(tenths(handshakeMs ?? 0)).toBe(7);
  expect(flights.map((f) => f.answerAfterMs === null)).toEqual([true, false, false, false, false, false]);
});

test('the handshake of DTLS 1.3 ends with the ACK of the client’s Finished, not with tickets and key updates', async () => {
  const session = await openSession('wolfssl13-keyupdate-client.pcap');
  addKeys(session, 'wolfssl13-keyupdate-client.keys');
  const [detail] = detailsOf(session);
  const ack = detail?.records.find((r) => r.sender === 'server' && r.contents.some((c) => c.kind === 'ack'));
  expect(detail?.association.handshakes[0]?.endMs).toBe(ack?.timeMs);
  expect(detail?.timing.handshakeMs).toBe((ack?.timeMs ?? 0) - (detail?.association.startMs ?? 0));
});

test('round trips: long at the end that waits, short at the end that answers', async () => {
  // A NAT and 12.5 ms each way between the two points.
  const inside = await timing('nat-pair-loss-dtls12.inside.pcap');
  const outside = await timing('nat-pair-loss-dtls12.outside.pcap');
  for (const [long, short] of [
    [inside.roundTripMs.client, inside.roundTripMs.server],
    [outside.roundTripMs.server, outside.roundTripMs.client],
  ]) {
    expect(long).toBeGreaterThan(20);
    expect(long).toBeLessThan(35);
    expect(short).toBeLessThan(2);
  }
});
