import { expect, test } from 'vitest';
import { change, SERVER_HELLO, withSuites } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';
import { toPort } from './moved.test.helper.ts';

const COAPS_PORT = 5684;
const REFUSED = 'openssl-fail-psk-identity-unknown.pcap';
const ccm8 = (d: Parameters<typeof toPort>[0]) => change(d, SERVER_HELLO, withSuites(0xc0a8));

test('the identity is unknown, on the port and with the suite of these gateways', async () => {
  const { finding, headline } = await diagnose(REFUSED, { edit: (d) => toPort(ccm8(d), COAPS_PORT) });
  expect(finding('tradfri')).toMatchObject({ severity: 'note', certainty: 'inferred' });
  expect(headline?.rule).toBe('unknown-psk-identity');
});

test('near miss: another port', async () => {
  expect((await diagnose(REFUSED, { edit: ccm8 })).rules).not.toContain('tradfri');
});

test('near miss: the handshake is done', async () => {
  const { rules } = await diagnose('openssl-psk-aes128-ccm8.pcap', { edit: (d) => toPort(d, COAPS_PORT) });
  expect(rules).not.toContain('tradfri');
});
