import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

/** The ClientHello again, byte for byte, a timer later, in a new IP packet. */
const again = (gapMs: number, id: number) =>
  diagnose('openssl-fail-server-silent.pcap', {
    edit: ([first]) => {
      if (!first) throw new Error('the capture is empty');
      return [0, 1, 3].map((k) => ({ ...first, timeMs: k * gapMs, id: id === 0 ? 77 : id + k }));
    },
  });

test('identical records on the schedule of a timer', async () => {
  const { finding } = await again(500, 100);
  expect(finding('retransmission-reuses-record-number')).toMatchObject({ severity: 'warning' });
});

test('near miss: copies that the network made', async () => {
  expect((await again(2, 0)).rules).not.toContain('retransmission-reuses-record-number');
});

test('near miss: datagrams that a proxy doubled', async () => {
  const { rules } = await diagnose('openssl-dup-all.client.pcap');
  expect(rules).not.toContain('retransmission-reuses-record-number');
});
