/** Answers with the files of the page, and gives every answer the headers that keep the page to itself. */
import type { Context, MiddlewareHandler } from 'hono';
import type { PageFile } from './page-files.ts';
import { Problem } from './problem.ts';

/** The page talks to its own server alone, and nobody may put it into a frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const guarded: MiddlewareHandler = async (c, next) => {
  await next();
  c.header('content-security-policy', POLICY);
  c.header('referrer-policy', 'no-referrer');
  c.header('x-content-type-options', 'nosniff');
  c.header('x-frame-options', 'DENY');
  c.header('cross-origin-opener-policy', 'same-origin');
  c.header('cross-origin-resource-policy', 'same-origin');
};

/** @param path Below the page's folder, without a slash at its start. */
export async function answerWithPage(
  c: Context,
  files: ReadonlyMap<string, PageFile>,
  path: string,
): Promise<Response> {
  const file = files.get(path);
  if (!file) throw new Problem(404, 'There is nothing at this address.');
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD')
    throw new Problem(405, 'The page can only be read.', { allow: 'GET, HEAD' });
  c.header('content-type', file.type);
  c.header('etag', file.etag);
  c.header('cache-control', file.hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  c.header('vary', 'accept-encoding');
  // The page as one file is for a disk: its scripts are inside, where the policy forbids them.
  if (path.endsWith('.html') && path !== 'index.html') c.header('content-disposition', 'attachment');
  if (c.req.header('if-none-match')?.includes(file.etag)) return c.body(null, 304);
  const gzipped = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '') ? await file.gzipped() : null;
  if (gzipped) c.header('content-encoding', 'gzip');
  const body = gzipped ?? file.bytes;
  c.header('content-length', String(body.length));
  return c.body(body);
}
