/** The first bytes of a file, by which it is told what the file is; then the whole of it, those bytes included. */
import type { CaptureSource } from '../capture/datagram.ts';
import { HEAD_BYTES } from '../capture/open.ts';

export interface BegunFile {
  readonly head: Uint8Array;
  /** All of the file, once. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What went wrong is said in a sentence. */
export async function beginFile(file: CaptureSource): Promise<BegunFile | string> {
  const chunks = file.chunks()[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < HEAD_BYTES) {
      const next = await chunks.next();
      if (next.done) break;
      read.push(next.value.slice());
      length += next.value.length;
    }
  } catch (error) {
    return cannotRead(file.name, error);
  }
  const head = new Uint8Array(Math.min(length, HEAD_BYTES));
  let at = 0;
  for (const chunk of read) {
    if (at >= head.length) break;
    head.set(chunk.subarray(0, head.length - at), at);
    at += chunk.length;
  }
  return { head, chunks: resume(read, chunks) };
}

export function cannotRead(name: string, error: unknown): string {
  return `${name} could not be read: ${error instanceof Error ? error.message : String(error)}.`;
}

async function* resume(
  read: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncIterableIterator<Uint8Array> {
  try {
    yield* read;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    void rest.return?.();
  }
}
