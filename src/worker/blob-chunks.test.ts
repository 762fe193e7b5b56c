import { expect, test } from 'vitest';
import { chunksOf } from './blob-chunks.ts';

const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31) >> 3);

/** Looked at while it holds. */
async function read(blob: Blob): Promise<{ readonly chunks: number; readonly bytes: Uint8Array }> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunksOf(blob)) pieces.push(chunk.slice());
  return { chunks: pieces.length, bytes: Buffer.concat(pieces) };
}

/** As a browser that makes a new buffer each time. */
function withoutByteStreams(blob: Blob): Blob {
  return Object.assign(blob, { stream: () => new ReadableStream() });
}

test.each([
  ['into a buffer of the reader', (blob: Blob) => blob],
  ['in a browser that cannot do that', withoutByteStreams],
])('all bytes come once, in their order: %s', async (_, made) => {
  const all = await read(made(new Blob([bytes])));
  expect(all.chunks).toBeGreaterThan(1);
  expect(Buffer.compare(all.bytes, bytes)).toBe(0);
  expect((await read(made(new Blob([])))).chunks).toBe(0);
});

test('whoever has enough lets go of the file', async () => {
  let cancelled = false;
  const stream = new ReadableStream({
    type: 'bytes',
    pull: (controller) => controller.enqueue(new Uint8Array(10)),
    cancel: () => {
      cancelled = true;
    },
  });
  for await (const chunk of chunksOf(Object.assign(new Blob([bytes]), { stream: () => stream }))) {
    expect(chunk.length).toBe(10);
    break;
  }
  expect(cancelled).toBe(true);
});

test('a file that changed meanwhile is told in words', async () => {
  const stream = new ReadableStream({
    type: 'bytes',
    pull: () => {
      throw new DOMException('The file changed', 'NotReadableError');
    },
  });
  const blob = Object.assign(new Blob([bytes]), { stream: () => stream });
  await expect(read(blob)).rejects.toThrow(/changed, moved or deleted/);
});
