/** A host as one finds them: the page in some folder, types that it makes up, and files that come and go. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

export interface Host {
  /** Of the page. */
  readonly address: string;
  /** Paths that were asked for, the page's folder included. */
  readonly asked: readonly string[];
  /** By name within the build, "" for the page. Changes and deletions show at once. */
  readonly files: Map<string, Buffer>;
  close(): Promise<void>;
}

export interface HostHabits {
  /** Begins and ends with a slash. */
  readonly folder?: string;
  /** What it says of files whose endings it does not know. */
  readonly unknownType?: string;
  /** It answers with this page, and status 200, where it has nothing. */
  readonly instead?: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '': 'text/html',
  '.html': 'text/html',
  '.js': 'application/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export async function host({ folder = '/', unknownType = 'text/plain', instead }: HostHabits = {}): Promise<Host> {
  const files = new Map(
    readdirSync('dist', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'cli.js')
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice('dist/'.length).replaceAll('\\', '/'), readFileSync(path)]),
  );
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    asked.push(pathname);
    const name = pathname.startsWith(folder) ? pathname.slice(folder.length) : null;
    const file = name === null ? undefined : files.get(name || 'index.html');
    if (file) response.writeHead(200, { 'content-type': TYPES[extname(name ?? '')] ?? unknownType }).end(file);
    else if (instead !== undefined) response.writeHead(200, { 'content-type': 'text/html' }).end(instead);
    else response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    address: `http://localhost:${port}${folder}`,
    asked,
    files,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
