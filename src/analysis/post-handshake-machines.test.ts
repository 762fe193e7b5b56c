/** What DTLS 1.3 writes after the handshake has machines of its own (RFC 9147 §5.8.4). */
import { expect, test } from 'vitest';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import type { PostHandshakeMachineView } from './story.ts';

async function machinesOf(name: string, keys: string): Promise<readonly PostHandshakeMachineView[]> {
  const session = await openSession(name);
  addKeys(session, keys);
  return detailsOf(session)[0]?.machines.postHandshake ?? [];
}

const told = (machines: readonly PostHandshakeMachineView[]) =>
  machines.map((m) => `${m.sender} ${m.message}: ${m.steps.map((s) => `${s.state} ${s.attempt}`).join(', ')}`);

const DONE = 'PREPARING 1, SENDING 1, WAITING 1, FINISHED 1';

test('a ticket and two key updates, each acknowledged', async () => {
  const machines = await machinesOf('wolfssl13-keyupdate-client.pcap', 'wolfssl13-keyupdate-client.keys');
  expect(told(machines)).toEqual([
    `server NewSessionTicket: ${DONE}`,
    `client KeyUpdate: ${DONE}`,
    `server KeyUpdate: ${DONE}`,
  ]);
  expect(machines.flatMap((m) => m.steps.map((s) => s.violation))).toEqual(
    machines.flatMap((m) => m.steps.map(() => null)),
  );
});

test('the ACK of a KeyUpdate is lost: it is sent again when its timer expires, and done with the second ACK', async () => {
  const name = 'wolfssl13-lost-client-keyupdate-ack';
  const machines = await machinesOf(`${name}.client.pcap`, `${name}.keys`);
  const update = machines.find((m) => m.sender === 'client' && m.message === 'KeyUpdate');
  expect(told(update ? [update] : [])).toEqual([
    'client KeyUpdate: PREPARING 1, SENDING 1, WAITING 1, SENDING 2, WAITING 2, FINISHED 2',
  ]);
  expect(update?.steps[3]?.cause).toBe('timer expired');
});

test('both ACKs of a ticket are lost: it stays waiting, and has no part in the machines of the handshake', async () => {
  const session = await openSession('wolfssl13-lost-ticket-ack.server.pcap');
  addKeys(session, 'wolfssl13-lost-ticket-ack.keys');
  const { machines } = detailsOf(session)[0] ?? {};
  expect(told(machines?.postHandshake ?? [])[0]).toBe(
    'server NewSessionTicket: PREPARING 1, SENDING 1, WAITING 1, SENDING 2, WAITING 2',
  );
  expect(machines?.server.map((s) => s.state)).toEqual([
    'WAITING',
    'PREPARING',
    'SENDING',
    'WAITING',
    'FINISHED',
    'CLOSED',
  ]);
});

test('DTLS 1.2 has none', async () => {
  expect(await machinesOf('openssl-resume-ticket.pcap', 'openssl-resume-ticket.keys')).toEqual([]);
});
