import { expect, test } from 'vitest';
import { renumbered } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';

test('Mbed TLS or wolfSSL at both ends: every repeat sets off a repeat', async () => {
  const { finding } = await diagnose('openssl-loss-flight5.client.pcap', {
    // Both sides repeat their flights again and again, a few milliseconds apart.
    edit: (all) => {
      const late = all.filter((d) => d.timeMs > 900 && d.timeMs < 1100 && d.payload[0] === 22);
      return [
        ...all,
        ...[1, 2, 3, 4, 5, 6].flatMap((n) =>
          late.map((d) => ({ ...renumbered(d, 16 * n), timeMs: d.timeMs + n * 12 })),
        ),
      ];
    },
    withoutKeys: true,
  });
  expect(finding('retransmission-storm')).toMatchObject({ severity: 'warning', certainty: 'seen' });
});

test('near miss: three repeats, each a timer after the other', async () => {
  expect((await diagnose('openssl-loss-final-flight-x3.client.pcap')).rules).not.toContain('retransmission-storm');
});
