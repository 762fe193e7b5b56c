import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';
import { withPause } from './moved.test.helper.ts';

const FILE = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';

test('dead after a minute', async () => {
  const { headline } = await diagnose(FILE, { edit: (d) => withPause(d, 60_000), withoutKeys: true });
  expect(headline).toMatchObject({ rule: 'idle-session-dropped', certainty: 'inferred' });
  expect(headline?.title).toBe('After a pause of 60 s the server answers nothing any more');
});

test('near miss: a pause of five seconds', async () => {
  const { rules } = await diagnose(FILE, { edit: (d) => withPause(d, 5000), withoutKeys: true });
  expect(rules).not.toContain('idle-session-dropped');
});

test('near miss: answered after the pause', async () => {
  const { rules } = await diagnose(FILE, { edit: (d) => withPause(d, 60_000, true), withoutKeys: true });
  expect(rules).not.toContain('idle-session-dropped');
});

test.each([FILE, 'openssl-no-close.pcap', 'openssl-loss-blackhole-after-hs.client.pcap'])(
  'near miss: %s',
  async (file) => {
    expect((await diagnose(file)).rules).not.toContain('idle-session-dropped');
  },
);
