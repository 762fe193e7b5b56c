import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { answeredBy, plaintextRecord } from '../edit-messages.test.helper.ts';
import { again, at, goesOnUntil } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'resumption-failed';
const FILE = 'openssl-resume-ticket.pcap';
/** The flight of the server in the abbreviated handshake. */
const FLIGHT = 14;
const ALERT = 21;

const badRecordMac = (to: EditedDatagram) => answeredBy(to, plaintextRecord(ALERT, 2, Uint8Array.of(2, 20)));

test('the client cannot read the Finished of the server and says so', async () => {
  const { headline } = await diagnose(FILE, {
    edit: (d) => [...d.slice(0, FLIGHT + 1), badRecordMac(at(d, FLIGHT))],
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: ID, severity: 'failure', certainty: 'near-certain' });
  expect(headline?.title).toContain('the session of a1');
});

test('the client throws the Finished away, and the server repeats its flight', async () => {
  const { finding } = await diagnose(FILE, {
    edit: (d) => {
      const flight = at(d, FLIGHT);
      const more = [again(flight, 1000, 3), again(flight, 3000, 6)];
      return [...d.slice(0, FLIGHT + 1), ...more, goesOnUntil(at(d, 0), flight.timeMs + 9000)];
    },
    withoutKeys: true,
  });
  expect(finding(ID)).toMatchObject({ severity: 'failure', headline: true });
  expect(finding(ID)?.explanation).toContain('3 times');
});

test('near miss: the client repeats its ClientHello, so the flight is lost', async () => {
  const { rules } = await diagnose(FILE, {
    edit: (d) => {
      const [hello, flight] = [at(d, FLIGHT - 1), at(d, FLIGHT)];
      const more = [again(hello, 1000), again(flight, 1000, 3), again(hello, 3000, 2), again(flight, 3000, 6)];
      return [...d.slice(0, FLIGHT + 1), ...more, goesOnUntil(at(d, 0), flight.timeMs + 9000)];
    },
    withoutKeys: true,
  });
  expect(rules).not.toContain(ID);
});

test.each([
  'openssl-resume-ticket.pcap',
  'openssl-loss-resume-client-final.client.pcap',
  'openssl-loss-resume-client-final.server.pcap',
  'openssl-loss-resume-server-flight.client.pcap',
  'openssl-loss-resume-server-flight.server.pcap',
])('near miss: %s is resumed in the end', async (file) => {
  for (const withoutKeys of [false, true]) {
    const { rules } = await diagnose(file, { withoutKeys });
    expect(rules).not.toContain(ID);
  }
});
