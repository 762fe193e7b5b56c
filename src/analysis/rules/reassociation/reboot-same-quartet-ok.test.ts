import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'reboot-same-quartet-ok';

test.each([
  'openssl-assoc-reboot-cookie.pcap',
  'openssl-assoc-reboot-olddata-interleaved.client.pcap',
  'openssl-assoc-reboot-olddata-interleaved.server.pcap',
  'tinydtls-rehandshake-same-port.pcap',
  'californium-forced-full-handshake-same-port.pcap',
])('%s: a new handshake with cookie while the old association lived', async (file) => {
  const { finding, findings } = await diagnose(file);
  expect(finding(ID)).toMatchObject({ severity: 'note', certainty: 'seen' });
  expect(findings.filter((f) => f.severity === 'failure' || f.severity === 'warning')).toEqual([]);
});

test('the server had closed its side, the client comes back without an answer to that', async () => {
  const { finding } = await diagnose('mbedtls-reconnect-hard-same-port.pcap');
  expect(finding(ID)?.explanation).toContain('only the server had closed it');
});

test('near miss: closed before, so the ports were free', async () => {
  const { rules } = await diagnose('openssl-assoc-two-in-a-row-sameport.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: the server had forgotten the old association', async () => {
  const { rules } = await diagnose('openssl-assoc-server-restart.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: without a cookie', async () => {
  const { rules } = await diagnose('openssl-assoc-reboot-naive.pcap');
  expect(rules).not.toContain(ID);
});
