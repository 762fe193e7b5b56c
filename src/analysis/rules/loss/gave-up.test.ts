import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('flight 5 is repeated until the client stops', async () => {
  const { headline } = await diagnose('openssl-loss-uplink-flight5-forever.client.pcap');
  expect(headline).toMatchObject({ rule: 'gave-up', severity: 'failure' });
  expect(headline?.title).toContain('flight 5');
});

test('it hangs under what says why', async () => {
  const { finding, headline } = await diagnose('openssl-fail-server-silent.pcap');
  expect(headline?.rule).toBe('no-answer-to-clienthello');
  expect(finding('gave-up')).toMatchObject({ headline: false, consequenceOf: 'no-answer-to-clienthello' });
});

test('near miss: repeats that led somewhere', async () => {
  expect((await diagnose('openssl-loss-final-flight-x3.client.pcap')).rules).not.toContain('gave-up');
});

test('near miss: one transmission and the end of the capture', async () => {
  const { rules } = await diagnose('openssl-fail-server-silent.pcap', { edit: (d) => d.slice(0, 1) });
  expect(rules).not.toContain('gave-up');
});
