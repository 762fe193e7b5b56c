/**
 * Flights of real captures, written down by hand from the captures' scenarios and the proxies' logs: which flight was
 * sent by whom, with what in it, and how often.
 */
import { expect, test } from 'vitest';
import { Session } from '../src/analysis/session.ts';
import { bytesOf, sourceOfBytes } from './captures.ts';
import { addKeys, detailsOf, flightsOf, openSession } from './open-session.ts';

const FULL = (last: string) => ['1 client: ClientHello', '2 server: HelloVerifyRequest', '3 client: ClientHello', last];
const KEYS = '5 client: ClientKeyExchange ChangeCipherSpec Finished';
const HELLO = '4 server: ServerHello Certificate ServerKeyExchange ServerHelloDone';
/** With a PSK the ServerKeyExchange carries nothing but an identity hint (RFC 4279 §2). */
const HINT = '4 server: ServerHello ServerKeyExchange ServerHelloDone';
const TICKET = '6 server: NewSessionTicket ChangeCipherSpec Finished';

async function told(file: string, keys?: string) {
  const session = await openSession(file);
  if (keys) addKeys(session, keys);
  const [first] = detailsOf(session);
  if (!first) throw new Error('no association');
  return first;
}

test.each([
  ['openssl-ecdhe-ecdsa-aes128-gcm.pcap', [...FULL(HELLO), KEYS, TICKET]],
  [
    'gnutls-nocookie.pcap',
    [
      '1 client: ClientHello',
      '2 server: ServerHello Certificate ServerKeyExchange ServerHelloDone',
      '3 client: ClientKeyExchange ChangeCipherSpec Finished',
      '4 server: NewSessionTicket ChangeCipherSpec Finished',
    ],
  ],
  ['openssl-psk-aes128-ccm8.pcap', [...FULL(HINT), KEYS, TICKET]],
  ['openssl-loss-flight4.client.pcap', [...FULL(HELLO), KEYS, TICKET].map((f) => (/^[3]/.test(f) ? `${f} ×2` : f))],
  ['openssl-loss-final-flight-x3.client.pcap', [...FULL(HELLO), `${KEYS} ×4`, `${TICKET} ×3`]],
  [
    'openssl-delay-flight4-spurious.client.pcap',
    ['1 client: ClientHello', '2 server: HelloVerifyRequest', '3 client: ClientHello ×2', `${HELLO} ×2`, KEYS, TICKET],
  ],
  [
    'californium-lost-server-flight-backoff.server.pcap',
    [
      '1 client: ClientHello',
      '2 server: HelloVerifyRequest',
      '3 client: ClientHello ×4',
      '4 server: ServerHello Certificate ServerKeyExchange CertificateRequest ServerHelloDone ×4',
      '5 client: Certificate ClientKeyExchange CertificateVerify ChangeCipherSpec Finished',
      '6 server: ChangeCipherSpec Finished',
    ],
  ],
  [
    'bc-lost-server-finished.server.pcap',
    [
      '1 client: ClientHello',
      '2 server: HelloVerifyRequest',
      '3 client: ClientHello',
      HINT,
      `${KEYS} ×2`,
      '6 server: ChangeCipherSpec Finished ×2',
    ],
  ],
  ['J_ch_retransmit_no_answer.pcap', ['1 client: ClientHello ×6']],
])('%s, without keys', async (file, flights) => {
  expect(flightsOf(await told(file))).toEqual(flights);
});

test('a resumed handshake has three flights after the cookie, the last one the client’s (RFC 6347 §4.2.4, figure 2)', async () => {
  const session = await openSession('openssl-resume-ticket.pcap');
  addKeys(session, 'openssl-resume-ticket.keys');
  const kinds = session.trace().associations.map((a) => a.handshakes[0]?.kind);
  expect(kinds).toEqual(['full', 'resumed-ticket']);
  const resumed = detailsOf(session)[1];
  expect(resumed && flightsOf(resumed).slice(-2)).toEqual([
    '4 server: ServerHello ChangeCipherSpec Finished',
    '5 client: ChangeCipherSpec Finished',
  ]);
});

test('a renegotiation is a second handshake of the same association, in epochs 1 and 2', async () => {
  const session = await openSession('openssl-reneg-client.pcap');
  addKeys(session, 'openssl-reneg-client.keys');
  const { associations } = session.trace();
  expect(associations).toHaveLength(1);
  expect(associations[0]?.handshakes.map((h) => [h.kind, h.outcome])).toEqual([
    ['full', 'established'],
    ['renegotiation', 'established'],
  ]);
  expect(associations[0]?.epochs.map((e) => e.epoch)).toEqual([0, 0, 1, 1, 2, 2]);
});

test('transmissions of a flight name their cause: a timer, or the peer that asked again', async () => {
  const { association } = await told('openssl-loss-final-flight-x3.client.pcap');
  const flights = association.handshakes[0]?.flights ?? [];
  const causes = (number: number) => flights.find((f) => f.number === number)?.transmissions.map((t) => t.cause);
  expect(causes(5)).toEqual(['initial', 'timer', 'timer', 'timer']);
  expect(causes(6)).toEqual(['initial', 'peer-retransmission', 'peer-retransmission']);
  const waits = flights
    .find((f) => f.number === 5)
    ?.transmissions.map((t) => Math.round((t.sincePreviousMs ?? 0) / 100) / 10);
  expect(waits).toEqual([0, 1, 2, 4]);
});

test('a flight repeated while the first copy was late: the late copy stays the first transmission', async () => {
  const { records } = await told('openssl-delay-flight4-spurious.client.pcap');
  const late = records.filter((r) => r.packet === 12);
  expect(late.map((r) => [r.flight, r.transmission])).toEqual([
    [4, 1],
    [4, 1],
    [4, 1],
    [4, 1],
  ]);
});

test('two lives on one address pair are two associations, and each keeps its own fragments', async () => {
  const session = await openSession('B_same_5tuple_two_handshakes.pcap');
  addKeys(session, 'limits.keys');
  const [first, second] = detailsOf(session);
  expect(second?.association.replaces).toBe(first?.association.id);
  for (const detail of [first, second]) {
    const certificate = detail?.messages.find((m) => m.name === 'Certificate');
    expect(certificate).toMatchObject({ complete: true, transmission: 1 });
    expect(detail?.association).toMatchObject({ outcome: 'established', retransmissions: 0 });
  }
});

test('a client that reboots on its old port is a new association; the old one goes on until then', async () => {
  const session = await openSession('openssl-assoc-reboot-olddata-interleaved.server.pcap');
  addKeys(session, 'openssl-assoc-reboot-olddata-interleaved.keys');
  const { associations } = session.trace();
  expect(associations.map((a) => a.outcome)).toEqual(['established', 'established']);
  expect(associations.flatMap((a) => [a.records.undecryptable, a.records.malformed])).toEqual([0, 0, 0, 0]);
});

test('a client whose port changes under it stays one association, found by its keys', async () => {
  const session = await openSession('F_nat_rebind.pcap');
  addKeys(session, 'limits.keys');
  const { associations } = session.trace();
  expect(associations).toHaveLength(1);
  expect(associations[0]?.addressChanges).toMatchObject([
    { endpoint: 'client', from: { port: 50000 }, to: { port: 50077 } },
  ]);
});

test('the same record twice is a duplicate, not a retransmission', async () => {
  const { records } = await told('G_replayed_record.pcap', 'limits.keys');
  const marks = records.filter((r) => r.mark !== 'original');
  expect(marks.map((r) => [r.mark, r.contents[0]?.kind])).toEqual([['duplicate', 'applicationData']]);
});

test('DTLS 1.3: what an ACK did not name is sent again at once, and ACKs of the client’s Finished end the handshake', async () => {
  const session = await openSession('wolfssl13-lost-middle-fragment-mtu300-moreacks.client.pcap');
  addKeys(session, 'wolfssl13-lost-middle-fragment-mtu300-moreacks.keys');
  const [detail] = detailsOf(session);
  expect(detail && flightsOf(detail)).toEqual([
    '1 client: ClientHello',
    '2 server: ServerHello EncryptedExtensions Certificate CertificateVerify Finished ×2',
    '3 client: Finished ×2',
    '4 server: ACK ×2',
    '5 server: NewSessionTicket',
  ]);
  expect(detail?.association.handshakes[0]?.flights[1]?.transmissions.map((t) => t.cause)).toEqual([
    'initial',
    'partial-ack',
  ]);
});

test('HelloRetryRequest takes the place of the cookie exchange: flights 2 and 3', async () => {
  const session = await openSession('wolfssl13-hrr-group.pcap');
  addKeys(session, 'wolfssl13-hrr-group.keys');
  const [detail] = detailsOf(session);
  expect(detail?.association.handshakes[0]).toMatchObject({
    kind: '1.3-full',
    helloRetryRequest: true,
    cookieExchange: false,
  });
  expect(detail && flightsOf(detail).slice(0, 4)).toEqual([
    '1 client: ClientHello',
    '2 server: HelloRetryRequest',
    '3 client: ClientHello',
    '4 server: ServerHello EncryptedExtensions Certificate CertificateVerify Finished',
  ]);
});

test.each([
  ['wolfssl13-psk-external', '1.3-psk'],
  ['wolfssl13-early-data-accepted', '1.3-0rtt'],
])('%s: its last handshake is of kind %s', async (name, kind) => {
  const session = await openSession(`${name}.pcap`);
  addKeys(session, `${name}.keys`);
  expect(session.trace().associations.at(-1)?.handshakes[0]?.kind).toBe(kind);
});

test('forty thousand repeats of one ClientHello are that many transmissions, not an overflow', async () => {
  const source = bytesOf('openssl-fail-server-silent.pcap');
  const length = new DataView(source.buffer).getUint32(24 + 8, true);
  const packet = source.slice(24, 24 + 16 + length);
  const count = 40_000;
  const file = new Uint8Array(24 + count * packet.length);
  file.set(source.subarray(0, 24));
  const view = new DataView(file.buffer);
  for (let i = 0; i < count; i++) {
    const at = 24 + i * packet.length;
    file.set(packet, at);
    view.setUint32(at, 1_700_000_000 + i, true);
    // sequence_number of the record: after pcap's record header, Ethernet, IPv4, UDP and type, version, epoch
    view.setUint32(at + 16 + 14 + 20 + 8 + 7, i);
  }
  const session = new Session();
  await session.open([sourceOfBytes('many.pcap', file)], { add: true });
  const [association] = session.trace().associations;
  expect(association).toMatchObject({ outcome: 'failed', retransmissions: count - 1 });
});
