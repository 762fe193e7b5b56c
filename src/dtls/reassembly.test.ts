import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from '../wire/reader.ts';
import { fromHex } from '../wire/text.ts';
import { asUnfragmented, decodeFragments } from './fragment.ts';
import { MessageAssembly } from './reassembly.ts';

const body = Uint8Array.from({ length: 100 }, (_, i) => (i * 37) & 0xff);

/** Cuts of the message that cover it, in any order and with any overlap. */
const cuts = fc
  .array(fc.tuple(fc.nat({ max: 100 }), fc.nat({ max: 100 })), { maxLength: 30 })
  .map((pairs) => pairs.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const))
  .chain((ranges) =>
    fc.shuffledSubarray([...ranges, [0, 40], [40, 77], [77, 100]] as [number, number][], {
      minLength: ranges.length + 3,
    }),
  );

test('any order, any overlap and any re-fragmentation give the same message (RFC 6347 §4.2.3)', () => {
  fc.assert(
    fc.property(cuts, (ranges) => {
      const assembly = new MessageAssembly(body.length);
      let fresh = 0;
      for (const [i, [from, to]] of ranges.entries()) {
        const added = assembly.add(from, body.subarray(from, to), i);
        fresh += added.fresh.reduce((sum, piece) => sum + piece.bytes.length, 0);
        expect(added.conflict).toBeNull();
        expect(assembly.holds(from, body.subarray(from, to))).toBe(true);
      }
      expect(fresh).toBe(body.length);
      expect(assembly.complete).toBe(true);
      expect(assembly.body()).toEqual(body);
    }),
  );
});

test('a gap keeps the message incomplete until it is filled', () => {
  const assembly = new MessageAssembly(100);
  assembly.add(0, body.subarray(0, 30), 1);
  assembly.add(60, body.subarray(60), 2);
  expect(assembly).toMatchObject({ complete: false, covered: 70 });
  assembly.add(20, body.subarray(20, 70), 3);
  expect(assembly.complete).toBe(true);
  expect(assembly.pieces.map((p) => [p.from, p.record])).toEqual([
    [0, 1],
    [30, 3],
    [60, 2],
  ]);
});

test('bytes that differ from what came first are reported, and the first stay', () => {
  const assembly = new MessageAssembly(10);
  assembly.add(0, body.subarray(0, 10), 1);
  const other = body.slice(0, 10);
  other[4] = 0xff;
  expect(assembly.add(0, other, 2)).toMatchObject({ fresh: [], conflict: 4 });
  expect(assembly.body()).toEqual(body.subarray(0, 10));
  expect(assembly.holds(0, other)).toBe(false);
});

test('a message without body is complete once it was seen', () => {
  const assembly = new MessageAssembly(0);
  expect(assembly.complete).toBe(false);
  assembly.add(0, new Uint8Array(), 1);
  expect(assembly.complete).toBe(true);
});

test('a length that nobody sends is not allocated', () => {
  const assembly = new MessageAssembly(0xffffff);
  assembly.add(0, body, 1);
  expect(assembly.body().length).toBe(100);
});

test('fragments of several messages in one record, and what is wrong with the last', () => {
  const hex = '0e 000000 0005 000000 000000' + '0b 000064 0002 00005a 00000b 0102030405060708090a0b';
  const r = new ByteReader('plaintext', fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array());
  const [done, outside] = decodeFragments(r);
  expect(done).toMatchObject({ msgType: 14, messageSeq: 5, fault: null });
  expect(outside).toMatchObject({
    msgType: 11,
    length: 100,
    fragmentOffset: 90,
    fragmentLength: 11,
    fault: 'bytes 90 to 101 lie outside a message of 100 bytes',
  });
  expect(r.problems).toMatchObject([{ kind: 'illegal', field: 'fragment_length' }]);
});

test('no bytes make the fragment decoder throw or leave something unread', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const r = new ByteReader('plaintext', bytes);
      const fragments = decodeFragments(r);
      expect(r.remaining).toBe(0);
      expect(fragments.at(-1)?.at.to ?? 0).toBe(bytes.length);
    }),
  );
});

test('the transcript form of a message has fragment_offset 0 and its whole length (RFC 6347 §4.2.6)', () => {
  expect(asUnfragmented(20, 6, new Uint8Array(12)).subarray(0, 12)).toEqual(fromHex('1400000c000600000000000c'));
});
