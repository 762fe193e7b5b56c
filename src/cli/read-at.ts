/** Reads from any place of an open file, all at once. */
import { readSync } from 'node:fs';

/** Fewer bytes where the file ends. They lie in `into`, which is large enough, or in an array of their own. */
export function readAt(descriptor: number, offset: number, length: number, into?: Uint8Array): Uint8Array {
  const bytes = into?.subarray(0, length) ?? new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const more = readSync(descriptor, bytes, read, length - read, offset + read);
    if (more === 0) break;
    read += more;
  }
  return bytes.subarray(0, read);
}
