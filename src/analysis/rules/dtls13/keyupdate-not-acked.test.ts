import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { at, goesOnUntil } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

/** Packets: 13 KeyUpdate of the client, 15 that of the server, 16 its ACK, 19 the client's first record of epoch 4. */
const CLEAN = 'wolfssl13-keyupdate-client.pcap';
const packet = (d: readonly EditedDatagram[], n: number): EditedDatagram => at(d, n - 1);

/** Nothing but these packets, a millisecond apart, and the capture goes on for a minute. */
const only = (d: readonly EditedDatagram[], ...packets: number[]): EditedDatagram[] => [
  ...packets.map((n, i) => ({ ...packet(d, n), timeMs: 10 * i })),
  goesOnUntil(packet(d, 1), 60_000),
];
const UNTIL_TICKET = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

test('the new keys are used before the ACK came', async () => {
  const { finding } = await diagnose(CLEAN, {
    edit: (d) => only(d, ...UNTIL_TICKET, 12, 11, 13, 14, 19, 15, 16, 17, 18, 20),
  });
  expect(finding('keyupdate-not-acked')).toMatchObject({
    severity: 'warning',
    title: 'The client uses its new keys before its KeyUpdate was acknowledged',
  });
  expect(finding('keyupdate-not-acked')?.evidence.map((e) => e.packet)).toEqual([13, 15]);
});

test('no ACK ever comes, and its sender stays on the old keys', async () => {
  const { finding } = await diagnose(CLEAN, { edit: (d) => only(d, ...UNTIL_TICKET, 13, 11, 12) });
  expect(finding('keyupdate-not-acked')).toMatchObject({
    certainty: 'inferred',
    title: "The server does not acknowledge the client's KeyUpdate, which was sent once",
  });
});

test('without keys: the epoch changes though the server has said nothing since; the capture is that of the client', async () => {
  const atClient = (d: readonly EditedDatagram[]) =>
    d.map((x) => ({ ...x, ttl: x.source.port === clientPort(d) ? 64 : 57 }));
  const { finding } = await diagnose(CLEAN, {
    withoutKeys: true,
    edit: (d) => atClient(only(d, ...UNTIL_TICKET, 12, 11, 13, 14, 19, 21)),
  });
  expect(finding('keyupdate-not-acked')).toMatchObject({ certainty: 'inferred' });
  const { rules } = await diagnose(CLEAN, { withoutKeys: true, edit: (d) => atClient(d) });
  expect(rules).not.toContain('keyupdate-not-acked');
});

test('near miss: the ACK is missing in the capture, as the numbers show', async () => {
  const { rules } = await diagnose(CLEAN, {
    edit: (d) => only(d, ...UNTIL_TICKET, 11, 12, 13, 14, 17, 18, 19, 20),
  });
  expect(rules).not.toContain('keyupdate-not-acked');
});

test.each([
  CLEAN,
  'wolfssl13-cid-keyupdate-chacha.pcap',
  'wolfssl13-lost-client-keyupdate-ack.client.pcap',
  'wolfssl13-lost-client-keyupdate-ack.server.pcap',
])('near miss: acknowledged, if late (%s)', async (file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain('keyupdate-not-acked');
});

const clientPort = (d: readonly EditedDatagram[]): number => packet(d, 1).source.port;
