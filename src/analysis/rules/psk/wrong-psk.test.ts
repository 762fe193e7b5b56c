import { expect, test } from 'vitest';
import { captureOf, datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { CLIENT_HELLO, CLIENT_KEY_EXCHANGE, has, refusedWith } from '../edit-messages.test.helper.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

test.each([
  'pion12-psk-mismatch',
  'californium-fail-psk-mismatch',
  'mbedtls-fail-psk-mismatch',
  'tinydtls-fail-psk-mismatch',
])('%s: the key log of both ends has two master secrets, and that proves it', async (name) => {
  const { headline } = await diagnose(`${name}.pcap`);
  expect(headline).toMatchObject({ rule: 'wrong-psk', severity: 'failure', certainty: 'seen' });
  expect(headline?.title).toContain('Client and server use different pre-shared keys');
});

test.each(['openssl-fail-psk-wrong-key.pcap', 'gnutls-fail-psk-wrong-key.pcap'])(
  '%s: the Finished does not open with the key that was given',
  async (file) => {
    const { headline } = await diagnose(file);
    expect(headline).toMatchObject({ rule: 'wrong-psk', certainty: 'near-certain' });
    expect(headline?.explanation).toContain('does not open with the pre-shared key that was given');
  },
);

test('a server that says bad_record_mac', async () => {
  const { headline } = await diagnose('bc-fail-psk-mismatch.pcap', { withoutKeys: true });
  expect(headline).toMatchObject({ rule: 'wrong-psk', severity: 'failure', certainty: 'near-certain' });
  expect(headline?.explanation).toContain('bad_record_mac');
});

test.each([
  'openssl-fail-psk-wrong-key.pcap',
  'libcoap-openssl-psk-wrong-key.pcap',
  'pion12-psk-mismatch.pcap',
  'californium-fail-psk-unknown-identity.pcap',
  'gnutls-fail-psk-unknown-id.pcap',
])('%s without keys: nothing is proved, and it says so', async (file) => {
  const { headline } = await diagnose(file, { withoutKeys: true });
  expect(headline?.rule).toBe('wrong-psk');
  expect(headline?.certainty).not.toBe('seen');
  expect(headline?.alternatives.join(' ')).toContain('does not know the identity');
});

/** As captured on one of the two hosts: packets of the other have passed seven routers. */
const seenAt =
  (who: 'client' | 'server') =>
  (datagrams: readonly EditedDatagram[]): EditedDatagram[] =>
    datagrams.map((d) => ({ ...d, ttl: isOfClient(d, datagrams) === (who === 'client') ? 64 : 57 }));

const isOfClient = (d: EditedDatagram, all: readonly EditedDatagram[]): boolean =>
  d.source.port === all[0]?.source.port;

test('captured at the server the flight has arrived: near certain without any key', async () => {
  const { headline } = await diagnose('openssl-fail-psk-wrong-key.pcap', { edit: seenAt('server'), withoutKeys: true });
  expect(headline).toMatchObject({ rule: 'wrong-psk', certainty: 'near-certain' });
  expect(headline?.title).toContain("The server drops the client's Finished");
});

test('captured at the client it may be lost as well, and the title says so', async () => {
  const { headline } = await diagnose('openssl-fail-psk-wrong-key.pcap', { edit: seenAt('client'), withoutKeys: true });
  expect(headline).toMatchObject({ rule: 'wrong-psk', certainty: 'inferred' });
  expect(headline?.title).toContain('or the client');
  expect(headline?.alternatives[0]).toContain('a capture at the server tells');
});

test('near miss: two capture points, and the flight is lost between them each time', async () => {
  const all = (await datagramsOf('openssl-fail-psk-wrong-key.pcap')).map((d) => ({ ...d, timeMs: d.timeMs + 1000 }));
  const atClient = seenAt('client')(all);
  const sent = atClient.findIndex(has(CLIENT_KEY_EXCHANGE));
  const atServer = seenAt('server')(all)
    .filter((d, i) => i < sent || !isOfClient(d, all))
    .map((d) => ({ ...d, timeMs: d.timeMs + (isOfClient(d, all) ? 0.1 : -0.1) }));
  const { rules } = await diagnoseSources([captureOf(atClient, 'client.pcap'), captureOf(atServer, 'server.pcap')]);
  expect(rules).not.toContain('wrong-psk');
});

test('the evidence is what both sent, and what came of it', async () => {
  const { headline } = await diagnose('openssl-fail-psk-wrong-key.pcap');
  expect(headline?.evidence.length).toBeGreaterThanOrEqual(3);
  for (const { record } of headline?.evidence ?? []) expect(record).not.toBeNull();
});

const refusedHello = (d: readonly EditedDatagram[], code: number): EditedDatagram[] => {
  const at = d.findIndex(has(CLIENT_HELLO));
  const hello = d[at];
  return hello ? [...d.slice(0, at + 1), refusedWith(hello, code)] : [...d];
};

test.each([
  [51, 'near-certain'],
  [47, 'near-certain'],
])('DTLS 1.3: the server refuses the binder with alert %i', async (code, certainty) => {
  const { headline } = await diagnose('wolfssl13-fail-psk-hrr-no-keyshare.pcap', {
    edit: (d) => refusedHello(d, code),
  });
  expect(headline).toMatchObject({ rule: 'wrong-psk', certainty });
  expect(headline?.title).toContain('"corpus-id"');
});

test('DTLS 1.3 without the key: illegal_parameter can mean much', async () => {
  const { headline } = await diagnose('wolfssl13-fail-psk-hrr-no-keyshare.pcap', {
    edit: (d) => refusedHello(d, 47),
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: 'wrong-psk', certainty: 'inferred' });
});

test.each(['bc-loss25-seed31.client.pcap', 'bc-loss25-seed31.server.pcap'])(
  'near miss: %s failed by loss, with the same suite',
  async (file) => {
    const { rules } = await diagnose(file);
    expect(rules).not.toContain('wrong-psk');
  },
);

test.each([
  'bc-lost-client-finished.server.pcap',
  'openssl-corrupt-client-finished.server.pcap',
  'openssl-loss-uplink-flight5-forever.client.pcap',
  'openssl-loss-downlink-dead-after-sh.server.pcap',
])('near miss: %s repeats the same flights for another reason', async (file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain('wrong-psk');
});

test('near miss: the capture ends right after the Finished of the client', async () => {
  const { rules } = await diagnose('openssl-fail-psk-wrong-key.pcap', {
    edit: (d) => d.slice(0, d.findIndex(has(CLIENT_KEY_EXCHANGE)) + 1),
    withoutKeys: true,
  });
  expect(rules).not.toContain('wrong-psk');
});

test('near miss: the server names the reason', async () => {
  const { headline } = await diagnose('openssl-fail-psk-identity-unknown.pcap');
  expect(headline?.rule).toBe('unknown-psk-identity');
});
