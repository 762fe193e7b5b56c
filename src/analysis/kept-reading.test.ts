import { expect, test } from 'vitest';
import { datagramsOf } from '../../test/edited-capture.ts';
import { told } from '../../test/told-reading.ts';
import { decodeFragments, type HandshakeFragment } from '../dtls/fragment.ts';
import { CONTENT_TYPE, decodeRecords } from '../dtls/record.ts';
import { ByteReader } from '../wire/reader.ts';
import { KeptReading } from './kept-reading.ts';
import { LastAsked } from './last-asked.ts';
import { LogStore } from './log-store.ts';
import { RecordTable } from './record-table.ts';

/** The server's flight with its certificates, in twelve records. */
async function certificateFlight(): Promise<HandshakeFragment[]> {
  const datagrams = (await datagramsOf('openssl-bigchain-mtu512.pcap')).slice(3, 13);
  return datagrams.flatMap(({ payload }) =>
    [...decodeRecords(new ByteReader('packet', payload), () => 0)].flatMap((record) =>
      record.form === 'plaintext' && record.contentType === CONTENT_TYPE.handshake
        ? decodeFragments(new ByteReader('plaintext', record.fragment))
        : [],
    ),
  );
}

function read(flight: readonly HandshakeFragment[], times: number) {
  const [table, readings, logs] = [new RecordTable(), new LastAsked(), new LogStore()];
  const kept = new KeptReading({ table, readings, logs });
  for (let record = 0; record < times * flight.length; record++) {
    const fragment = flight[record % flight.length];
    if (fragment) kept.addFragment({ ...fragment, record, side: 1, epoch: 0, handshake: 1, usable: true });
  }
  return { kept, logs };
}

test('a flight that is repeated takes 40 bytes more for each record, and its certificates once', async () => {
  const flight = await certificateFlight();
  const bodies = flight.reduce((sum, { body }) => sum + body.length, 0);
  const [once, often] = [read(flight, 1).logs.bytes, read(flight, 501).logs.bytes];
  expect(bodies).toBeGreaterThan(4500);
  expect(once).toBeLessThan(bodies + 50 * flight.length);
  expect(often).toBeLessThanOrEqual(once + 40 * 500 * flight.length);
});

test('repeats that were forgotten are read again as they were', async () => {
  const { kept } = read(await certificateFlight(), 50);
  const before = told(kept.reading);
  const reading = kept.reading;
  kept.forget();
  expect(kept.reading).not.toBe(reading);
  expect(told(kept.reading)).toEqual(before);
  expect(before.handshakes[0]?.messages.map(({ appearances }) => appearances.length)).toEqual([50, 450, 100, 50]);
});
