import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { answeredBy, bytes, plaintextRecord } from '../edit-messages.test.helper.ts';
import { again, at, goesOnUntil } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

/** A ClientHello, a HelloRetryRequest, and the second ClientHello in two fragments: numbers 1 and 2. */
const HYBRID = 'wolfssl13-pq-hrr-selects-hybrid.pcap';
const ACK = 26;

const ack = (to: EditedDatagram, ...numbers: number[]): EditedDatagram => {
  const list = numbers.flatMap((n) => [...bytes(0, 8), ...bytes(n, 8)]);
  return answeredBy(to, plaintextRecord(ACK, 50, Uint8Array.of(...bytes(list.length, 2), ...list)));
};

/** The server acknowledges the first fragment; the client repeats `repeated`, and the server its HelloRetryRequest. */
const stuck = (d: readonly EditedDatagram[], repeated: readonly number[]): EditedDatagram[] => [
  ...d.slice(0, 4),
  ack(at(d, 3), 1),
  ...[1000, 3000, 7000].flatMap((ms, i) => [
    ...repeated.map((n) => again(at(d, n), ms, 10 * (i + 1))),
    again(at(d, 1), ms + 1, i + 1),
  ]),
  goesOnUntil(at(d, 0), 60_000),
];

test('what was acknowledged is left out of every repeat, and its receiver still waits', async () => {
  const { finding } = await diagnose(HYBRID, { edit: (d) => stuck(d, [3]) });
  expect(finding('ack-of-unprocessed')).toMatchObject({
    severity: 'failure',
    certainty: 'inferred',
    title: 'The server acknowledged ClientHello and still waits: the client does not send it again',
  });
  expect(finding('ack-of-unprocessed')?.evidence.map((e) => e.packet)).toEqual([5, 6, 11]);
});

test('near miss: everything is sent again', async () => {
  const { rules } = await diagnose(HYBRID, { edit: (d) => stuck(d, [2, 3]) });
  expect(rules).not.toContain('ack-of-unprocessed');
});

test('near miss: the server stays silent after its ACK', async () => {
  const { rules } = await diagnose(HYBRID, {
    edit: (d) => stuck(d, [3]).filter((x, i) => i < 5 || x.source.port !== at(d, 1).source.port),
  });
  expect(rules).not.toContain('ack-of-unprocessed');
});

test.each(['wolfssl13-path-mtu-blackhole.client.pcap', 'wolfssl13-fail-sh-random-corrupted.client.pcap'])(
  'near miss: a flight that never gets through (%s)',
  async (file) => {
    const { rules } = await diagnose(file);
    expect(rules).not.toContain('ack-of-unprocessed');
  },
);
