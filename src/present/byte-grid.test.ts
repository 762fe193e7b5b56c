import { expect, test } from 'vitest';
import type { DetailBuffer, RecordDetail, RecordView } from '../analysis/trace.ts';
import { asCArray, asEscaped, byteMove, byteRow, columnsIn, rowCount, rowMarks, translate } from './byte-grid.ts';

const bytes = Uint8Array.from({ length: 20 }, (_, i) => 0x3a + i);

test('rows have an offset in the file, hex and text', () => {
  expect(rowCount(bytes)).toBe(2);
  expect(byteRow(bytes, 0xb43, 0)).toMatchObject({ offset: '0b43', text: ':;<=>?@ABCDEFGHI' });
  expect(byteRow(bytes, 0xb43, 1)).toEqual({ offset: '0b53', hex: ['4a', '4b', '4c', '4d'], text: 'JKLM' });
  // Far into a large file, and where the number of digits changes within a packet.
  expect(byteRow(bytes, 0x3696fdd0, 1).offset).toBe('3696fde0');
  expect([0, 1].map((row) => byteRow(bytes, 0xfff0, row).offset)).toEqual(['0fff0', '10000']);
  expect(byteRow(Uint8Array.of(0, 32, 127, 65), 0, 0).text).toBe('···A');
});

test('the stronger mark wins whatever the order', () => {
  const ranges = [
    { from: 18, to: 20, mark: 'selected' as const },
    { from: 0, to: 99, mark: 'dim' as const },
    { from: 14, to: 30, mark: 'record' as const },
  ];
  expect(rowMarks(ranges, 0)).toBe('1111111111111122');
  expect(rowMarks(ranges, 1)).toBe('2244222222222211');
  expect(rowMarks([], 0)).toBe('0'.repeat(16));
});

test('columns of a span within a row', () => {
  expect(columnsIn({ from: 10, to: 20 }, 0)).toEqual([10, 16]);
  expect(columnsIn({ from: 10, to: 20 }, 1)).toEqual([0, 4]);
  expect(columnsIn({ from: 10, to: 20 }, 2)).toBeNull();
});

/** Record 7 carries bytes 0..100 of a message at 200 of its packet, record 8 the rest. */
function detail(): RecordDetail {
  const buffer = (id: DetailBuffer['id'], pieces: DetailBuffer['pieces'] = []): DetailBuffer => ({
    id,
    title: id,
    bytes: new Uint8Array(400),
    base: 0,
    pieces,
  });
  const pieces = [
    { from: 0, length: 100, record: 7, of: 'packet' as const, there: 200 },
    { from: 100, length: 50, record: 8, of: 'packet' as const, there: 25 },
  ];
  const record = { record: 7 } as RecordView;
  return { record, fields: [], buffers: [buffer('packet'), buffer('message', pieces)], problems: [] };
}

test('a span of the message lies in this packet and in another record', () => {
  expect(translate(detail(), { buffer: 'message', from: 90, to: 120 })).toEqual({
    spans: [{ buffer: 'packet', from: 290, to: 300 }],
    otherRecords: [8],
  });
});

test('a span of the packet lies in the message', () => {
  const { spans } = translate(detail(), { buffer: 'packet', from: 210, to: 214 });
  expect(spans).toEqual([{ buffer: 'message', from: 10, to: 14 }]);
});

test('a span elsewhere lies nowhere else', () => {
  expect(translate(detail(), { buffer: 'packet', from: 0, to: 14 })).toEqual({ spans: [], otherRecords: [] });
});

test('a C array has a usable name and twelve bytes a line', () => {
  expect(asCArray(Uint8Array.of(1, 255), 'verify_data')).toBe(
    'const unsigned char verify_data[2] = {\n  0x01, 0xff,\n};\n',
  );
  expect(asCArray(new Uint8Array(13), '1 packet').split('\n')).toHaveLength(5);
  expect(asCArray(new Uint8Array(), '…')).toContain('_[0]');
});

test('an escaped string holds for C: a hex digit after an escape is escaped too', () => {
  const bytes = new Uint8Array([0x16, 0x61, 0x62, 0x67, 0x22, 0x31, 0x5c]);
  expect(asEscaped(bytes)).toBe('"\\x16\\x61\\x62g\\"1\\\\"');
});

test('keys move by byte, line and page, and stay inside', () => {
  const at = { last: 99, ctrl: false };
  expect(byteMove(null, 'ArrowDown', at)).toBe(0);
  expect([byteMove(20, 'ArrowLeft', at), byteMove(20, 'ArrowUp', at), byteMove(20, 'ArrowDown', at)]).toEqual([
    19, 4, 36,
  ]);
  expect([byteMove(3, 'ArrowUp', at), byteMove(90, 'ArrowDown', at)]).toEqual([3, 90]);
  expect([byteMove(20, 'Home', at), byteMove(20, 'End', at), byteMove(97, 'End', at)]).toEqual([16, 31, 99]);
  expect([byteMove(20, 'PageDown', at), byteMove(20, 'End', { last: 99, ctrl: true })]).toEqual([99, 99]);
  expect(byteMove(20, 'x', at)).toBeNull();
});
