/** A static file server for localhost, in plain node: `npm start` and the browser tests use it. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
};

/**
 * Serves `folder` on 127.0.0.1. Port 0 means any; a port in use means the next free one.
 * @param {string} folder
 * @param {number} port
 * @returns {Promise<{ address: string, close: () => Promise<void> }>}
 */
export async function serve(folder, port) {
  const root = resolve(folder);
  const server = createServer((request, response) => {
    const file = find(root, request.url ?? '/');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else if (file === null) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found\n');
    } else {
      response.writeHead(200, {
        'content-type': TYPES[extname(file.path)] ?? 'application/octet-stream',
        'content-length': file.size,
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
      });
      if (request.method === 'HEAD') response.end();
      else
        createReadStream(file.path)
          .on('error', () => response.destroy())
          .pipe(response);
    }
  });
  const bound = await listen(server, port);
  return {
    address: `http://localhost:${bound}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {string} root
 * @param {string} url
 * @returns {{ path: string, size: number } | null}
 */
function find(root, url) {
  try {
    let path = resolve(join(root, decodeURIComponent(new URL(url, 'http://localhost').pathname)));
    if (path !== root && !path.startsWith(root + sep)) return null;
    let found = statSync(path);
    if (found.isDirectory()) {
      path = join(path, 'index.html');
      found = statSync(path);
    }
    return found.isFile() ? { path, size: found.size } : null;
  } catch {
    return null;
  }
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 * @returns {Promise<number>}
 */
function listen(server, port) {
  return new Promise((done, failed) => {
    /** @param {NodeJS.ErrnoException} error */
    const retry = (error) => {
      const busy = (error.code === 'EADDRINUSE' || error.code === 'EACCES') && port !== 0 && port < 65_535;
      if (busy) listen(server, port + 1).then(done, failed);
      else failed(error);
    };
    server.once('error', retry);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', retry);
      const bound = server.address();
      done(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}
