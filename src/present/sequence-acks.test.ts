import { expect, test } from 'vitest';
import { pointAt } from './sequence-acks.ts';
import { arrangeSequence } from './sequence-layout.ts';
import { wordBursts } from './sequence-rows.ts';
import { fragmentedCertificate } from './sequence-stories-told.ts';

const measure = (text: string, px: number) => text.length * px * 0.55;

function arranged(width: number) {
  const detail = fragmentedCertificate();
  const options = { width, rowPx: 22, narrow: width < 700, scale: 'folded', measure } as const;
  return arrangeSequence(wordBursts(detail), detail.association, new Set(), options);
}

test('pieces of a message are framed one by one, on the line of their row', () => {
  const { rows, draw } = arranged(1000);
  const certificate = rows.find(({ row }) => row.kind === 'burst' && (row.fragments?.pieces.length ?? 0) === 4);
  const ack = rows.find(({ row }) => row.kind === 'burst' && row.segments.every((segment) => segment.ack));
  expect(certificate && ack).toBeTruthy();
  if (!certificate || !ack) return;
  const [pointed, another] = pointAt(certificate.row.records.slice(0, 2), ack, rows, draw);
  expect(another).toBeUndefined();
  expect(pointed?.key).toBe(certificate.row.key);
  expect(pointed?.frames).toHaveLength(2);
  const { lineY, pieces } = draw(certificate);
  for (const [i, frame] of (pointed?.frames ?? []).entries()) {
    expect(frame.y).toBeLessThan(lineY);
    expect(frame.y + frame.height).toBeGreaterThan(lineY);
    expect(frame.x).toBeLessThanOrEqual(Math.min(pieces?.[i]?.x1 ?? 0, pieces?.[i]?.x2 ?? 0));
  }
  expect(pointed?.curve).toMatchObject({ y1: draw(ack).lineY, y2: lineY });
});

test('curves stay on the drawing, also where it is narrow', () => {
  for (const width of [390, 1440]) {
    const { rows, draw } = arranged(width);
    const [first, last] = [rows[0], rows.at(-1)];
    if (!first || !last) throw new Error('the story has rows');
    for (const { curve } of pointAt(
      rows.flatMap(({ row }) => row.records),
      last,
      rows,
      draw,
    )) {
      // A cubic curve reaches three quarters of the way to its control points.
      const reach = curve.x + 0.75 * curve.lean;
      expect(reach).toBeGreaterThan(0);
      expect(reach).toBeLessThan(width);
    }
  }
});

test('a row does not point at itself', () => {
  const { rows, draw } = arranged(1000);
  const [row] = rows;
  expect(row && pointAt(row.row.records, row, rows, draw)).toEqual([]);
});
