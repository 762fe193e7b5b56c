import { expect, test } from 'vitest';
import { detailOf, openSession } from '../../test/open-session.ts';
import type { DataQuery } from './application-data.ts';

const ALL: DataQuery = { search: '', protocol: null, sender: null };

async function reading(...files: readonly string[]) {
  const session = await openSession(...files);
  return (query: Partial<DataQuery> = {}, id = 'a1') => session.applicationData(id, { ...ALL, ...query });
}

const COAP = ['libcoap-gnutls-psk-get.pcap', 'libcoap-gnutls-psk-get.keys'] as const;

test('every record of application data that could be opened is named and summed up', async () => {
  const read = await reading(...COAP);
  const data = read();
  expect(data?.items.map(({ sender, protocol }) => `${sender} ${protocol}`)).toContain('client CoAP');
  expect(data?.items[0]?.summary).toContain('GET');
  expect(data?.opened).toBe(data?.items.length);
  expect(data?.closed).toEqual([]);
});

test('it lists the very records that the diagram shows as application data', async () => {
  const session = await openSession('openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys');
  const [association] = session.trace().associations;
  if (!association) throw new Error('no association');
  const shown = detailOf(session, association).records.filter((r) =>
    r.contents.some((c) => c.kind === 'applicationData'),
  );
  const listed = session.applicationData(association.id, ALL)?.items ?? [];
  expect(listed.map(({ record }) => record)).toEqual(shown.map(({ record }) => record));
  expect(listed.map(({ summary }) => summary)).toEqual(['hello from client', 'echo:hello from client']);
});

test('search finds text and bytes, and says where if the summary does not show it', async () => {
  const read = await reading('openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys');
  expect(read({ search: 'ECHO' })?.items).toHaveLength(1);
  // "llo f"
  expect(read({ search: '6c 6c 6f 20 66' })?.items.map(({ found }) => found)).toEqual([
    expect.stringContaining('6c6c6f2066'),
    expect.stringContaining('6c6c6f2066'),
  ]);
  // The digits are there, but between bytes: "6 86 5" of "hello".
  expect(read({ search: '86 56' })?.items).toEqual([]);
  const none = read({ search: 'goodbye' });
  expect([none?.matching, none?.opened]).toEqual([0, 2]);
});

test('by sender and by protocol', async () => {
  const read = await reading(...COAP);
  const client = read({ sender: 'client' })?.items ?? [];
  expect(client.length).toBeGreaterThan(0);
  expect(client.every(({ sender }) => sender === 'client')).toBe(true);
  expect(read({ protocol: 'DNS' })?.matching).toBe(0);
  expect(read({ protocol: 'CoAP' })?.matching).toBe(read()?.protocols.find(({ name }) => name === 'CoAP')?.records);
});

test('what stayed closed is counted with its reason', async () => {
  const read = await reading(COAP[0]);
  const data = read();
  expect(data?.items).toEqual([]);
  expect(data?.closed).toEqual([{ reason: 'no-key', records: expect.any(Number), first: expect.any(Number) }]);
  expect(read({}, 'a9')).toBeNull();
});
