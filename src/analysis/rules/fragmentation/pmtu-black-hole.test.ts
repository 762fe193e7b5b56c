import { expect, test } from 'vitest';
import { datagramsOf, type EditedDatagram, ipPacket, pcapOfPackets } from '../../../../test/edited-capture.ts';
import { packet4 } from '../../../capture/around.test.helper.ts';
import { concat } from '../../../wire/text.ts';
import { plaintextRecord } from '../edit-messages.test.helper.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const RULE = 'pmtu-black-hole';
const NEVER = 'openssl-mtu-blackhole-500';
const HEALED = 'openssl-mtu-blackhole-1200';
const CLEAN = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const APPLICATION_DATA = 23;

test('at the client: the Certificate alone is missing in every round', async () => {
  const { headline, finding } = await diagnose(`${NEVER}.client.pcap`);
  expect(headline).toMatchObject({
    rule: RULE,
    severity: 'failure',
    certainty: 'inferred',
    title: "The server's Certificate is lost in all 5 transmissions, while smaller messages arrive",
  });
  expect(headline?.explanation).toContain('one of 15504 cases');
  expect(finding('gave-up')?.consequenceOf).toBe(RULE);
});

test('at the client: pieces of 548 bytes get through at last', async () => {
  const { headline, finding } = await diagnose(`${HEALED}.client.pcap`);
  expect(headline).toMatchObject({ rule: RULE, severity: 'warning' });
  expect(headline?.title).toContain('up to 577 bytes arrive, what is larger is lost');
  expect(headline?.advice).toContain('577 bytes');
  expect(finding('flight-lost-and-recovered')?.consequenceOf).toBe(RULE);
});

test('at the server: three times in vain with 1472 bytes, and with 548 at once', async () => {
  const { headline } = await diagnose(`${HEALED}.server.pcap`);
  expect(headline).toMatchObject({
    rule: RULE,
    severity: 'warning',
    title:
      "The server's flight gets through only in small datagrams: with 1472 bytes it is lost 3 times, with 548 it arrives",
  });
});

test('at the server: each transmission is one large datagram', async () => {
  const { headline } = await diagnose('mbedtls-pmtu-blackhole.server.pcap');
  expect(headline?.title).toBe('Only small datagrams get from the server to the client: 508 bytes arrive, 1792 do not');
  expect(headline?.explanation).toContain('IP packets of 536 bytes and no longer those of 1820');
});

test('DTLS 1.3: the ACKs name all but the large datagram', async () => {
  const { headline } = await diagnose('wolfssl13-path-mtu-blackhole.server.pcap');
  expect(headline).toMatchObject({ rule: RULE, severity: 'failure' });
  expect(headline?.title).toContain('422 bytes arrive, 1248 do not');
});

test('both capture points: each lost datagram and its size', async () => {
  const { headline } = await diagnose([`${NEVER}.client.pcap`, `${NEVER}.server.pcap`]);
  expect(headline).toMatchObject({ rule: RULE, severity: 'failure', certainty: 'near-certain' });
  expect(headline?.title).toContain('136 bytes arrive, 524 do not');
});

test('a router says it', async () => {
  const { headline } = await withTooBig(await datagramsOf(`${NEVER}.server.pcap`), 524, 500);
  expect(headline).toMatchObject({
    rule: RULE,
    severity: 'failure',
    certainty: 'seen',
    title: "A router says that the server's datagrams are too large: its next link takes 500 bytes",
  });
  expect(headline?.explanation).toContain('192.0.2.254 sent');
  expect(headline?.advice).toContain('472 bytes');
});

test('a router says it once, and nothing had to be repeated: a note', async () => {
  const { finding } = await withTooBig(await datagramsOf(CLEAN), 700, 600);
  expect(finding(RULE)).toMatchObject({ severity: 'note' });
});

test('the capture ends before the server tries something else, and that is said', async () => {
  const { finding } = await diagnose(`${HEALED}.client.pcap`, { edit: (d) => d.filter((x) => x.timeMs < 3100) });
  expect(finding(RULE)?.explanation).toContain('too early to tell');
});

test('near miss: a datagram of the missing size gets through after all', async () => {
  const { rules } = await diagnose(`${HEALED}.client.pcap`, {
    edit: (d) => [...d, { ...last(d, 'server'), payload: plaintextRecord(APPLICATION_DATA, 40, new Uint8Array(1450)) }],
  });
  expect(rules).not.toContain(RULE);
});

test('near miss: a small record is lost too', async () => {
  const { rules } = await diagnose(`${HEALED}.client.pcap`, {
    // ServerHelloDone of the second transmission.
    edit: (d) => d.filter((_, i) => i !== 7),
  });
  expect(rules).not.toContain(RULE);
});

test('near miss: the path is down for a while, for small and large', async () => {
  for (const file of ['openssl-loss-downlink-dead-after-sh.server.pcap', 'openssl-loss-flight4.server.pcap'])
    expect((await diagnose(file)).rules).not.toContain(RULE);
});

test('near miss: what was lost as part of one size gets through in that size', async () => {
  for (const point of ['client', 'server'])
    expect((await diagnose(`californium-lost-server-flight-backoff.${point}.pcap`)).rules).not.toContain(RULE);
});

test('near miss: large ones are lost twice, and smaller ones come when the path may be up again', async () => {
  // Without the large datagram of the third round, which was as large as what got through.
  const { rules } = await diagnose('californium-lost-server-flight-backoff.server.pcap', {
    edit: (d) => d.filter((_, i) => i !== 8),
  });
  expect(rules).not.toContain(RULE);
});

test('near miss: two rounds without a Certificate, where more was lost; a third makes it likely', async () => {
  const until = (ms: number) => ({ edit: (d: EditedDatagram[]) => d.filter((x) => x.timeMs < ms) });
  expect((await diagnose(`${NEVER}.client.pcap`, until(4000))).rules).not.toContain(RULE);
  expect((await diagnose(`${NEVER}.client.pcap`, until(8000))).rules).toContain(RULE);
});

test.each([
  'openssl-loss-cert-middle.client.pcap',
  'openssl-loss-cert-middle.server.pcap',
  'wolfssl13-lost-certificate.client.pcap',
  'wolfssl13-lost-certificate.server.pcap',
])('near miss: a Certificate is lost once: %s', async (file) => {
  expect((await diagnose(file)).rules).not.toContain(RULE);
});

test.each([
  'openssl-rand20-seed1',
  'openssl-rand20-seed7',
  'openssl-rand50-seed3',
  'gnutls-loss-rand20',
  'mbedtls-loss25-seed9',
  'mbedtls-loss25-seed2-mtu256-mutual',
  'pion12-loss25-seed4',
  'bc-loss25-seed2',
  'bc-loss25-seed31',
  'wolfssl13-loss20-seed7',
])('near miss: random loss, from either point and both: %s', async (run) => {
  const [client, server] = [`${run}.client.pcap`, `${run}.server.pcap`];
  for (const files of [[client], [server], [client, server]]) expect((await diagnose(files)).rules).not.toContain(RULE);
});

function last(datagrams: readonly EditedDatagram[], who: 'client' | 'server'): EditedDatagram {
  const first = datagrams[0];
  const found = datagrams.findLast((d) => (d.source.port === first?.source.port) === (who === 'client'));
  if (!found) throw new Error(`the ${who} sends nothing`);
  return found;
}

/** A router answers the first datagrams of this size or more: fragmentation needed (RFC 1191). */
async function withTooBig(datagrams: readonly EditedDatagram[], bytes: number, mtu: number) {
  let errors = 3;
  const packets = datagrams.flatMap((d, i) => {
    const bare = ipPacket(d, i);
    const own = { timeMs: d.timeMs, bytes: bare };
    if (d.payload.length < bytes || errors-- <= 0) return [own];
    const header = Uint8Array.of(3, 4, 0, 0, 0, 0, mtu >> 8, mtu & 0xff);
    const address = Uint8Array.from(d.source.address.split('.'), Number);
    const error = packet4(Uint8Array.of(192, 0, 2, 254), address, 1, concat(header, bare.subarray(0, 60)));
    return [own, { timeMs: d.timeMs + 0.2, bytes: error }];
  });
  return diagnoseSources([pcapOfPackets(packets)]);
}
