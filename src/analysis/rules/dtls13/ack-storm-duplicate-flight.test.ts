import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('an ACK for every record that cannot be opened yet', async () => {
  const { finding } = await diagnose('wolfssl13-lost-serverhello.client.pcap');
  expect(finding('ack-storm-duplicate-flight')).toMatchObject({
    severity: 'note',
    consequenceOf: 'empty-ack-serverhello-lost',
    title: 'The client asks 4 times within 2.0 ms for the rest of flight 2',
  });
});

test('partial ACKs without any loss', async () => {
  const { finding } = await diagnose('pionclient-wolfserver13-x25519-cid.pcap');
  expect(finding('ack-storm-duplicate-flight')).toMatchObject({ severity: 'note' });
});

test('near miss: two ACKs, and the repeat that they ask for', async () => {
  for (const point of ['client', 'server']) {
    const { rules } = await diagnose(`wolfssl13-lost-certificate-moreacks-quick.${point}.pcap`);
    expect(rules).not.toContain('ack-storm-duplicate-flight');
  }
});

test.each([
  'wolfssl13-lost-client-finished.client.pcap',
  'wolfssl13-delay-spurious-retransmit.client.pcap',
  'wolfssl13-duplicated-all.client.pcap',
])('near miss: repeats by timers, and copies of the network (%s)', async (file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain('ack-storm-duplicate-flight');
});
