import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'nat-rebinding-no-cid';
const REBOUND = 'openssl-assoc-nat-rebind-client.pcap';

test('the client goes on from another port, and nobody answers there', async () => {
  const { headline } = await diagnose(REBOUND);
  expect(headline).toMatchObject({
    rule: ID,
    severity: 'failure',
    certainty: 'seen',
    title: 'The client moved from 127.0.0.1:21297 to 127.0.0.1:29986, and the server does not answer there',
  });
  expect(headline?.explanation).toContain('3 records from there are not answered');
});

test('without keys the record numbers and the nonces tell', async () => {
  const { headline } = await diagnose(REBOUND, { withoutKeys: true });
  expect(headline).toMatchObject({ rule: ID, certainty: 'near-certain' });
  expect(headline?.explanation).toContain('nonces');
});

test('DTLS 1.3, seen at the server', async () => {
  const { headline } = await diagnose('wolfssl13-nocid-rebind-dies.server.pcap');
  expect(headline?.rule).toBe(ID);
});

test('DTLS 1.3 with two capture points', async () => {
  const { headline } = await diagnose([
    'wolfssl13-nocid-rebind-dies.client.pcap',
    'wolfssl13-nocid-rebind-dies.server.pcap',
  ]);
  expect(headline).toMatchObject({ rule: ID, certainty: 'seen' });
});

test('a client that notices and does a new handshake from there: a warning', async () => {
  const { headline } = await diagnose('openssl-assoc-nat-rebind-then-new.pcap');
  expect(headline).toMatchObject({ rule: ID, severity: 'warning' });
  expect(headline?.explanation).toContain('1.2 s later the client does a new handshake from there');
});

test.each([
  ['the server answers at the new port', 'F_nat_rebind.pcap'],
  ['the connection ID names the association', 'californium-cid-newport-without-handshake.server.pcap'],
  ['ICE was restarted, and both sides follow', 'ice-restart-same-dtls-firefox-dtls12.offerer.pcap'],
])('near miss: %s', async (_, file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain(ID);
});

test('near miss: the capture ends before an answer could come', async () => {
  const { rules } = await diagnose(REBOUND, { edit: (d) => d.slice(0, 10) });
  expect(rules).not.toContain(ID);
});

test('near miss: without keys, records that do not go on where the old ones stopped', async () => {
  const { rules } = await diagnose(REBOUND, {
    withoutKeys: true,
    edit: (d) =>
      d.map((x) => {
        if (x.source.port !== 29_986) return x;
        const payload = x.payload.slice();
        payload[8] = 1;
        return { ...x, payload };
      }),
  });
  expect(rules).not.toContain(ID);
});
