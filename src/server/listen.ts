/** A listening server that ends politely: whoever is being served is served to the end. */
import type { Server } from 'node:http';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';

export interface Listening {
  readonly port: number;
  /** Resolves once the last request was answered, or was given up. */
  close(): Promise<void>;
}

/** How long requests in flight may take to end. */
const PATIENCE_MS = 15_000;
/** A whole upload over a slow line fits, a sender that only pretends does not. */
const REQUEST_MS = 5 * 60_000;
const HEADERS_MS = 20_000;

/** Rejects where the port cannot be had. */
export async function listen(
  app: Hono<{ Bindings: HttpBindings }>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS, keepAliveTimeout: 10_000 },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: () =>
      new Promise((resolve) => {
        // Connections that are kept alive end as soon as they are idle.
        const idle = setInterval(() => server.closeIdleConnections(), 50);
        const late = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
        server.close(() => {
          clearInterval(idle);
          clearTimeout(late);
          resolve();
        });
      }),
  };
}
