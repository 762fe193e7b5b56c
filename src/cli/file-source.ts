/** Files on disk and standard input as a session reads them. */
import { openSync, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { BytesGone, type CaptureSource } from '../capture/datagram.ts';
import { UsageError } from './arguments.ts';
import { readAt } from './read-at.ts';

const CHUNK_BYTES = 1 << 20;
/** A file may grow while it is read, and some say that they are empty. */
const LEAST_CHUNK_BYTES = 1 << 16;

/** `-` is standard input. A file that is not there is a UsageError with its sentence. */
export async function fileSource(file: string): Promise<CaptureSource> {
  if (file === '-') return { name: 'standard input', size: null, chunks: () => process.stdin };
  const facts = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(cannotRead(file, error));
  });
  if (facts.isDirectory()) throw new UsageError(`${file} is a directory. Name the files in it.`);
  return {
    name: basename(file),
    size: facts.size,
    chunks: () => chunksOf(file, chunkBytes(facts)),
    ...(facts.isFile() ? { readAt: reader(file) } : {}),
  };
}

/** A chunk holds until the next one is asked for. */
export const fileChunks = (file: string): AsyncGenerator<Uint8Array, void> => chunksOf(file, CHUNK_BYTES);

const chunkBytes = ({ size }: Stats): number => Math.max(LEAST_CHUNK_BYTES, Math.min(CHUNK_BYTES, size));

/** While one chunk is looked at, the next is read into the other buffer. */
async function* chunksOf(file: string, length: number): AsyncGenerator<Uint8Array, void> {
  const handle = await open(file);
  const buffers = [new Uint8Array(length), new Uint8Array(length)] as const;
  let reading = readInto(handle, buffers[0]);
  try {
    for (let turn = 0; ; turn++) {
      const read = await reading;
      if (read instanceof Error) throw read;
      if (read === 0) return;
      reading = readInto(handle, buffers[turn % 2 === 0 ? 1 : 0]);
      yield buffers[turn % 2 === 0 ? 0 : 1].subarray(0, read);
    }
  } finally {
    await reading;
    await handle.close();
  }
}

/** How many bytes were read; an error is given back, because nobody may be waiting for it when it comes. */
async function readInto(handle: FileHandle, buffer: Uint8Array): Promise<number | Error> {
  try {
    return (await handle.read(buffer, 0, buffer.length, null)).bytesRead;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Reads parts of a file that is opened when the first is asked for, and stays open until the end. */
function reader(file: string): NonNullable<CaptureSource['readAt']> {
  let descriptor: number | null = null;
  return (offset, length, into) => {
    try {
      descriptor ??= openSync(file, 'r');
      return readAt(descriptor, offset, length, into);
    } catch (error) {
      throw new BytesGone(basename(file), (error as Error).message);
    }
  };
}

export function cannotRead(file: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `${file} does not exist.`;
  if (error.code === 'EACCES') return `${file} may not be read by this user.`;
  return `${file} could not be read: ${error.message}.`;
}
