import { expect, test } from 'vitest';
import { datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { message } from '../edit-messages.test.helper.ts';
import { again, at, renumbered } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';
import { lastNumber, sealer } from './sealed.test.helper.ts';

const ID = 'renegotiation-refused';
const FILE = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const [ALERT, HANDSHAKE] = [21, 22];
const HELLO_REQUEST = 0;
const NO_RENEGOTIATION = 100;

/** Up to the close, and then a HelloRequest that the client answers with an alert. */
async function refusedRequest(level: number, code: number): Promise<EditedDatagram[]> {
  const d = (await datagramsOf(FILE)).slice(0, -2);
  const { seal } = await sealer(FILE);
  const [{ source, destination }, { timeMs }] = [at(d, 0), at(d, -1)];
  const request = message(HELLO_REQUEST, 0, new Uint8Array());
  return [
    ...d,
    seal('server', timeMs + 100, HANDSHAKE, lastNumber(d, destination) + 1, request),
    seal('client', timeMs + 101, ALERT, lastNumber(d, source) + 1, Uint8Array.of(level, code)),
  ];
}

test('the client refuses with no_renegotiation', async () => {
  const made = await refusedRequest(1, NO_RENEGOTIATION);
  const { headline } = await diagnose(FILE, { edit: () => made });
  expect(headline).toMatchObject({ rule: ID, severity: 'warning', certainty: 'seen' });
  expect(headline?.title).toContain('The server wanted to renegotiate, and the client refused');
});

test('or with a fatal alert, as some stacks do', async () => {
  const made = await refusedRequest(2, 40);
  const { headline } = await diagnose(FILE, { edit: () => made });
  expect(headline).toMatchObject({ rule: ID, certainty: 'near-certain' });
});

test('without keys the place and the size tell', async () => {
  const made = await refusedRequest(1, NO_RENEGOTIATION);
  const { finding } = await diagnose(FILE, { edit: () => made, withoutKeys: true });
  expect(finding(ID)).toMatchObject({ certainty: 'inferred' });
});

test('without keys: the ClientHello of a client, answered with an alert', async () => {
  const { finding } = await diagnose('openssl-reneg-client.pcap', {
    edit: (d) => {
      const [hello, alert] = [at(d, 9), at(d, -1)];
      return [
        ...d.slice(0, 10),
        renumbered({ ...alert, timeMs: hello.timeMs + 1 }, () => ({ epoch: 1, sequenceNumber: 9 })),
      ];
    },
    withoutKeys: true,
  });
  expect(finding(ID)?.title).toContain('The client wanted to renegotiate, and the server refused');
});

/** The client asks at these times for a renegotiation, and the server answers its data only. */
const deafServer =
  (...atMs: readonly number[]) =>
  (d: EditedDatagram[]): EditedDatagram[] => {
    const [data, echo, hello] = [at(d, 7), at(d, 8), at(d, 9)];
    const more = atMs.map((ms, i) => again(hello, ms, i));
    return [...d.slice(0, 9), ...more.slice(0, 1), again(data, 500, 10), again(echo, 500, 10), ...more.slice(1)];
  };

test('the server goes on with data and ignores the ClientHello', async () => {
  const { finding } = await diagnose('openssl-reneg-client.pcap', {
    edit: deafServer(0, 1000, 3000, 7000),
    withoutKeys: true,
  });
  expect(finding(ID)).toMatchObject({ severity: 'warning', certainty: 'inferred' });
  expect(finding(ID)?.title).toContain('did not react to 4 records');
});

test('near miss: it may still react', async () => {
  const { rules } = await diagnose('openssl-reneg-client.pcap', { edit: deafServer(0, 1000), withoutKeys: true });
  expect(rules).not.toContain(ID);
});

test.each([
  'openssl-reneg-client.pcap',
  'openssl-reneg-server.pcap',
  'openssl-loss-reneg-flight.client.pcap',
  'openssl-loss-reneg-flight.server.pcap',
  'mbedtls-cid-renego-change.pcap',
  'sclient-reneg-R.pcap',
  'sclient-reneg-r.pcap',
])('near miss: %s renegotiates', async (file) => {
  for (const withoutKeys of [false, true]) {
    const { rules } = await diagnose(file, { withoutKeys });
    expect(rules).not.toContain(ID);
  }
});
