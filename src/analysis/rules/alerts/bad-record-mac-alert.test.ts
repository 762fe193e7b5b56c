import { expect, test } from 'vitest';
import { CLIENT_KEY_EXCHANGE, has, refusedWith } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const CERTIFICATES = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';

test('a server with certificates that cannot read the Finished', async () => {
  const { headline, finding } = await diagnose(CERTIFICATES, {
    edit: (datagrams) => {
      const at = datagrams.findIndex(has(CLIENT_KEY_EXCHANGE));
      const last = datagrams[at];
      return last ? [...datagrams.slice(0, at + 1), refusedWith(last, 20)] : [];
    },
  });
  expect(headline).toMatchObject({ rule: 'bad-record-mac-alert', severity: 'failure', certainty: 'seen' });
  expect(headline?.explanation).toMatch(/opens, so it is intact as captured/);
  expect(finding('plaintext-alert')?.consequenceOf).toBe('bad-record-mac-alert');
});

test('with a pre-shared key the key is the cause', async () => {
  const { headline, finding } = await diagnose('mbedtls-fail-psk-mismatch.pcap');
  expect(headline?.rule).toBe('wrong-psk');
  expect(finding('bad-record-mac-alert')?.consequenceOf).toBe('wrong-psk');
});

test('one bad record ends an association that worked: a warning', async () => {
  const { finding } = await diagnose(CERTIFICATES, {
    edit: (datagrams) => {
      const data = datagrams.filter((d) => d.payload[0] === 23);
      const last = data.findLast((d) => d.source.port === datagrams[0]?.source.port);
      return last ? [...datagrams.filter((d) => d.timeMs <= last.timeMs), refusedWith(last, 20)] : [];
    },
  });
  expect(finding('bad-record-mac-alert')).toMatchObject({ severity: 'warning' });
});

test('near miss: a server that drops the damaged Finished in silence', async () => {
  const { rules } = await diagnose('openssl-corrupt-client-finished.server.pcap');
  expect(rules).not.toContain('bad-record-mac-alert');
});
