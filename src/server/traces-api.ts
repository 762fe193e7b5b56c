/** The interface over HTTP: store, fetch and delete a trace. All of it is ciphertext to this side. */
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { busy, readBody } from './body.ts';
import { memoryOf } from './memory.ts';
import { Problem, storeProblem } from './problem.ts';
import type { RateLimit } from './rate-limit.ts';
import { TRACE_ID } from './trace-driver.ts';
import type { TraceStore } from './trace-store.ts';

export interface Limits {
  readonly maxBytes: number;
  readonly expiryDays: number;
}

export interface Service extends Limits {
  readonly store: TraceStore;
  readonly limit: RateLimit;
  readonly now: () => number;
  /** A proxy of ours stands before this server and says whom it asks for. */
  readonly trustProxy: boolean;
}

export type Env = { Bindings: HttpBindings };

const DAY_MS = 24 * 3600_000;
/** Version, nonce and tag: no encrypted trace is as short. */
const SHORTEST_TRACE = 42;
/** Versions of the encryption that pages of this release write and read; the first byte of a trace. */
const FORMATS: readonly number[] = [1];
const LEAST_MEMORY = 256 * 1024 * 1024;

export function tracesApi({ store, limit, now, trustProxy, maxBytes, expiryDays }: Service): Hono<Env> {
  const memory = memoryOf(Math.max(LEAST_MEMORY, 4 * maxBytes));
  const api = new Hono<Env>();

  const often: MiddlewareHandler<Env> = async (c, next) => {
    const seconds = limit(askedBy(c, trustProxy), now());
    if (seconds > 0)
      throw new Problem(429, `Too many requests from this address. Try again in ${seconds} s.`, {
        'retry-after': String(seconds),
      });
    c.header('cache-control', 'no-store');
    await next();
  };
  api.use('*', often);

  api.get('/info', (c) => c.json({ maxBytes, expiryDays, formats: FORMATS }));
  api.all('/info', () => notAllowed('GET'));

  api.post('/traces', async (c) => {
    const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/octet-stream' || c.req.header('content-encoding') !== undefined)
      throw new Problem(415, 'A trace is sent as application/octet-stream, and as it is.');
    const days = daysOf(c.req.header('dtlscope-expires-days'), expiryDays);
    const mine = memory.share();
    try {
      const ciphertext = await readBody(c.env.incoming, maxBytes, mine);
      if (ciphertext.length < SHORTEST_TRACE || !FORMATS.includes(ciphertext[0] ?? 0))
        throw new Problem(400, 'This is no encrypted trace, or of a newer version. Nothing was stored.');
      const { id, deleteToken, expires } = await stored(() => store.put(ciphertext, now() + days * DAY_MS));
      return c.json({ id, deleteToken, expires: new Date(expires).toISOString() }, 201);
    } finally {
      mine.release();
    }
  });
  api.all('/traces', () => notAllowed('POST'));

  api.get('/traces/:id', async (c) => {
    const id = idOf(c);
    const found = await stored(() => store.get(id));
    if (found.kind === 'unknown') throw unknown();
    if (found.kind === 'expired') throw expired(found.expires);
    const { ciphertext, expires } = found;
    c.header('content-type', 'application/octet-stream');
    c.header('content-length', String(ciphertext.length));
    c.header('dtlscope-expires', new Date(expires).toISOString());
    if (c.env.incoming.method === 'HEAD') return c.body(null);
    const mine = memory.share();
    if (!mine.take(ciphertext.length)) throw busy();
    c.env.outgoing.once('close', mine.release);
    return c.body(ciphertext as Uint8Array<ArrayBuffer>);
  });

  api.delete('/traces/:id', async (c) => {
    const id = idOf(c);
    const token = /^Bearer ([A-Za-z0-9_-]{1,100})$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (token === undefined)
      throw new Problem(401, 'Deleting a trace needs the token that its sharer was given.', {
        'www-authenticate': 'Bearer',
      });
    switch (await stored(() => store.remove(id, token))) {
      case 'removed':
        return c.body(null, 204);
      case 'wrong token':
        throw new Problem(403, 'This is not the token of that trace. Nothing was deleted.');
      case 'unknown':
        throw unknown();
    }
  });
  api.all('/traces/:id', () => notAllowed('GET, HEAD, DELETE'));

  api.all('*', () => {
    throw new Problem(404, 'There is nothing at this address.');
  });
  return api;
}

function idOf(c: Context<Env, '/traces/:id'>): string {
  const id = c.req.param('id');
  if (!TRACE_ID.test(id)) throw new Problem(400, 'This is not the id of a trace: the link is cut off or altered.');
  return id;
}

function daysOf(header: string | undefined, most: number): number {
  if (header === undefined) return most;
  const days = /^\d{1,5}$/.test(header) ? Number(header) : 0;
  if (days < 1 || days > most)
    throw new Problem(400, `A trace is kept for 1 to ${most} days here. Nothing was stored.`);
  return days;
}

async function stored<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    console.error(`dtlscope serve: the store failed: ${failure instanceof Error ? failure.message : String(failure)}`);
    throw storeProblem(failure);
  }
}

/** The last address of the header is the one that our own proxy added; those before it are anybody's words. */
function askedBy(c: Context<Env>, trustProxy: boolean): string {
  const forwarded = trustProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return forwarded || (c.env.incoming.socket.remoteAddress ?? '');
}

function unknown(): Problem {
  return new Problem(404, 'There is no such trace here; it may have been deleted, or have expired long ago.');
}

function expired(at: number): Problem {
  return new Problem(410, `This trace has expired on ${new Date(at).toISOString().slice(0, 10)}.`);
}

function notAllowed(allow: string): never {
  throw new Problem(405, `This address takes ${allow} alone.`, { allow });
}
