/** Room on disk for what is too large to keep in memory. Nobody else can read it, and nothing of it stays. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scratch } from '../capture/spool.ts';
import { readAt } from './read-at.ts';

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
    read: (at, length, into) => readAt(descriptor, at, length, into),
  };
}
