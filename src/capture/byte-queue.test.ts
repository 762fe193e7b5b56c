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
