import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('a server whose answer to flight 3 takes longer than the client’s timer', async () => {
  const { finding } = await diagnose('wolfssl13-delay-spurious-retransmit.server.pcap');
  expect(finding('spurious-retransmission-rtt')).toMatchObject({ severity: 'warning' });
});

test('a flight that was held up on its way', async () => {
  const { rules } = await diagnose('openssl-delay-flight4-spurious.client.pcap');
  expect(rules).toContain('spurious-retransmission-rtt');
});

test('near miss: the answer itself was lost', async () => {
  const { rules } = await diagnose('openssl-loss-flight4.client.pcap');
  expect(rules).not.toContain('spurious-retransmission-rtt');
});

test('near miss: nobody ever answers', async () => {
  expect((await diagnose('openssl-fail-server-silent.pcap')).rules).not.toContain('spurious-retransmission-rtt');
});
