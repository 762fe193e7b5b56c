import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'one-way-downlink-dead';

test.each([
  ['bc-fail-server-silent.server.pcap', 'HelloVerifyRequest', 5],
  ['wolfssl13-fail-server-silent.server.pcap', 'ServerHello, EncryptedExtensions', 3],
  ['pion12-server-silent-flight.server.pcap', 'ServerHello, Certificate', 3],
])('%s: the server answers, and the client only repeats its hello', async (file, flight, answers) => {
  const { headline } = await diagnose(file);
  expect(headline).toMatchObject({ rule: ID, severity: 'failure', certainty: 'inferred' });
  expect(headline?.title).toBe(`The server answers ${answers} times, but the client goes on as if nothing reached it`);
  expect(headline?.explanation).toContain(flight);
});

test('the last flight: the server is done, and the client never gets there', async () => {
  const { headline } = await diagnose('openssl-loss-downlink-dead-after-sh.server.pcap');
  expect(headline).toMatchObject({ rule: ID, severity: 'failure' });
  expect(headline?.explanation).toContain("The client's flight 5 gets here");
  expect(headline?.explanation).toContain('4 times in all');
});

test('where the client is silent for long after the last answer, it may have got it: a warning', async () => {
  const { finding } = await diagnose('openssl-loss-downlink-dead-after-sh.server.pcap', {
    edit: (d) => [...d, ...d.slice(0, 1).map((x) => ({ ...x, timeMs: 60_000, source: { ...x.source, port: 9999 } }))],
  });
  expect(finding(ID)).toMatchObject({ severity: 'warning' });
});

test.each(['bc-fail-server-silent', 'wolfssl13-fail-server-silent', 'openssl-loss-downlink-dead-after-sh'])(
  '%s with two capture points: what was inferred is proven',
  async (run) => {
    const { headline } = await diagnose([`${run}.client.pcap`, `${run}.server.pcap`]);
    expect(headline).toMatchObject({ rule: ID, certainty: 'seen' });
    expect(headline?.title).toMatch(/do not reach the client: all \d are lost on the way$/);
  },
);

test('after the handshake: two points prove that nothing of the server arrives any more', async () => {
  const run = 'openssl-loss-blackhole-after-hs';
  const { headline } = await diagnose([`${run}.client.pcap`, `${run}.server.pcap`]);
  expect(headline).toMatchObject({ rule: ID, severity: 'warning', certainty: 'near-certain' });
  expect(headline?.explanation).toContain('ends too early to tell of one of them');
  expect(headline?.title).toMatch(/no longer reach the client: its last \d datagrams are all lost on the way$/);
});

test.each(['wolfssl13-loss20-seed11', 'tinydtls-loss20-seed12', 'openssl-loss-final-flight-greet'])(
  'near miss: %s with two points: some of what the server sends is lost, and the last of it arrives',
  async (run) => {
    const { rules } = await diagnose([`${run}.client.pcap`, `${run}.server.pcap`]);
    expect(rules).not.toContain(ID);
  },
);

test('near miss: the last flight is lost three times and arrives the fourth time', async () => {
  const { rules } = await diagnose('openssl-loss-final-flight-x3.server.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: a lossy handshake that goes on', async () => {
  const { rules } = await diagnose('openssl-rand50-seed3.server.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: the client does something else: it acknowledges, and cannot read the rest', async () => {
  const { rules } = await diagnose('wolfssl13-fail-sh-random-corrupted.server.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: HelloVerifyRequests for a cookie that was returned are no loss', async () => {
  const { rules } = await diagnose('hvr-changing-cookies-never-openssl-dtls12.pcap');
  expect(rules).not.toContain(ID);
});
