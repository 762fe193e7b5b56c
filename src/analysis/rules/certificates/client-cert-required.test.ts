import { expect, test } from 'vitest';
import { alertAfter, CERTIFICATE_REQUEST, CLIENT_KEY_EXCHANGE, change, has } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

test.each([
  ['openssl-fail-client-cert-required.pcap', 'near-certain'],
  ['pion12-fail-client-cert-required.pcap', 'seen'],
  ['wolfssl13-fail-client-cert-required.pcap', 'seen'],
])('%s is %s', async (file, certainty) => {
  const { headline } = await diagnose(file);
  expect(headline).toMatchObject({ rule: 'client-cert-required', severity: 'failure', certainty });
});

test('a client that leaves the Certificate message out', async () => {
  const { headline } = await diagnose('openssl-fail-client-cert-required.pcap', {
    edit: (d) => change(d, 11, (body) => (body.length === 3 ? null : body)),
    withoutKeys: true,
  });
  expect(headline?.rule).toBe('client-cert-required');
});

test('near miss: an empty Certificate that the server accepts', async () => {
  const { rules } = await diagnose('openssl-client-cert-empty.pcap');
  expect(rules).not.toContain('client-cert-required');
});

test('near miss: nobody asked for a certificate', async () => {
  const { rules } = await diagnose('openssl-fail-client-cert-required.pcap', {
    edit: (d) => change(d, CERTIFICATE_REQUEST, () => null),
    withoutKeys: true,
  });
  expect(rules).not.toContain('client-cert-required');
});

test('near miss: the server stops before the client has answered', async () => {
  const { rules } = await diagnose('openssl-fail-client-cert-required.pcap', {
    edit: (d) => {
      const before = d.slice(0, d.findIndex(has(CLIENT_KEY_EXCHANGE)));
      const last = before.at(-1);
      return last ? [...before, alertAfter(last, 40)] : before;
    },
  });
  expect(rules).not.toContain('client-cert-required');
});
