import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';
import { toPort, withPause } from './moved.test.helper.ts';

const FILE = 'openssl-psk-aes128-gcm.pcap';
const RADIUS_PORT = 2083;

test('requests on the port of RADIUS over DTLS, not answered after a pause', async () => {
  const { finding, headline } = await diagnose(FILE, {
    edit: (d) => toPort(withPause(d, 120_000), RADIUS_PORT),
    withoutKeys: true,
  });
  expect(finding('radius-dtls')).toMatchObject({ severity: 'warning', certainty: 'inferred' });
  expect(headline?.rule).toBe('idle-session-dropped');
});

test('near miss: answered', async () => {
  const edit = { edit: (d: Parameters<typeof toPort>[0]) => toPort(withPause(d, 120_000, true), RADIUS_PORT) };
  expect((await diagnose(FILE, { ...edit, withoutKeys: true })).rules).not.toContain('radius-dtls');
});

test('near miss: another port', async () => {
  const { rules } = await diagnose(FILE, { edit: (d) => withPause(d, 120_000), withoutKeys: true });
  expect(rules).not.toContain('radius-dtls');
});
