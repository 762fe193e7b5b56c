import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'server-mute-after-cookie';

test('every ClientHello with the cookie stays unanswered', async () => {
  const { headline } = await diagnose('openssl-fail-server-mute-after-hvr-c2s.client.pcap');
  expect(headline).toMatchObject({
    rule: ID,
    severity: 'failure',
    certainty: 'inferred',
    title: 'The client sent the cookie 5 times, and the server never answers',
  });
  expect(headline?.explanation).toContain('1, 3, 7.01 and 15 s');
});

test('no common cipher suite, and a server that says so only in its log', async () => {
  const { headline } = await diagnose('gnutls-fail-no-common.pcap');
  expect(headline?.rule).toBe(ID);
  expect(headline?.advice).toContain('log of the server');
});

test('captured at the server it is more certain', async () => {
  const { headline } = await diagnose('gnutls-fail-no-common.pcap', {
    edit: (d) => d.map((x) => ({ ...x, ttl: x.source.port === 25_216 ? 64 : 57 })),
  });
  expect(headline).toMatchObject({ rule: ID, certainty: 'near-certain' });
});

test('a client that sends it once, waits and closes', async () => {
  const { headline } = await diagnose('tinydtls-client-mbedtls-server.pcap');
  expect(headline?.rule).toBe(ID);
  expect(headline?.explanation).toContain('a single lost datagram would look the same');
});

test('a server that wakes up only to say goodbye', async () => {
  const { rules } = await diagnose('tinydtls-lost-server-hello-flight.client.pcap');
  expect(rules).toContain(ID);
});

test('near miss: the server answers with an alert', async () => {
  const { rules } = await diagnose('openssl-fail-version-client10.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: answered after four transmissions', async () => {
  const { rules } = await diagnose('openssl-rand50-seed3.client.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: the capture ends after the first of them', async () => {
  const edit = (d: readonly EditedDatagram[]) => d.slice(0, 3);
  const { rules } = await diagnose('openssl-fail-server-mute-after-hvr-c2s.client.pcap', { edit });
  expect(rules).not.toContain(ID);
});
