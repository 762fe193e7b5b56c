/** Files that were there when they were chosen, and are not, or are others, when their bytes are asked for. */

import { BytesGone, type CaptureSource } from '../capture/datagram.ts';

/** Browsers refuse to read a file whose size or time has changed, as they do one that is gone (File API §10). */
const GONE: ReadonlySet<string> = new Set(['NotFoundError', 'NotReadableError']);

/** What follows "The file could not be read: ". */
export function whyUnreadable(error: unknown): string {
  if (!(error instanceof Error || error instanceof DOMException)) return String(error);
  if (GONE.has(error.name)) return 'it was changed, moved or deleted after it was chosen; choose it again';
  return error.name === 'SecurityError' || error.name === 'NotAllowedError'
    ? 'the browser was not allowed to read it; choose it again'
    : error.message.replace(/\.$/, '');
}

/** Rejects with a reason that can be shown. */
export async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    throw new Error(whyUnreadable(error));
  }
}

/** Only workers have it. */
interface SyncReader {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

/** Reads parts of a file at once; nothing where there is no such reader. */
export function readerOf(name: string, blob: Blob): Pick<CaptureSource, 'readAt'> {
  const { FileReaderSync: Reader } = globalThis as { FileReaderSync?: new () => SyncReader };
  if (!Reader) return {};
  const reader = new Reader();
  return {
    readAt: (offset, length) => {
      try {
        return new Uint8Array(reader.readAsArrayBuffer(blob.slice(offset, offset + length)));
      } catch (error) {
        throw new BytesGone(name, whyUnreadable(error));
      }
    },
  };
}

/** Null where it cannot be read: whoever opens the file says why. */
export async function headOf(blob: Blob, length: number): Promise<Uint8Array<ArrayBuffer> | null> {
  return await bytesOf(blob.slice(0, length)).catch(() => null);
}
