import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'resumption-instead-of-renegotiation';

test.each([
  ['openssl-assoc-resume-newport.pcap', 'another port'],
  ['californium-resume-nocid-new-port.pcap', 'another port'],
  ['californium-resume-session-id-new-port.pcap', 'another port'],
  ['californium-forced-resume-same-port.pcap', 'the same port'],
  ['californium-probe-resume-same-port.pcap', 'the same port'],
])('%s: resumed from %s while the old association was open', async (file, where) => {
  const { finding, findings } = await diagnose(file);
  expect(finding(ID)).toMatchObject({ severity: 'note', certainty: 'seen' });
  expect(finding(ID)?.title).toContain(where);
  expect(findings.filter((f) => f.severity === 'failure' || f.severity === 'warning')).toEqual([]);
});

test.each([
  ['closed first', 'openssl-resume-ticket.pcap'],
  ['closed first', 'wolfssl13-resumption-ticket.pcap'],
  ['closed first', 'mbedtls-resume-session.pcap'],
  ['a full handshake', 'openssl-assoc-reboot-cookie.pcap'],
  ['a renegotiation under keys', 'openssl-reneg-client.pcap'],
])('near miss: %s (%s)', async (_, file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain(ID);
});
