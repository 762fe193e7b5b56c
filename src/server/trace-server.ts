/** `dtlscope serve`: the page and the traces behind one address. */
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { type Listening, listen } from './listen.ts';
import type { PageFile } from './page-files.ts';
import { answerWithPage, guarded } from './page-route.ts';
import { Problem } from './problem.ts';
import { rateLimit } from './rate-limit.ts';
import type { TraceStore } from './trace-store.ts';
import { type Limits, tracesApi } from './traces-api.ts';

export interface Serving extends Limits {
  readonly host: string;
  readonly port: number;
  /** "/" or "/folder/". */
  readonly base: string;
  /** Requests a minute of one address. */
  readonly rate: number;
  readonly trustProxy: boolean;
  readonly page: ReadonlyMap<string, PageFile>;
  readonly store: TraceStore;
  readonly now?: () => number;
}

const SWEEP_EVERY_MS = 3600_000;
const HEALTH_FOR_MS = 3_000;

type App = Hono<{ Bindings: HttpBindings }>;

/** Rejects where the port cannot be had. */
export async function startTraceServer(serving: Serving): Promise<Listening> {
  const { store } = serving;
  const listening = await listen(traceServer(serving), serving);
  const sweep = () =>
    store.sweep().catch((failure: unknown) => {
      console.error(`dtlscope serve: removing what has expired failed: ${String(failure)}`);
    });
  let sweeping = sweep();
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweep);
  }, SWEEP_EVERY_MS);
  return {
    port: listening.port,
    async close() {
      clearInterval(timer);
      await listening.close();
      await store.close();
      await sweeping;
    },
  };
}

export function traceServer({ page, base, rate, store, now = Date.now, ...limits }: Serving): App {
  const app: App = new Hono();
  const api = tracesApi({ ...limits, store, now, limit: rateLimit(rate) });
  app.use('*', guarded);
  const healthy = health(store, now);
  app.get('/healthz', async (c) => {
    c.header('cache-control', 'no-store');
    return (await healthy()) ? c.text('ok\n') : c.text('the store cannot be used\n', 503);
  });
  app.route(`${base}api`, api);
  if (base !== '/') app.get(base.slice(0, -1), (c) => c.redirect(base, 308));
  app.all(`${base}*`, (c) => answerWithPage(c, page, pathBelow(base, c.req.path)));
  app.notFound((c) => c.json({ message: 'There is nothing at this address.' }, 404));
  app.onError((failure, c) => {
    if (failure instanceof Problem) return c.json({ message: failure.message }, failure.status, failure.headers);
    console.error('dtlscope serve: a request failed:', failure);
    return c.json({ message: 'The server has a fault. Its log says more.' }, 500);
  });
  return app;
}

/** Anybody may ask for it, so the store is asked no more than once in a few seconds. */
function health(store: TraceStore, now: () => number): () => Promise<boolean> {
  let [asked, answer] = [Number.NEGATIVE_INFINITY, Promise.resolve(false)];
  return () => {
    if (now() - asked >= HEALTH_FOR_MS) {
      asked = now();
      answer = store.check().then(
        () => true,
        () => false,
      );
    }
    return answer;
  };
}

export function pathBelow(base: string, path: string): string {
  try {
    return decodeURIComponent(path.slice(base.length));
  } catch {
    throw new Problem(400, 'This address is malformed.');
  }
}
