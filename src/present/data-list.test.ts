import { expect, test } from 'vitest';
import { detailOf, openSession } from '../../test/open-session.ts';
import type { DataQuery } from '../analysis/application-data.ts';
import { closedSentences, dataCounted, dataRow, hexDump, nothingListed, payloadOf } from './data-list.ts';

const ALL: DataQuery = { search: '', protocol: null, sender: null };
const ROLES = { client: 'client', server: 'server' };
const COAP = ['libcoap-gnutls-psk-get.pcap', 'libcoap-gnutls-psk-get.keys'] as const;

async function opened(...files: readonly string[]) {
  const session = await openSession(...files);
  const [association] = session.trace().associations;
  const data = association && session.applicationData(association.id, ALL);
  if (!association || !data) throw new Error('no association');
  return { session, association, data, detail: detailOf(session, association) };
}

test('a row says record, time, protocol and what it is about', async () => {
  const { association, data } = await opened(...COAP);
  const [first] = data.items.map((item) => dataRow(item, association, ROLES));
  expect(first?.chip).toBe('CoAP');
  expect(first?.sentence).toMatch(/^Record \d+, from the client, at [\d.\u202f]+ ms, CoAP: .*GET.*, \d+ bytes$/);
});

test('text needs no name of a protocol', async () => {
  const { association, data } = await opened(
    'openssl-loss-final-flight-x3.client.pcap',
    'openssl-loss-final-flight-x3.keys',
  );
  const rows = data.items.map((item) => dataRow(item, association, ROLES));
  expect(rows.map(({ chip, summary }) => [chip, summary])).toEqual([
    [null, 'hello from client'],
    [null, 'echo:hello from client'],
  ]);
  expect(dataCounted(data)).toBe('2 records, 39 bytes');
  expect(dataCounted({ ...data, matching: 1, items: data.items.slice(0, 1) })).toBe('1 of 2 records');
  expect(dataCounted({ ...data, items: data.items.slice(0, 1) })).toContain('The first 1 of 2 records');
});

test('the payload of a record has its fields, its bytes, and a name for a file', async () => {
  const { session, data } = await opened(...COAP);
  const [item] = data.items;
  const detail = session.record(item?.record ?? 0);
  const payload = detail && payloadOf(detail);
  expect(payload?.bytes.length).toBe(item?.length);
  expect(payload?.fields.map(({ name }) => name)).toContain('code');
  expect(payload?.fileName).toBe(`record-${item?.record}-client.bin`);
  const hello = session.record(1);
  expect(hello && payloadOf(hello)).toBeNull();
});

test('what stayed closed is said with its reason and how to open it', async () => {
  const { data, detail } = await opened(COAP[0]);
  const [sentence] = closedSentences(data, detail);
  expect(sentence).toMatch(/^\d+ records of application data stayed closed: no key for them is open\. ./);
  expect(nothingListed(data)).toBe('Application data was sent, but none of it could be opened.');
  expect(nothingListed({ ...data, closed: [] })).toContain('carries no application data');
});

test('bytes are dumped sixteen to a line, and long ones are cut and said so', () => {
  expect(hexDump(new TextEncoder().encode('hello'))).toBe(`0000  68 65 6c 6c 6f${' '.repeat(33)}  hello`);
  expect(hexDump(new Uint8Array(5000)).split('\n').at(-1)).toBe('… and 904 bytes more');
});
