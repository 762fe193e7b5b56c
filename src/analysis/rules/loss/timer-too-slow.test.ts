import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

/** The lost flight of this capture is repeated after `seconds` instead of one. */
const waiting = (seconds: number) =>
  diagnose('openssl-loss-flight5.client.pcap', {
    edit: (all) => all.map((d) => ({ ...d, timeMs: d.timeMs < 500 ? d.timeMs : d.timeMs + (seconds - 1) * 1000 })),
  });

test('nine seconds on a path that answers within a millisecond', async () => {
  const { finding } = await waiting(9);
  expect(finding('timer-too-slow')?.title).toContain('waited 9.0 s');
});

test('near miss: one second', async () => {
  expect((await waiting(1)).rules).not.toContain('timer-too-slow');
});
