/** The bytes of a file in pieces: all come in one and the same buffer where the browser can do that. */
import { bytesOf, whyUnreadable } from './unreadable.ts';

const CHUNK_BYTES = 1 << 20;

/** A chunk holds until the next one is asked for. Rejects with a reason that can be shown. */
export async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array, void> {
  const reader = readerInto(blob);
  if (reader) yield* oneBuffer(reader, blob);
  else
    for (let from = 0; from < blob.size; from += CHUNK_BYTES) yield await bytesOf(blob.slice(from, from + CHUNK_BYTES));
}

async function* oneBuffer(reader: ReadableStreamBYOBReader, blob: Blob): AsyncGenerator<Uint8Array, void> {
  let buffer = new ArrayBuffer(Math.min(CHUNK_BYTES, blob.size));
  try {
    for (;;) {
      const { value, done } = await reader.read(new Uint8Array(buffer));
      if (done || !value) return;
      yield value;
      // The stream moved the buffer here, and takes it from here again.
      buffer = value.buffer;
    }
  } catch (error) {
    // Chromium's streams say "network error", whatever it was; who asks for bytes alone is told more.
    await bytesOf(blob.slice(0, 1));
    throw new Error(whyUnreadable(error));
  } finally {
    // Whoever stops early does not wait for more bytes.
    reader.cancel().catch(() => undefined);
  }
}

/** Null where streams of files do not write into a buffer of their reader, and where there is nothing to read. */
function readerInto(blob: Blob): ReadableStreamBYOBReader | null {
  if (blob.size === 0) return null;
  try {
    return blob.stream().getReader({ mode: 'byob' });
  } catch {
    return null;
  }
}
