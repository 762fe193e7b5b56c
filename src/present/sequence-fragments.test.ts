/** Messages in pieces, one of which never came. */
import { expect, test } from 'vitest';
import { drawnSequence } from '../../test/drawn-sequence.ts';

const NAME = 'wolfssl13-lost-middle-fragment-mtu300-moreacks';

test('the missing piece is in the line of its message, at its offsets, with a cross', async () => {
  const { rows, layout } = await drawnSequence([`${NAME}.client.pcap`, `${NAME}.keys`]);
  const row = rows.find((one) => one.segments[0]?.label === 'Certificate');
  expect(row?.fragments?.pieces.map(({ from, to, fate }) => `${from} ${to} ${fate}`)).toEqual([
    '0 266 delivered',
    '266 532 delivered',
    '532 798 lost',
    '798 1064 delivered',
    '1064 1214 delivered',
  ]);
  expect(row).toMatchObject({ segments: [{ detail: '4 of 5 fragments' }], note: '2:1–5, [532, 798) missing' });
  expect(rows.filter((one) => one.records.length === 0)).toEqual([]);
  const placed = layout.rows.find((one) => one.row === row);
  const drawn = placed && layout.draw(placed);
  const [missing] = drawn?.pieces?.filter((piece) => piece.fate === 'lost') ?? [];
  expect(drawn?.crosses.map(({ x }) => x)).toEqual([((missing?.x1 ?? 0) + (missing?.x2 ?? 0)) / 2]);
  expect(drawn?.heads).toHaveLength(1);
  expect(layout.brackets.find(({ label }) => label === 'Flight 2')).toMatchObject({
    count: '1/2',
    outcome: '1 of 10 lost',
  });
});

test('a repeat is told by what it leaves out', async () => {
  const { rows } = await drawnSequence([`${NAME}.client.pcap`, `${NAME}.keys`]);
  const repeats = rows.filter((one) => one.fragments && one.mark === 'retransmission');
  expect(repeats.map((one) => [one.segments[0]?.label, one.segments[0]?.detail, one.note])).toEqual([
    ['Certificate', 'only what no ACK named', '2:9–10'],
    ['CertificateVerify', '2 fragments', '2:11–12, ACK under way'],
  ]);
});

test('where nothing was lost, no piece is missing', async () => {
  const { rows, detail } = await drawnSequence(['openssl-bigchain-mtu512.pcap', 'openssl-bigchain-mtu512.keys']);
  // Nothing is lost in it: then nothing is missing in any line.
  expect(detail.losses).toEqual([]);
  expect(rows.some((one) => one.fragments)).toBe(true);
  expect(
    rows.flatMap((one) => one.fragments?.pieces ?? []).every(({ fate, record }) => fate === 'delivered' && record > 0),
  ).toBe(true);
});
