import { expect, test } from 'vitest';
import { datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { message, plaintextRecord } from '../edit-messages.test.helper.ts';
import { again, at, goesOnUntil } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';
import { lastNumber, sealer } from './sealed.test.helper.ts';

const ID = 'hello-request-ignored';
const FILE = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const HANDSHAKE = 22;
const REQUEST = message(0, 0, new Uint8Array());

/** Up to the close, and then HelloRequests after 1, 2 and 4 seconds. */
async function requests(watchedMs: number): Promise<EditedDatagram[]> {
  const d = (await datagramsOf(FILE)).slice(0, -2);
  const { seal } = await sealer(FILE);
  const next = lastNumber(d, at(d, 0).destination) + 1;
  const { timeMs } = at(d, -1);
  const made = [1000, 2000, 4000].map((ms, i) => seal('server', timeMs + ms, HANDSHAKE, next + i, REQUEST));
  return [...d, ...made, goesOnUntil(at(d, 0), timeMs + watchedMs)].filter((one) => one.timeMs <= timeMs + watchedMs);
}

test('the server asks three times, the client does not react', async () => {
  const made = await requests(9000);
  const { headline } = await diagnose(FILE, { edit: () => made });
  expect(headline).toMatchObject({ rule: ID, severity: 'warning' });
  expect(headline?.title).toContain('3 times');
});

test('without keys its size tells', async () => {
  const made = await requests(9000);
  const { finding } = await diagnose(FILE, { edit: () => made, withoutKeys: true });
  expect(finding(ID)).toMatchObject({ certainty: 'inferred' });
});

test('a HelloRequest in the clear, on a living association', async () => {
  const { finding } = await diagnose(FILE, {
    edit: (d) => {
      const data = at(d, -3);
      const from = data.source.port === at(d, 0).source.port ? again(data, 1) : data;
      const { source, destination } = at(d, 0);
      const forged = {
        ...from,
        source: destination,
        destination: source,
        payload: plaintextRecord(HANDSHAKE, 900, REQUEST),
      };
      return [...d.slice(0, -2), forged, ...d.slice(-2)];
    },
  });
  expect(finding(ID)).toMatchObject({ severity: 'security', certainty: 'seen' });
});

test('near miss: the capture ends too early', async () => {
  const made = await requests(2500);
  const { rules } = await diagnose(FILE, { edit: () => made });
  expect(rules).not.toContain(ID);
});

test.each([
  'openssl-reneg-server.pcap',
  'sclient-reneg-r.pcap',
  'openssl-loss-reneg-flight.server.pcap',
  'openssl-ecdhe-ecdsa-aes128-gcm.pcap',
])('near miss: %s', async (file) => {
  for (const withoutKeys of [false, true]) {
    const { rules } = await diagnose(file, { withoutKeys });
    expect(rules).not.toContain(ID);
  }
});
