/**
 * `dtlscope open`: the page with files of this machine, for one browser on it. The address holds a random word, but the
 * list of processes may show it to other users while the browser starts: so the first browser that asks is given a
 * cookie, and without it nothing more is told.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { type Listening, listen } from './listen.ts';
import { type PageFile, pageFile } from './page-files.ts';
import { answerWithPage, guarded } from './page-route.ts';
import { Problem } from './problem.ts';
import { pathBelow } from './trace-server.ts';

export interface OfferedFile {
  readonly name: string;
  /** A path, or what came on standard input. */
  readonly content: string | Uint8Array<ArrayBuffer>;
}

export interface FileServer extends Listening {
  readonly address: string;
}

/** By this mark the page knows that files wait for it: see offered-files.ts of the page. */
const MARK = '<meta name="dtlscope-files" content="api/files">';

export async function startFileServer(
  files: readonly OfferedFile[],
  page: ReadonlyMap<string, PageFile>,
  port: number,
): Promise<FileServer> {
  const base = `/${randomBytes(16).toString('base64url')}/`;
  const listening = await listen(fileServer(files, marked(page), base), { host: '127.0.0.1', port });
  return { ...listening, address: `http://127.0.0.1:${listening.port}${base}` };
}

function fileServer(
  files: readonly OfferedFile[],
  page: ReadonlyMap<string, PageFile>,
  base: string,
): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const [cookie, secret] = [`dtlscope-${base.slice(1, 9)}`, randomBytes(16).toString('base64url')];
  let taken = false;

  app.use('*', guarded);
  app.use(`${base}*`, async (c, next) => {
    if (getCookie(c, cookie) !== secret) {
      if (taken)
        throw new Problem(403, 'These files are open in another browser. Run dtlscope open again to see them here.');
      taken = true;
      setCookie(c, cookie, secret, { path: base, httpOnly: true, sameSite: 'Strict' });
    }
    await next();
  });
  app.get(`${base}api/files`, (c) => {
    c.header('cache-control', 'no-store');
    return c.json({ files: files.map(({ name }, index) => ({ name, address: `api/files/${index}` })) });
  });
  app.get(`${base}api/files/:index{[0-9]+}`, (c) => {
    const file = files[Number(c.req.param('index'))];
    if (!file) throw new Problem(404, 'There is nothing at this address.');
    c.header('cache-control', 'no-store');
    c.header('content-type', 'application/octet-stream');
    if (typeof file.content !== 'string') return c.body(file.content);
    return c.body(Readable.toWeb(createReadStream(file.content)) as ReadableStream);
  });
  app.all(`${base}*`, (c) => answerWithPage(c, page, pathBelow(base, c.req.path)));
  app.notFound((c) => c.text('There is nothing at this address.\n', 404));
  app.onError((failure, c) => {
    if (failure instanceof Problem) return c.text(`${failure.message}\n`, failure.status, failure.headers);
    return c.text('This file cannot be read.\n', 500);
  });
  return app;
}

function marked(page: ReadonlyMap<string, PageFile>): ReadonlyMap<string, PageFile> {
  const index = page.get('');
  if (!index) return page;
  const html = index.bytes.toString('utf8').replace('</head>', `  ${MARK}\n  </head>`);
  const file = pageFile('index.html', Buffer.from(html));
  const files = new Map([...page, ['', file], ['index.html', file]]);
  // Nothing of this page is to stay in the browser: next time it has another address.
  files.delete('sw.js');
  return files;
}
