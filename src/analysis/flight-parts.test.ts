/** Flights of what no capture of the collection has, made from fragments; and of captures that begin too late. */
import { describe, expect, test } from 'vitest';
import { editedCapture } from '../../test/edited-capture.ts';
import { addKeys, detailsOf, flightsOf as shortFlights } from '../../test/open-session.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { AssociationReading } from './association-reading.ts';
import { flightsOf, isLastFlight, isStateless } from './flight-parts.ts';
import { RecordTable, type Side } from './record-table.ts';
import { Session } from './session.ts';

interface Sent {
  readonly side: Side;
  readonly type: number;
  readonly messageSeq: number;
  readonly epoch: number;
  readonly timeMs: number;
}

/** One message in each record, in the order given. */
function made(sent: readonly Sent[]) {
  const table = new RecordTable();
  const reading = new AssociationReading(table);
  const handshake = reading.handshake(1);
  handshake.isVersion13 = true;
  for (const [record, { side, type, messageSeq, epoch }] of sent.entries()) {
    table.add({
      ...{ datagram: record, from: 0, length: 40, contentType: 22, version: 0 },
      ...{ epoch, sequenceNumber: record, cid: 0 },
    });
    table.columns.side[record] = side;
    const body = new Uint8Array(4);
    const whole = { length: 4, fragmentOffset: 0, fragmentLength: 4, body };
    const fragment = { record, side, epoch, handshake: 1, usable: true, msgType: type, messageSeq, ...whole };
    reading.addFragment(reading.place(fragment));
  }
  const flights = flightsOf(handshake, table, (record) => sent[record]?.timeMs ?? 0);
  return {
    handshake,
    flights,
    told: flights.map(
      (f) => `${f.number} ${f.side === 0 ? 'client' : 'server'}: ${f.parts.map((p) => p.name).join(' ')}`,
    ),
  };
}

const [client, server] = [0, 1] as const;
const { certificate, certificateRequest, certificateVerify, finished, keyUpdate, newSessionTicket } = HANDSHAKE_TYPE;
const later = (side: Side, type: number, messageSeq: number, timeMs: number): Sent => ({
  side,
  type,
  messageSeq,
  epoch: 3,
  timeMs,
});

describe('after the handshake of DTLS 1.3 (RFC 9147 §5.8.4)', () => {
  test('a request for late authentication and its answer are two flights, whatever order the records came in', () => {
    const request = later(server, certificateRequest, 6, 100);
    const answer = [certificate, certificateVerify, finished].map((type, i) => later(client, type, 4 + i, 110 + i));
    const expected = ['1 server: CertificateRequest', '2 client: Certificate CertificateVerify Finished'];
    expect(made([request, ...answer]).told).toEqual(expected);
    expect(made([request, ...answer.toReversed()]).told).toEqual(expected);
  });

  test('tickets that are sent in one go are one flight; one an hour later is another', () => {
    const tickets = [0, 1, 3_600_000].map((timeMs, i) => later(server, newSessionTicket, 6 + i, timeMs));
    expect(made(tickets).told).toEqual(['1 server: NewSessionTicket NewSessionTicket', '2 server: NewSessionTicket']);
  });

  test('each KeyUpdate is a flight of its own, for each needs its ACK before the next', () => {
    const updates = [0, 5].map((timeMs, i) => later(client, keyUpdate, 4 + i, timeMs));
    expect(made(updates).told).toEqual(['1 client: KeyUpdate', '2 client: KeyUpdate']);
  });

  test('none of them is the last flight of the handshake, nor one without state', () => {
    const { flights, handshake } = made([later(server, newSessionTicket, 6, 0)]);
    expect(flights.map((f) => [f.postHandshake, isLastFlight(f, handshake), isStateless(f)])).toEqual([
      [true, false, false],
    ]);
  });
});

describe('a capture that begins in the middle: message_seq tells how many flights it lacks', () => {
  async function from(file: string, keys: string, first: number): Promise<string[]> {
    const session = new Session();
    await session.open([await editedCapture(file, (all) => all.slice(first))], { add: true });
    addKeys(session, keys);
    const [detail] = detailsOf(session);
    return detail ? shortFlights(detail) : [];
  }

  const all = [
    '1 client: ClientHello',
    '2 server: HelloVerifyRequest',
    '3 client: ClientHello',
    '4 server: ServerHello Certificate ServerKeyExchange ServerHelloDone',
  ];
  test.each([0, 1, 2, 3])('1.2 with a cookie, without the first %i datagrams', async (first) => {
    const flights = await from('openssl-ecdhe-ecdsa-aes128-gcm.pcap', 'openssl-ecdhe-ecdsa-aes128-gcm.keys', first);
    expect(flights.slice(0, 4 - first)).toEqual(all.slice(first));
    expect(flights.map((f) => Number(f[0]))).toEqual([1, 2, 3, 4, 5, 6].slice(first));
  });

  test('1.2 without a cookie, from the ServerHello on', async () => {
    expect((await from('gnutls-nocookie.pcap', 'gnutls-nocookie.keys', 1))[0]).toMatch(/^2 server: ServerHello/);
  });

  test('1.3 after a HelloRetryRequest, from the ServerHello on', async () => {
    expect((await from('wolfssl13-hrr-group.pcap', 'wolfssl13-hrr-group.keys', 3))[0]).toMatch(
      /^4 server: ServerHello/,
    );
  });

  test('from the ClientKeyExchange on: its message_seq is 2 after a cookie', async () => {
    const [fifth] = await from('openssl-ecdhe-ecdsa-aes128-gcm.pcap', 'openssl-ecdhe-ecdsa-aes128-gcm.keys', 4);
    expect(fifth).toMatch(/^5 client: ClientKeyExchange/);
  });
});
