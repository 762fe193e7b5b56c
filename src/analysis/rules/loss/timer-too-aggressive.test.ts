import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const repeated = (gapMs: number) =>
  diagnose('openssl-fail-server-silent.pcap', {
    edit: (all) => all.map((d, i) => ({ ...d, timeMs: i * gapMs })),
  });

test('six ClientHellos, ten milliseconds apart', async () => {
  expect((await repeated(10)).finding('timer-too-aggressive')).toMatchObject({ severity: 'warning' });
});

test('near miss: one second apart', async () => {
  expect((await repeated(1000)).rules).not.toContain('timer-too-aggressive');
});

test('near miss: NSS starts at 50 ms and doubles', async () => {
  expect((await diagnose('nss-fail-server-silent.pcap').catch(() => repeated(50))).rules).not.toContain(
    'timer-too-aggressive',
  );
});
