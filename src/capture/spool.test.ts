import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { concatAll } from '../wire/text.ts';
import { BytesGone } from './datagram.ts';
import { type Scratch, Spool } from './spool.ts';

function memory(): Scratch {
  let all: Uint8Array = new Uint8Array();
  return {
    write(at, bytes) {
      expect(at).toBe(all.length);
      all = concatAll([all, bytes]);
    },
    read: (at, length) => all.slice(at, at + length),
  };
}

test('whatever was added is read, also what is overwritten since, and whether it was put aside or not', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.nat(100), fc.nat(300), (chunks, kept, offset) => {
      const spool = new Spool('a.gz', memory, kept);
      const all = concatAll(chunks.map((chunk) => chunk.slice()));
      for (const chunk of chunks) {
        spool.add(chunk);
        chunk.fill(0xee);
      }
      expect(spool.readAt(offset, 20)).toEqual(all.slice(offset, offset + 20));
    }),
  );
});

test('little is kept in memory, and nothing made for it', () => {
  const make = vi.fn(memory);
  const spool = new Spool('a.gz', make, 100);
  spool.add(new Uint8Array(100));
  expect(make).not.toHaveBeenCalled();
  spool.add(new Uint8Array(1));
  expect(make).toHaveBeenCalledOnce();
});

test.each([
  [
    'made',
    () => {
      throw new Error('the disk is full');
    },
  ],
  [
    'written',
    () => ({
      ...memory(),
      write: () => {
        throw new Error('the disk is full');
      },
    }),
  ],
] as const)('where no room can be %s, it is said what to do', (_, make) => {
  const spool = new Spool('a.gz', make, 10);
  expect(() => spool.add(new Uint8Array(11))).toThrow(BytesGone);
  expect(() => spool.add(new Uint8Array(11))).toThrow(
    /^a\.gz cannot be read any more: .*disk is full.*unpack it to a file/,
  );
});
