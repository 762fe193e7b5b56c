import { expect, test } from 'vitest';
import { renumbered } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';

/** The client's answers to the server's repeats are taken out, and the server asks three times more. */
const deafClient = () =>
  diagnose('openssl-loss-resume-client-final.client.pcap', {
    edit: (all) => {
      const client = all[0]?.source.port;
      const from = all.find((d) => d.source.port === client && d.payload[0] === 20)?.timeMs ?? 0;
      const asking = all.filter((d) => d.source.port !== client && d.timeMs > from + 900 && d.payload[0] !== 23);
      const again = [1, 2, 3].flatMap((n) =>
        asking
          .filter((d) => d.payload[0] !== 21)
          .map((d) => ({ ...renumbered(d, 2 * n), timeMs: d.timeMs + n * 2000 })),
      );
      return [...all.filter((d) => d.timeMs <= from), ...again];
    },
    withoutKeys: true,
  });

test('the server asks and asks, and the client has nothing to say', async () => {
  const { rules } = await deafClient();
  expect(rules).toContain('resumption-client-final-flight-not-repeated');
});

test('near miss: a client that repeats its last flight', async () => {
  for (const point of ['client', 'server']) {
    const { rules } = await diagnose(`openssl-loss-resume-client-final.${point}.pcap`);
    expect(rules).not.toContain('resumption-client-final-flight-not-repeated');
  }
});
