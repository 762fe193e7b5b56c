/** Room on disk for what is too large to keep in memory. Nobody else can read it, and nothing of it stays. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scratch } from '../capture/spool.ts';

export function temporaryFile(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'dtlscope-capture-'));
  const descriptor = openSync(join(folder, 'capture'), 'wx+', 0o600);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    // An open file stays readable without its name, and is gone however the program ends.
    remove();
  } catch {
    // Not on every system: there it is removed at the end.
    process.on('exit', () => {
      closeSync(descriptor);
      remove();
    });
  }
  return {
    write(at, bytes) {
      for (let done = 0; done < bytes.length; )
        done += writeSync(descriptor, bytes, done, bytes.length - done, at + done);
    },
    read(at, length, into) {
      const bytes = into?.subarray(0, length) ?? new Uint8Array(length);
      let read = 0;
      while (read < length) {
        const more = readSync(descriptor, bytes, read, length - read, at + read);
        if (more === 0) break;
        read += more;
      }
      return bytes.subarray(0, read);
    },
  };
}
