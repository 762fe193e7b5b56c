import { expect, test } from 'vitest';
import { openSession } from '../../test/open-session.ts';
import { pointsSentences } from './points-text.ts';

test('where the points are, what was lost between them, and how far the clocks may be apart', async () => {
  const session = await openSession('nat-pair-loss-dtls12.inside.pcap', 'nat-pair-loss-dtls12.outside.pcap');
  const { points, captures } = session.trace();
  if (!points) throw new Error('the points were not recognised');
  const [first, second, third] = pointsSentences(points, captures);
  expect(first).toBe(
    'Two capture points, merged: A at the client (nat-pair-loss-dtls12.inside.pcap) and B at the server (nat-pair-loss-dtls12.outside.pcap).',
  );
  expect(second).toContain('lost between them: 5 from A to B, 3 from B to A');
  expect(third).toMatch(/^Clock of B minus clock of A: \d+\.\d ms ± [\d.]+ ms, drifting by -?\d+ ± \d+ ppm\./);
});
