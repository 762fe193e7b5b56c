/**
 * One file per trace. The driver of unstorage writes in place, so a crash leaves half a file, and returns errors as if
 * they were values; here a file is written beside its place, forced to the disk, and renamed.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import fsLite from 'unstorage/drivers/fs-lite';
import { TRACE_ID, type TraceDriver } from './trace-driver.ts';

const TEMPORARY = /^[A-Za-z0-9_-]{22}\.[0-9a-f]{12}\.part$/;
/** A file that is being written is younger than this; other servers may use the same folder. */
const LEFT_OVER_MS = 15 * 60_000;

export function fileDriver(base: string): TraceDriver {
  const driver = fsLite({ base });

  async function removeLeftOvers(): Promise<void> {
    for (const name of await readdir(base)) {
      if (!TEMPORARY.test(name)) continue;
      const path = join(base, name);
      const facts = await stat(path).catch(() => null);
      if (facts && Date.now() - facts.mtimeMs > LEFT_OVER_MS) await rm(path, { force: true });
    }
  }

  return {
    ...driver,
    async getItemRaw(key) {
      return asked(await driver.getItemRaw?.(key, {}));
    },
    setItemRaw: (key, value) => writeWhole(base, key, value),
    async removeItem(key) {
      asked(await driver.removeItem?.(key, {}));
      await syncFolder(base);
    },
    async check() {
      await mkdir(base, { recursive: true, mode: 0o700 });
      const probe = join(base, `.check-${randomBytes(6).toString('hex')}`);
      await (await open(probe, 'wx', 0o600)).close();
      await rm(probe, { force: true });
    },
    async *heads(bytes) {
      await removeLeftOvers();
      for (const entry of await readdir(base, { withFileTypes: true })) {
        if (!entry.isFile() || !TRACE_ID.test(entry.name)) continue;
        const head = await readStart(join(base, entry.name), bytes);
        if (head) yield { key: entry.name, head };
      }
    },
  };
}

/** fs-lite returns what went wrong instead of throwing it. */
function asked(answer: unknown): Uint8Array | null {
  if (answer instanceof Error) throw answer;
  return answer instanceof Uint8Array ? answer : null;
}

async function writeWhole(base: string, key: string, value: Uint8Array): Promise<void> {
  const temporary = join(base, `${key}.${randomBytes(6).toString('hex')}.part`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(value);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(base, key));
  } catch (failure) {
    await rm(temporary, { force: true }).catch(() => {});
    throw failure;
  }
  await syncFolder(base);
}

/** Until then the new name may be lost in a power cut. */
async function syncFolder(base: string): Promise<void> {
  // Windows neither allows nor needs it.
  if (process.platform === 'win32') return;
  const folder = await open(base, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readStart(path: string, bytes: number): Promise<Uint8Array | null> {
  // Another server may have removed it since the folder was listed.
  const file = await open(path, 'r').catch(() => null);
  if (!file) return null;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
