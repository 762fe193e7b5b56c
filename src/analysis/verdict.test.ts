import { expect, test } from 'vitest';
import { openSession } from '../../test/open-session.ts';

async function first(file: string) {
  const [association] = (await openSession(file)).trace().associations;
  if (!association) throw new Error(`${file} has no association`);
  return association;
}

test('a handshake whose beginning is not in the capture has no duration', async () => {
  const { verdict, handshakeMs, outcome } = await first('link-midstream.pcap');
  expect(outcome).toBe('established');
  expect(handshakeMs).toBeNull();
  expect(verdict).toBe('Established, but the capture begins only with flight 5, so nobody can tell how long it took.');
});

test('a whole one has', async () => {
  const { verdict, handshakeMs } = await first('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
  expect(verdict).toMatch(/^Established in \d/);
  expect(handshakeMs).toBeGreaterThan(0);
});

test('a text without times does not say that it took no time', async () => {
  const { verdict, handshakeMs } = await first('text-hexdump-C.txt');
  expect(handshakeMs).toBeNull();
  expect(verdict).toBe('Established, and the capture does not tell how long it took; nothing was repeated.');
});
