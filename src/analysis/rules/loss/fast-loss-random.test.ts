import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('half of everything lost: a rate with its interval', async () => {
  const { finding } = await diagnose('openssl-rand50-seed3.client.pcap');
  expect(finding('fast-loss-random')?.severity).toBe('note');
  expect(finding('fast-loss-random')?.explanation).toMatch(/between \d+(\.\d+)? % and \d+ %/);
});

test('near miss: too few records to speak of a rate', async () => {
  expect((await diagnose('openssl-loss-hvr.client.pcap')).rules).not.toContain('fast-loss-random');
});

test('near miss: nothing was lost', async () => {
  expect((await diagnose('openssl-bigchain-mtu256.pcap')).rules).not.toContain('fast-loss-random');
});
