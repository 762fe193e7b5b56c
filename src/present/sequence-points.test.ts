/** The sequence diagram with two capture points: names, delays, slopes, and what was lost between them. */
import { expect, test } from 'vitest';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import { seenTwice } from './capture-points.ts';
import { rowSentence } from './sentences.ts';
import type { RowLayout } from './sequence-arrow.ts';
import { crossingWords, delayText, fallOf } from './sequence-delays.ts';
import { arrangeSequence, type LayoutOptions } from './sequence-layout.ts';
import { wordBursts } from './sequence-rows.ts';
import type { BurstRow, Crossing } from './sequence-types.ts';

const measure = (text: string, fontPx: number, weight: number) => text.length * fontPx * (weight > 500 ? 0.6 : 0.5);
const WIDE: LayoutOptions = { width: 900, rowPx: 26, narrow: false, scale: 'folded', measure };

async function drawnAt(options: LayoutOptions, ...files: readonly string[]) {
  const session = await openSession(...files.filter((file) => !file.endsWith('.keys')));
  for (const file of files.filter((one) => one.endsWith('.keys'))) addKeys(session, file);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error(`${files[0]} has no association`);
  const twice = seenTwice(detail, session.trace().points);
  const layout = arrangeSequence(wordBursts(detail, twice), detail.association, new Set(), options);
  const bursts = layout.rows.map(layout.draw).filter((row): row is RowLayout & { row: BurstRow } => isBurst(row));
  return { layout, bursts, detail };
}
const isBurst = ({ row }: RowLayout) => row.kind === 'burst';

const X3 = [
  'openssl-loss-final-flight-x3.client.pcap',
  'openssl-loss-final-flight-x3.server.pcap',
  'openssl-loss-final-flight-x3.keys',
] as const;
const FRAGMENT = [
  'wolfssl13-lost-middle-fragment-mtu300-moreacks.client.pcap',
  'wolfssl13-lost-middle-fragment-mtu300-moreacks.server.pcap',
  'wolfssl13-lost-middle-fragment-mtu300-moreacks.keys',
] as const;
const NAT = ['nat-pair-loss-dtls12.inside.pcap', 'nat-pair-loss-dtls12.outside.pcap'] as const;
const DUPLICATES = ['openssl-dup-all.client.pcap', 'openssl-dup-all.server.pcap'] as const;

test('a packet is called by the point nearer to its sender; its delay stands where bytes stood', async () => {
  const { bursts } = await drawnAt(WIDE, ...X3);
  const told = bursts.map(({ row }) => row.crossing).slice(0, 6);
  expect(told.map((one) => one?.packets)).toEqual(['A1', 'B2', 'A3', 'B4', 'A5', 'B6']);
  expect(told.map((one) => one && delayText(one))).toEqual([
    ...Array(5).fill(expect.stringMatching(/^0\.\d{3}$/)),
    'lost',
  ]);
  const texts = bursts[0]?.texts.map((text) => text.text);
  expect(texts?.[0]).toBe('A1');
  expect(texts?.[2]).toBe(told[0] ? delayText(told[0]) : '');
});

test('attempts that shared one fate are one arrow; from the first divided one on they are opened', async () => {
  const { bursts } = await drawnAt(WIDE, ...X3);
  const flight6 = bursts.filter(({ row }) => row.attempt?.flight === 6).map(({ row }) => row);
  const labels = flight6.map(({ attempt, segments, fate }) => `${attempt?.number} ${segments.length} ${fate}`);
  expect(labels).toEqual([
    '1 3 lost-proven',
    ...['2 1 delivered', '2 1 lost-proven', '2 1 delivered'],
    ...['3 1 delivered', '3 1 lost-proven', '3 1 delivered'],
    ...['4 1 delivered', '4 1 delivered', '4 1 delivered'],
  ]);
});

test('brackets say how many records of an attempt were lost', async () => {
  const { layout } = await drawnAt(WIDE, ...X3);
  const flight6 = layout.brackets.filter((bracket) => bracket.label === 'Flight 6');
  expect(flight6.map(({ count, outcome }) => [count, outcome])).toEqual([
    ['1/4', null],
    ['2/4', '1 of 3 lost'],
    ['3/4', '1 of 3 lost'],
    ['4/4', 'complete'],
  ]);
});

test('what is proven lost is a whole line that ends in a cross, and has no head', async () => {
  const { bursts, layout } = await drawnAt(WIDE, ...X3);
  const { points } = layout.columns;
  const lost = bursts.filter(({ row }) => row.fate === 'lost-proven');
  expect(lost).toHaveLength(3);
  for (const { heads, crosses, stroke, x1, stubs, row } of lost) {
    expect(heads).toEqual([]);
    expect(stroke).not.toBe('dashed');
    expect(x1).toBe(points?.server);
    expect(crosses[0]?.x).toBeGreaterThan(points?.client ?? 0);
    expect(crosses[0]?.x).toBeLessThan(points?.server ?? 0);
    // Nothing is drawn beyond the cross.
    expect(stubs).toHaveLength(1);
    expect(rowSentence(row, { roles: { client: 'client', server: 'server' }, originMs: 0, silentMs: null })).toMatch(
      /lost between the capture points, captured at B, never at A/,
    );
  }
});

test.each([X3, FRAGMENT, NAT, DUPLICATES].map((files) => [files[0], files] as const))(
  '%s: lines fall from one point to the other, and none reaches the text of the next row',
  async (_, files) => {
    const { bursts, layout } = await drawnAt(WIDE, ...files);
    const { clientX, serverX, points } = layout.columns;
    expect(points).toEqual({ client: clientX + 15, server: serverX - 15 });
    for (const [i, { lineY, endY, y, height, bands, x1, row }] of bursts.entries()) {
      const fall = row.crossing?.kind === 'crossed' ? 4 : 0;
      expect(endY - lineY).toBeGreaterThanOrEqual(fall);
      expect(endY - lineY).toBeLessThanOrEqual(14);
      if (row.crossing?.kind === 'crossed') expect(x1).toBe(row.sender === 'client' ? points?.client : points?.server);
      const next = bursts[i + 1];
      for (const band of next && next.y === y + height ? next.bands : []) expect(endY).toBeLessThanOrEqual(band.y - 3);
      for (const band of bands) expect(band.y).toBeGreaterThanOrEqual(y);
    }
  },
);

test('four px, and ten for each ms, at most fourteen', () => {
  const took = (ms: number): Crossing => ({
    kind: 'crossed',
    from: 'A',
    to: 'B',
    packets: 'A1',
    delayMs: { shown: ms, least: ms, greatest: ms },
  });
  expect([0, 0.3, 1, 80].map((ms) => fallOf(took(ms)))).toEqual([4, 7, 14, 14]);
  expect(fallOf(null)).toBe(0);
  expect(crossingWords({ ...took(0.4), delayMs: { shown: 0.4, least: 0.4, greatest: 1.25 } })).toBe(
    'arrived at B after 0.400 to 1.250 ms',
  );
});

test('of a message in fragments the lost one alone has a cross', async () => {
  const { bursts } = await drawnAt(WIDE, ...FRAGMENT);
  const certificate = bursts.find(({ row }) => row.fragments && row.segments[0]?.label === 'Certificate');
  expect(certificate?.row.note).toContain('[532, 798) lost');
  expect(certificate?.pieces?.map(({ fate }) => fate)).toEqual([
    'delivered',
    'delivered',
    'lost-proven',
    'delivered',
    'delivered',
  ]);
  expect(certificate?.crosses).toHaveLength(1);
  const piece = certificate?.pieces?.[2];
  expect(certificate?.crosses[0]?.x).toBeCloseTo(((piece?.x1 ?? 0) + (piece?.x2 ?? 0)) / 2, 5);
  expect(certificate?.heads).toHaveLength(1);
});

test('a copy that the network made begins on the way: its sender’s point does not have it', async () => {
  const { bursts, layout } = await drawnAt(WIDE, ...DUPLICATES);
  const copies = bursts.filter(({ row }) => row.crossing?.kind === 'arrived-only');
  expect(copies.length).toBeGreaterThan(5);
  const middle = ((layout.columns.points?.client ?? 0) + (layout.columns.points?.server ?? 0)) / 2;
  for (const { origin, x1, row } of copies) {
    expect([origin?.x, x1]).toEqual([middle, middle]);
    expect(row.crossing && delayText(row.crossing)).toBe(row.sender === 'client' ? 'B only' : 'A only');
  }
});

test('the narrow layout has no column of delays: they stand under the line, which is level', async () => {
  const { bursts } = await drawnAt({ ...WIDE, width: 390, rowPx: 42, narrow: true }, ...X3);
  const [hello] = bursts;
  expect(hello?.endY).toBe(hello?.lineY);
  expect(hello?.texts.at(-1)?.text).toMatch(/^Flight 1 · arrived at B after 0\.\d+ ms/);
});

test('with one capture point nothing of it is there', async () => {
  const { layout, bursts } = await drawnAt(WIDE, X3[0]);
  expect(layout.columns.points).toBeNull();
  expect(bursts.every(({ row, stubs, lineY, endY }) => !row.crossing && stubs.length === 0 && lineY === endY)).toBe(
    true,
  );
});

test('a folded run says how many of its records were lost', async () => {
  const { layout } = await drawnAt(WIDE, ...NAT, 'nat-pair-loss-dtls12.keys');
  const fold = layout.rows.map(({ row }) => row).find((row) => row.kind === 'fold');
  // Eight datagrams were lost, the last of them a close_notify.
  expect(fold?.lost).toBe(7);
  expect(fold?.crossing?.delayMs?.shown).toBeGreaterThan(0);
});
