/** How long real stacks wait with an ACK of a part of a flight. */
import { expect, test } from 'vitest';
import { known, sourceOf, textOf } from '../../test/captures.ts';
import type { Datagram } from '../capture/datagram.ts';
import { ListedDatagrams } from '../capture/datagram-list.ts';
import { readCapture } from '../capture/open.ts';
import { parseKeyLog } from '../crypto/keylog.ts';
import { ackDelay } from './ack-delay.ts';
import { analyse } from './analyse.ts';
import { Keyring } from './keyring.ts';
import { readTrace } from './read-trace.ts';

async function delayIn(file: string, side: 0 | 1): Promise<string | null> {
  const datagrams: Datagram[] = [];
  await readCapture(sourceOf(file), 0, { datagram: (d) => datagrams.push(d), keyLog() {} });
  const { keys } = known(file);
  const keyring = new Keyring({ logs: keys ? [parseKeyLog(textOf(keys), keys)] : [], psks: [], rsaKeys: [] });
  const trace = analyse(
    readTrace(new ListedDatagrams(datagrams), keyring, { ports: new Set() }),
    datagrams[0]?.timeNs ?? 0n,
  );
  const [association] = trace.analysed;
  if (!association) throw new Error('no association');
  return ackDelay(trace, association, side);
}

test.each([
  ['nss-dtls13-loss-enc-flight.client.pcap', 13],
  ['firefox-webrtc-loss-server-ack.client.pcap', 17],
])('%s: the client acknowledges what came of the flight after %i ms', async (file, ms) => {
  expect(await delayIn(file, 0)).toContain(` ${ms} ms after the first record`);
});

test('a client that received the whole flight acknowledges no part of it', async () => {
  expect(await delayIn('wolfssl13-clean-aes128gcm.pcap', 0)).toBeNull();
});

test('DTLS 1.2 has no ACKs', async () => {
  expect(await delayIn('openssl-loss-flight4.client.pcap', 0)).toBeNull();
});
