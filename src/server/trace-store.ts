/** Traces under random names: ciphertext in, ciphertext out, and away on their day. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createStorage } from 'unstorage';
import { HEAD_BYTES, type Head, readHead, readValue, writeValue } from './stored-value.ts';
import type { TraceDriver } from './trace-driver.ts';

export interface Stored {
  readonly id: string;
  readonly deleteToken: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export type Found =
  | { readonly kind: 'here'; readonly ciphertext: Uint8Array; readonly expires: number }
  | { readonly kind: 'expired'; readonly expires: number }
  | { readonly kind: 'unknown' };

export interface TraceStore {
  put(ciphertext: Uint8Array, expires: number): Promise<Stored>;
  get(id: string): Promise<Found>;
  remove(id: string, deleteToken: string): Promise<'removed' | 'wrong token' | 'unknown'>;
  /** Removes what has expired, and what a crash left behind. */
  sweep(): Promise<void>;
  /** Rejects while the store cannot be used. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** So long a trace that is gone is still said to have expired. */
const REMEMBERED_MS = 30 * 24 * 3600_000;
/** A store that takes longer is taken for broken. */
const TIMEOUT_MS = 30_000;

export function traceStore(driver: TraceDriver, now: () => number): TraceStore {
  const storage = createStorage({ driver });
  let closed = false;
  const write = (id: string, value: Uint8Array, until: number) =>
    soon(storage.setItemRaw(id, value, { ttl: Math.max(1, Math.ceil((until - now()) / 1000)) }));

  async function read(id: string): Promise<ReturnType<typeof readValue>> {
    const bytes = await soon(storage.getItemRaw<Uint8Array>(id));
    return bytes ? readValue(bytes) : null;
  }

  return {
    async put(ciphertext, expires) {
      const [id, deleteToken] = [randomName(), randomName()];
      await write(id, writeValue({ expires, tokenHash: hashOf(deleteToken) }, ciphertext), expires);
      return { id, deleteToken, expires };
    },
    async get(id) {
      const found = await read(id);
      if (!found) return { kind: 'unknown' };
      const { head, ciphertext } = found;
      if (gone(head, now())) return { kind: 'expired', expires: head.expires };
      return { kind: 'here', ciphertext, expires: head.expires };
    },
    async remove(id, deleteToken) {
      const found = await read(id);
      if (!found) return 'unknown';
      if (!timingSafeEqual(hashOf(deleteToken), found.head.tokenHash)) return 'wrong token';
      await soon(storage.removeItem(id));
      return 'removed';
    },
    async sweep() {
      for await (const { key, head: bytes } of driver.heads(HEAD_BYTES)) {
        if (closed) return;
        const head = readHead(bytes);
        if (!head || !gone(head, now())) continue;
        const until = head.expires + REMEMBERED_MS;
        if (until <= now()) await soon(storage.removeItem(key));
        else if (head.length > 0) await write(key, writeValue(head, new Uint8Array()), until);
      }
    },
    check: () => soon(driver.check()),
    async close() {
      closed = true;
      await storage.dispose();
    },
  };
}

function gone({ expires, length }: Head, now: number): boolean {
  return expires <= now || length === 0;
}

function randomName(): string {
  return randomBytes(16).toString('base64url');
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

async function soon<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the store does not answer')), TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
