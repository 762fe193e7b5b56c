import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AssociationDetail, Content } from '../analysis/trace.ts';
import { rowSentence } from './sentences.ts';
import type { RowLayout } from './sequence-arrow.ts';
import { numberRanges } from './sequence-columns.ts';
import { arrangeSequence, type LayoutOptions, type SequenceLayout } from './sequence-layout.ts';
import { wordBursts } from './sequence-rows.ts';
import { alert, changeCipherSpec, closed, data, message, type Sent, story } from './sequence-stories.ts';
import {
  crowdedFlight,
  failed,
  finalFlightLost,
  fragmentedCertificate,
  manyRecords,
  withoutKeys,
} from './sequence-stories-told.ts';

/** Wide letters: about what DejaVu Sans needs, the widest of the usual system fonts. */
const measure = (text: string, fontPx: number, weight: number) => text.length * fontPx * (weight > 500 ? 0.66 : 0.58);
const wide: LayoutOptions = { width: 720, rowPx: 22, narrow: false, scale: 'folded', measure };
const narrow: LayoutOptions = { ...wide, width: 390, rowPx: 42, narrow: true };

function arrange(detail: AssociationDetail, options = wide, open: readonly number[] = []): SequenceLayout {
  return arrangeSequence(wordBursts(detail), detail.association, new Set(open), options);
}
const drawnRows = (layout: SequenceLayout): RowLayout[] => layout.rows.map(layout.draw);

const STORIES = {
  finalFlightLost,
  fragmentedCertificate,
  failed,
  withoutKeys,
  crowdedFlight,
  many: () => manyRecords(40),
};
const WIDTHS: readonly LayoutOptions[] = [wide, { ...wide, width: 1440 }, narrow, { ...narrow, width: 320 }];
const CASES = Object.entries(STORIES).flatMap(([name, tell]) =>
  WIDTHS.flatMap((options) =>
    (['folded', 'linear'] as const).map(
      (scale) => [`${name} at ${options.width} px, ${scale}`, { ...options, scale }, tell] as const,
    ),
  ),
);

/** Left and right end of a text. */
function extent(text: RowLayout['texts'][number]): [number, number] {
  const width = text.squeezedPx ?? measure(text.text, text.sizePx, text.weight);
  if (text.anchor === 'start') return [text.x, text.x + width];
  return text.anchor === 'end' ? [text.x - width, text.x] : [text.x - width / 2, text.x + width / 2];
}

test.each(CASES)('%s: no row, break or bracket overlaps another', (_, options, tell) => {
  const layout = arrange(tell(), options);
  const pieces = [...layout.rows, ...layout.breaks.map(({ y, heightPx }) => ({ y, height: heightPx }))];
  pieces.sort((a, b) => a.y - b.y);
  for (const [i, piece] of pieces.entries()) {
    expect(piece.y).toBeGreaterThanOrEqual(i === 0 ? 0 : (pieces[i - 1]?.y ?? 0) + (pieces[i - 1]?.height ?? 0));
  }
  expect(layout.height).toBeGreaterThanOrEqual((pieces.at(-1)?.y ?? 0) + (pieces.at(-1)?.height ?? 0));
});

test.each(CASES)('%s: all texts stand inside the drawing, none on another', (_, options, tell) => {
  const layout = arrange(tell(), options);
  for (const row of drawnRows(layout)) {
    const boxes = row.texts.map((text) => ({ y: text.y, at: extent(text) }));
    for (const { at } of boxes) {
      expect(at[0]).toBeGreaterThanOrEqual(0);
      expect(at[1]).toBeLessThanOrEqual(options.width);
    }
    // numbers stand a few px lower than labels, which is the same line to a reader
    for (const [i, a] of boxes.entries())
      for (const b of boxes.slice(i + 1))
        if (Math.abs(a.y - b.y) < 8) expect(a.at[1] <= b.at[0] + 0.01 || b.at[1] <= a.at[0] + 0.01).toBe(true);
  }
});

test('labels of the client start at the client, those of the server end at the server', () => {
  const layout = arrange(finalFlightLost());
  const [hello, verify] = drawnRows(layout);
  expect(hello?.texts.find((text) => text.text === 'ClientHello')).toMatchObject({ anchor: 'start' });
  expect(hello?.bands[0]?.x).toBe(layout.columns.clientX + 7);
  expect(verify?.texts.find((text) => text.text === 'HelloVerifyRequest')).toMatchObject({ anchor: 'end' });
  expect((verify?.bands[0]?.x ?? 0) + (verify?.bands[0]?.width ?? 0)).toBe(layout.columns.serverX - 7);
});

test('an epoch has a band where it begins, and the next one where it changes', () => {
  const layout = arrange(finalFlightLost(), { ...wide, width: 1100 });
  expect(drawnRows(layout)[4]?.bands.map((band) => band.epoch)).toEqual([0, 1]);
});

test('silences are measured exactly and name the timer that ended them', () => {
  const { breaks } = arrange(finalFlightLost());
  expect(breaks.map(({ label, cause }) => [label, cause])).toEqual([
    ['1\u202f001.364 ms of silence', 'client timer'],
    ['2\u202f006.488 ms of silence', 'client timer'],
    ['4\u202f003.190 ms of silence', 'client timer'],
    ['600.851 ms of silence', 'application idle'],
  ]);
  expect(new Set(breaks.map((one) => one.heightPx))).toEqual(new Set([26]));
});

test('brackets cover their rows, on the side of the sender, with their attempts', () => {
  const layout = arrange(crowdedFlight());
  expect(layout.brackets.map(({ label, count }) => [label, count])).toEqual([
    ['Flight 3', null],
    ['Flight 4', '1/2'],
    ['Flight 4', '2/2'],
  ]);
  const [, first, second] = layout.brackets;
  const rows = layout.rows.filter(
    ({ row }) => row.kind === 'burst' && row.attempt?.flight === 4 && row.mark === 'first',
  );
  expect(rows).toHaveLength(5);
  expect(first?.y1).toBeGreaterThanOrEqual(rows[0]?.y ?? 0);
  expect(first?.y1).toBeLessThan((rows[0]?.y ?? 0) + 11);
  expect(first?.y2).toBe((rows[4]?.y ?? 0) + 20);
  expect(first).toMatchObject({ side: 1, x: layout.columns.serverX + 12 });
  expect(layout.ties).toMatchObject([{ flight: first?.flight, y1: first?.y2, y2: second?.y1 }]);
});

test('a message in fragments is cut at its offsets, to scale', () => {
  const row = drawnRows(arrange(fragmentedCertificate())).find((one) => one.pieces);
  const pieces = row?.pieces ?? [];
  const [start, end] = [row?.x1 ?? 0, (row?.x2 ?? 0) + 10];
  const place = (offset: number) => start + ((end - start) * offset) / 1214;
  const offsets = [0, 266, 532, 798, 1064, 1214];
  expect(pieces.map((piece) => piece.x1 + 2)).toEqual(
    [0, 1, 3, 4].map((i) => expect.closeTo(place(offsets[i] ?? 0), 5)),
  );
  expect(pieces.map((piece) => piece.x2 - 2)).toEqual(
    [1, 2, 4, 5].map((i) => expect.closeTo(place(offsets[i] ?? 0), 5)),
  );
});

test('lines differ in shape: repeats, fatal alerts, ACKs, duplicates', () => {
  const strokes = (detail: AssociationDetail) => drawnRows(arrange(detail)).map((row) => row.stroke);
  expect(strokes(failed())).toEqual(['single', 'heavy', 'single', 'single']);
  expect(strokes(finalFlightLost()).filter((stroke) => stroke === 'double').length).toBeGreaterThan(5);
  const certificate = drawnRows(arrange(fragmentedCertificate()));
  expect(certificate.filter((row) => row.stroke === 'thin').every((row) => row.heads[0]?.open)).toBe(true);
  expect(certificate.filter((row) => row.heads.length === 2)).toHaveLength(1);
});

test('the narrow layout has no columns: the time is at the receiver, the flight under the line', () => {
  const layout = arrange(finalFlightLost(), narrow);
  expect(layout.columns).toMatchObject({
    packetEdge: null,
    timeEdge: null,
    bytesEdge: null,
    clientX: 24,
    serverX: 366,
  });
  expect(layout.brackets).toEqual([]);
  expect(layout.draw(layout.rows[0] ?? expect.fail()).texts.map((text) => text.text)).toEqual([
    'ClientHello',
    '0.000',
    'Flight 1 · message_seq 0',
  ]);
});

test('packets are ranges as long as they are few', () => {
  expect(numberRanges([5])).toBe('5');
  expect(numberRanges([6, 7, 8])).toBe('6–8');
  expect(numberRanges([12, 14])).toBe('12,14');
  expect(numberRanges([1, 3, 5, 6])).toBe('1…6');
});

test('thirty thousand records are laid out without drawing them', () => {
  const layout = arrange(manyRecords(30_000), wide, [-2]);
  expect(layout.rows).toHaveLength(30_003);
  expect(layout.draw(layout.rows[20_000] ?? expect.fail()).texts.length).toBeGreaterThan(2);
});

const anyContent: fc.Arbitrary<Content> = fc.oneof(
  fc
    .tuple(fc.constantFrom('ClientHello', 'Certificate', 'Finished', ''), fc.nat(3), fc.nat(2000), fc.nat(3000))
    .map(([name, seq, from, length]) => message(name, seq, length, [from, Math.max(from, length)])),
  fc.constant(changeCipherSpec),
  fc.boolean().map((fatal) => alert('internal_error', fatal)),
  fc.string().map((text) => data(text)),
  fc.nat(300).map((type) => closed(type, type)),
  fc.nat(99).map((length) => ({ kind: 'other', contentType: 26, name: 'ACK', length }) as const),
  fc.string().map((why) => ({ kind: 'malformed', why, offset: 7 }) as const),
);
const anySent: fc.Arbitrary<Sent> = fc.record(
  {
    packet: fc.nat(40),
    timeMs: fc.double({ min: 0, max: 5000, noNaN: true }),
    from: fc.constantFrom('client', 'server'),
    content: fc.array(anyContent, { maxLength: 4 }),
    epoch: fc.nat(70_000),
    flight: fc.nat(7),
    transmission: fc.integer({ min: 1, max: 4 }),
    mark: fc.constantFrom('original', 'retransmission', 'duplicate', 'reordered'),
    repeats: fc.nat(50),
  },
  { requiredKeys: ['packet', 'timeMs', 'from', 'content'] },
);

test('whatever was captured, every record is in exactly one row and rows only go down', () => {
  fc.assert(
    fc.property(
      fc.array(anySent, { maxLength: 40 }),
      fc.integer({ min: 100, max: 1600 }),
      fc.boolean(),
      (sent, width, linear) => {
        const detail = story(sent, { association: { rolesKnown: sent.length % 2 === 0 } });
        const isNarrow = width < 700;
        const layout = arrange(detail, { ...wide, width, narrow: isNarrow, scale: linear ? 'linear' : 'folded' });
        const records = layout.rows.flatMap(({ row }) => row.records);
        expect(records.length).toBe(detail.records.length);
        expect(new Set(records).size).toBe(records.length);
        for (const [i, row] of drawnRows(layout).entries()) {
          expect(row.y).toBeGreaterThanOrEqual((layout.rows[i - 1]?.y ?? -22) + 22);
          expect(Number.isFinite(row.x1 + row.x2 + row.texts.reduce((sum, text) => sum + text.x + text.y, 0))).toBe(
            true,
          );
          expect(
            rowSentence(row.row, { roles: { client: 'A', server: 'B' }, originMs: 0, silentMs: null }),
          ).not.toContain('undefined');
        }
      },
    ),
  );
});
