import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { at, goesOnUntil } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const AT_CLIENT = 'wolfssl13-lost-ticket-ack.client.pcap';
const AT_SERVER = 'wolfssl13-lost-ticket-ack.server.pcap';

test('at the client the ACK leaves, and the ticket comes again', async () => {
  const { headline } = await diagnose(AT_CLIENT);
  expect(headline).toMatchObject({ rule: 'ticket-ack-lost-loop', severity: 'warning', certainty: 'near-certain' });
  expect(headline?.evidence.map((e) => e.packet)).toEqual([10, 11, 13]);
});

test('at the server numbers of the client are missing', async () => {
  const { headline } = await diagnose(AT_SERVER);
  expect(headline).toMatchObject({ rule: 'ticket-ack-lost-loop', severity: 'warning' });
  expect(headline?.title).toBe(
    "The client's ACK of the NewSessionTicket was lost, and the server sent the ticket twice",
  );
});

test('two capture points prove it', async () => {
  const { finding } = await diagnose([AT_CLIENT, AT_SERVER]);
  expect(finding('ticket-ack-lost-loop')).toMatchObject({ certainty: 'seen' });
});

/** Closed records of that size, so many ms after the original; other bytes, so that they are no copies. */
const copies = (d: readonly EditedDatagram[], ...laterMs: number[]): EditedDatagram[] => {
  const ticket = d.find((x) => x.payload.length > 300 && (x.payload[0] ?? 0) % 4 === 3) ?? at(d, 0);
  return laterMs.map((ms, i) => ({
    ...ticket,
    timeMs: ticket.timeMs + ms,
    payload: ticket.payload.map((byte, k) => (k > 40 ? byte ^ (i + 1) : byte)),
  }));
};
const CLEAN = 'wolfssl13-clean-chacha20.pcap';

test('without keys: one size on a timer that doubles, right after the handshake', async () => {
  const { finding } = await diagnose(CLEAN, {
    withoutKeys: true,
    edit: (d) => [...d, ...copies(d, 2000, 6000, 14_000), goesOnUntil(at(d, 0), 60_000)],
  });
  expect(finding('ticket-ack-lost-loop')).toMatchObject({
    title: 'A record of the size of a ticket comes 4 times, on a timer',
    certainty: 'inferred',
  });
});

test('near miss: the same at equal intervals, as an application may send', async () => {
  const { rules } = await diagnose(CLEAN, {
    withoutKeys: true,
    edit: (d) => [...d, ...copies(d, 2000, 4000, 6000), goesOnUntil(at(d, 0), 60_000)],
  });
  expect(rules).not.toContain('ticket-ack-lost-loop');
});

test('near miss: a ticket that is acknowledged, while the Finished is not', async () => {
  const { rules } = await diagnose('wolfssl13-lost-final-ack.server.pcap');
  expect(rules).not.toContain('ticket-ack-lost-loop');
});
