import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat } from '../wire/text.ts';
import { ByteQueue } from './byte-queue.ts';

test('whatever the chunks, the bytes come out in order and the offset is theirs', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 20 })),
      fc.array(fc.integer({ min: 1, max: 12 })),
      (chunks, reads) => {
        const queue = new ByteQueue();
        const all = concat(...chunks);
        let at = 0;
        const take = (length: number) => {
          if (!queue.has(length)) return false;
          expect(queue.offset).toBe(at);
          expect(queue.bytes.slice(queue.at, queue.at + length)).toEqual(all.slice(at, at + length));
          queue.at += length;
          at += length;
          return true;
        };
        for (const chunk of chunks) {
          queue.push(chunk);
          for (const length of reads) take(length);
        }
        while (take(1));
        expect([at, queue.remaining]).toEqual([all.length, 0]);
      },
    ),
  );
});

test('a chunk may be overwritten once it was pushed, and a long record does not keep its room', () => {
  const queue = new ByteQueue();
  const long = 6 << 20;
  const chunk = new Uint8Array(1 << 16);
  for (let pushed = 0; pushed < long; pushed += chunk.length) {
    chunk.fill((pushed / chunk.length) % 251);
    queue.push(chunk);
  }
  expect(queue.has(long)).toBe(true);
  expect([queue.at, queue.at + 70_000, queue.at + long - 1].map((at) => queue.bytes[at])).toEqual([0, 1, 95]);
  queue.at += long;
  queue.push(chunk);
  expect([queue.offset, queue.remaining]).toEqual([long, chunk.length]);
  expect(queue.bytes.length).toBeLessThan(1 << 20);
});
