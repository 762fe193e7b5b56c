/** The page, kept in memory: a few files, read once at the start. Whatever is not among them does not exist. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface PageFile {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
  /** Its name changes with its content. */
  readonly hashed: boolean;
  /** Null where it would hardly be smaller. Compressed at the first request. */
  readonly gzipped: () => Promise<Buffer<ArrayBuffer> | null>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
};
/** Hidden files are the builder's, and the command line is no part of the page. */
const LEFT_OUT = /(^|\/)\.|^cli\.js$/;
const HASHED = /^assets\/.*-[A-Za-z0-9_-]{8}\.[a-z.]+$/;

/** By path, "" for the page itself. Null where the folder holds no page. */
export function readPage(folder: string): ReadonlyMap<string, PageFile> | null {
  if (!existsSync(join(folder, 'index.html'))) return null;
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(join(folder, '.').length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((path) => !LEFT_OUT.test(path));
  const files = new Map(paths.map((path) => [path, pageFile(path, readFileSync(join(folder, path)))]));
  const index = files.get('index.html');
  if (index) files.set('', index);
  return files;
}

export function pageFile(path: string, bytes: Buffer<ArrayBuffer>): PageFile {
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  let smaller: Promise<Buffer<ArrayBuffer> | null> | null = null;
  const compress = async () => {
    const result = Buffer.from(await promisify(gzip)(bytes, { level: 9 }));
    return result.length < bytes.length * 0.9 ? result : null;
  };
  return {
    bytes,
    type,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    hashed: HASHED.test(path),
    gzipped: () => {
      smaller ??= /^(text|application\/json|image\/svg)/.test(type) ? compress() : Promise.resolve(null);
      return smaller;
    },
  };
}
