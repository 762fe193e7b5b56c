import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('a server that never says anything', async () => {
  const { headline } = await diagnose('openssl-fail-server-silent.pcap');
  expect(headline).toMatchObject({ rule: 'no-answer-to-clienthello', severity: 'failure', certainty: 'seen' });
});

test('near miss: one answer was captured, whatever it says', async () => {
  const { rules } = await diagnose('openssl-loss-hvr.client.pcap');
  expect(rules).not.toContain('no-answer-to-clienthello');
});

test('near miss: a single ClientHello at the end of the capture', async () => {
  const { rules } = await diagnose('openssl-fail-server-silent.pcap', { edit: (d) => d.slice(0, 1) });
  expect(rules).not.toContain('no-answer-to-clienthello');
});
