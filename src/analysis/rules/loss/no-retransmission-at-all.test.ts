import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('a server that never repeats its flight, and its numbers prove it', async () => {
  const { headline } = await diagnose('tinydtls-lost-server-hello-flight.server.pcap');
  expect(headline).toMatchObject({ rule: 'no-retransmission-at-all', severity: 'failure' });
});

test('near miss: a client that repeats', async () => {
  expect((await diagnose('openssl-fail-server-silent.pcap')).rules).not.toContain('no-retransmission-at-all');
});

test('near miss: an established association that was idle', async () => {
  expect((await diagnose('nat-pair-loss-dtls12.inside.pcap')).rules).not.toContain('no-retransmission-at-all');
});
