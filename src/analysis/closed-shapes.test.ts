/** What lengths say of records of DTLS 1.3 that stayed closed, as the machines use it. */
import { expect, test } from 'vitest';
import { detailsOf, openSession } from '../../test/open-session.ts';

async function told(file: string): Promise<{ client: string[]; server: string[] }> {
  const { machines } = detailsOf(await openSession(file))[0] ?? {};
  const states = (of: 'client' | 'server') => machines?.[of].map((s) => `${s.state} ${s.flight}`) ?? [];
  return { client: states('client'), server: states('server') };
}

test('a client that answers with the length of an alert has sent no last flight, and nobody has finished', async () => {
  const { client, server } = await told('wolfssl13-fail-unknown-ca.pcap');
  expect(client).toEqual(['PREPARING 1', 'SENDING 1', 'WAITING 1', 'CLOSED 1']);
  expect(server.at(-1)).toBe('CLOSED 2');
  expect(server).not.toContain('FINISHED 2');
});

test('nor has one that sends nothing but what has the length of ACKs', async () => {
  const { client, server } = await told('wolfssl13-fail-sh-random-corrupted.server.pcap');
  expect([...client, ...server].filter((s) => s.startsWith('FINISHED'))).toEqual([]);
});

test('a server that answers the last flight with the length of an alert refuses it', async () => {
  const { client, server } = await told('wolfssl13-fail-client-cert-required.pcap');
  expect(client.slice(3, 6)).toEqual(['PREPARING 3', 'SENDING 3', 'WAITING 3']);
  expect([...client, ...server].filter((s) => s.startsWith('FINISHED'))).toEqual([]);
});

test('a last flight in one record whose length an ACK of 27 records would have is no ACK: there were not so many', async () => {
  const { client, server } = await told('turn-udp-firefox-chromium.relay.pcap');
  expect(client).toContain('FINISHED 3');
  expect(server).toContain('FINISHED 2');
});
