import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'stale-cookie';

test('the client keeps to its first cookie', async () => {
  const { finding } = await diagnose('hvr-changing-cookies-never-openssl-dtls12.pcap');
  expect(finding(ID)).toMatchObject({
    severity: 'warning',
    title: 'The client returns an older cookie 4 times, and the server asks again',
    consequenceOf: 'cookie-rejected-loop',
  });
});

test('at the client behind a NAT', async () => {
  const { finding } = await diagnose('openssl-fail-cookie-mismatch-listen.client.pcap');
  expect(finding(ID)?.explanation).toContain('953f6d72…');
});

test('near miss: a newer cookie that came too shortly before to be returned', async () => {
  const { rules } = await diagnose('hvr-loop-lb-recovers-openssl-dtls12.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: the same cookie every time', async () => {
  const { rules } = await diagnose('openssl-rand50-seed3.server.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: the client returns the newest cookie at once', async () => {
  const edit = (d: readonly EditedDatagram[]) => d;
  const { rules } = await diagnose('mbedtls-cookie-corrupted.server.pcap', { edit });
  expect(rules).not.toContain(ID);
});
