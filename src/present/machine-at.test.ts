import { expect, test } from 'vitest';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import type { AssociationDetail } from '../analysis/trace.ts';
import { machinesAt } from './machine-at.ts';

const NAMES = { client: 'Client', server: 'Server' };
const THIN = '\u202f';

async function opened(name: string, keys = true): Promise<AssociationDetail> {
  const session = await openSession(name);
  if (keys) addKeys(session, name.replace(/(\.client|\.server)?\.pcap$/, '.keys'));
  const [detail] = detailsOf(session);
  if (!detail) throw new Error(`${name} has no association`);
  return detail;
}

const LOST_ENDS = 'openssl-loss-final-flight-x3.client.pcap';
const LOST_PIECE = 'wolfssl13-lost-middle-fragment-mtu300-moreacks.client.pcap';

function at(detail: AssociationDetail, ms: number) {
  const [client, server] = machinesAt(detail, detail.association.startMs + ms, NAMES);
  if (!client || !server) throw new Error('two machines');
  return { client, server };
}

test('the third wait for the last flight: state, timer, cause, attempt, and what the client waits for', async () => {
  const { client, server } = at(await opened(LOST_ENDS), 3013.379);
  expect(client).toMatchObject({
    state: 'WAITING',
    edge: 'SW',
    says: `Client waits, timer 4${THIN}000 ms`,
    cause: `Timer expired after 2${THIN}008 ms, flight 5 sent again`,
    record: 16,
    flight: 'Flight 5, attempt 3 of 4',
    next: 'Waits for flight 6: NewSessionTicket, ChangeCipherSpec, Finished',
    timer: { totalMs: 4000, left: `3${THIN}999 ms left`, certainty: 'near-certain' },
  });
  expect(server).toMatchObject({
    state: 'FINISHED',
    edge: 'FF',
    says: 'Server is done, no timer',
    cause: 'Flight 5 came again, flight 6 sent again',
    // The first copy was lost whole before the capture; the diagram counts it as well.
    flight: 'Flight 6, attempt 3 of 4',
    timer: null,
    next: 'Sends only if asked again',
  });
});

test('the timer runs down with the playhead', async () => {
  const detail = await opened(LOST_ENDS);
  expect(at(detail, 5782.571).client.timer?.left).toBe(`1${THIN}230 ms left`);
  expect(at(detail, 1002).client.timer).toMatchObject({ totalMs: 1000, leftMs: expect.closeTo(1.391, 3) });
});

test('of the last flight, the ChangeCipherSpec is what is missing', async () => {
  const detail = await opened(LOST_ENDS);
  expect(at(detail, 500).client.coverage).toBeNull();
  const { coverage } = at(detail, 3013.379).client;
  expect(coverage?.messages.map(({ short, arrival }) => `${short} ${arrival}`)).toEqual([
    'Ticket arrived',
    'CCS missing',
    'Finished arrived',
  ]);
  expect(coverage?.says).toBe('Of flight 6: NewSessionTicket, Finished arrived; ChangeCipherSpec missing.');
  expect(at(detail, 7018.121).client).toMatchObject({ state: 'FINISHED', coverage: null });
});

test('a stateless server has no timer', async () => {
  expect(at(await opened(LOST_ENDS), 0.8).server.says).toBe('Server waits, stateless: no timer');
});

test('of a message in pieces, the hole is missing and the end is still to come', async () => {
  const detail = await opened(LOST_PIECE);
  const pieces = (ms: number) => {
    const { bytes } = at(detail, ms).client.coverage ?? {};
    return bytes?.pieces.map(({ from, to, arrival }) => `${from}-${to} ${arrival}`);
  };
  expect(pieces(1.4)).toEqual(['0-266 arrived', '266-532 arrived', '532-1214 open']);
  expect(pieces(8.49)).toEqual([
    '0-266 arrived',
    '266-532 arrived',
    '532-798 missing',
    '798-1064 arrived',
    '1064-1214 open',
  ]);
  expect(pieces(8.578)?.slice(-3)).toEqual(['532-798 missing', '798-1064 arrived', '1064-1214 arrived']);
  expect(at(detail, 22.0).client.coverage?.messages.map((m) => m.arrival)).toEqual([
    'arrived',
    'arrived',
    'partly',
    'arrived',
    'arrived',
  ]);
  expect(at(detail, 8.578).client).toMatchObject({ says: 'Client waits for flight 2', timer: null });
});

test('a message that got lost each time is missing, though nothing of it was captured', async () => {
  const detail = await opened('wolfssl13-path-mtu-blackhole.client.pcap');
  const { coverage } = at(detail, 57.407).client;
  expect(coverage?.messages.map(({ name, arrival }) => `${name} ${arrival}`)).toEqual([
    'ServerHello arrived',
    'EncryptedExtensions arrived',
    'Certificate missing',
    'CertificateVerify arrived',
    'Finished open',
  ]);
  expect(at(detail, 0).client.next).toContain('EncryptedExtensions, Certificate, CertificateVerify');
});

test('a text without times: each datagram counts on its own', async () => {
  const detail = await opened('text-hexdump-C.txt');
  const states = (record: number) => machinesAt(detail, detail.association.startMs, NAMES, record).map((m) => m.says);
  expect(states(1)).toEqual(['Client waits for flight 2', 'Server prepares flight 2']);
  // The first of the four records of flight 4.
  expect(states(4)).toEqual(['Client prepares flight 5', 'Server waits for flight 5']);
  expect(states(18)).toEqual(['Client is closed', 'Server is closed']);
});

test('before the first record nothing is known of either side', async () => {
  const { client, server } = at(await opened(LOST_ENDS), -1);
  expect([client.state, server.state]).toEqual([null, null]);
  expect(client.says).toBe('Client: nothing yet');
});

test('a client that nobody answers: each wait has twice the timer of the one before', async () => {
  const detail = await opened('openssl-fail-server-silent.pcap', false);
  const waits = detail.machines.client.filter((s) => s.state === 'WAITING' && s.attempt < 4);
  for (const wait of waits) {
    const { timer } = at(detail, wait.timeMs - detail.association.startMs).client;
    expect(timer?.totalMs).toBe(1000 * 2 ** (wait.attempt - 1));
  }
  expect(waits.length).toBeGreaterThanOrEqual(2);
  // Nothing shows that the ClientHello got there.
  expect(at(detail, 0).server).toMatchObject({ says: 'Server waits for a ClientHello', coverage: null });
});
