/**
 * A proxy that everything a browser asks for must pass: what pages, their workers and service workers request, even
 * what no event of the browser tells. It passes on what goes to one host and refuses the rest.
 */
import { createServer, request } from 'node:http';

export interface RecordingProxy {
  readonly address: string;
  /** Hosts that were asked for, with their ports; one entry for each request. */
  readonly hosts: readonly string[];
  close(): Promise<void>;
}

export async function recordingProxy(allowed: string): Promise<RecordingProxy> {
  const hosts: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const target = new URL(incoming.url ?? '');
    hosts.push(target.host);
    if (target.host !== allowed) {
      outgoing.writeHead(403).end();
      return;
    }
    const { method = 'GET', headers } = incoming;
    // The name is that of this machine, whatever addresses it has.
    const passed = request(
      { host: '127.0.0.1', port: target.port, path: target.pathname + target.search, method, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  // What wants a tunnel wants TLS or a WebSocket.
  server.on('connect', ({ url = '' }, socket) => {
    hosts.push(url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const bound = server.address();
  return {
    address: `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`,
    hosts,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
