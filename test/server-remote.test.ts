/** Sharing through a server, as page and command line do it: from the capture to the same trace again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { splitLink, storedLink } from '../src/share/link.ts';
import { deleteTrace, fetchTrace, serverFacts, storeTrace } from '../src/share/remote.ts';
import { ciphertext, digest, INDEX, Started } from './trace-servers.ts';

const started = new Started();
afterAll(started.end);

const FILE = ciphertext(200_000);
const DAY = 24 * 3600_000;
let now = Date.UTC(2026, 5, 1);
let folder = '';
let base = '';

beforeAll(async () => {
  folder = started.folder();
  base = await started.server(await started.store(folder, () => now), { now: () => now });
});

async function stored(days = 30) {
  const result = await storeTrace(FILE, { base, days });
  if (result.kind !== 'stored') throw new Error(JSON.stringify(result));
  const parts = splitLink(result.link);
  if (parts?.kind !== 'stored') throw new Error(result.link);
  return { ...result, parts };
}

test('what was stored comes back by its link, and the server saw neither content nor key', async () => {
  const { id, parts, link, expires } = await stored(3);
  expect(link).toMatch(/^1s\.[\w-]{22}\.[\w-]{43}$/);
  expect(expires).toEqual(new Date(now + 3 * DAY));
  expect(await fetchTrace(parts, base)).toEqual({ kind: 'fetched', file: new Uint8Array(FILE) });
  const kept = readFileSync(join(folder, id));
  for (const secret of [FILE.subarray(1, 17), FILE.subarray(-16), Buffer.from(parts.key, 'base64url')])
    expect(kept.includes(secret)).toBe(false);
});

test('links of stored traces say that they are, and whether they hold secrets', async () => {
  const shape = { version: 1, kind: 'stored', body: 'id', key: 'key', view: '' };
  expect(splitLink(`https://x/y/#${storedLink('id', 'key', false)}`)).toEqual({ ...shape, secret: false });
  expect(splitLink(`#${storedLink('id', 'key', true)}~a1.r2`)).toEqual({ ...shape, secret: true, view: 'a1.r2' });
  expect(splitLink('#1d.abc.def')).toBeNull();
  expect(splitLink('#1r.abc.def')).toBeNull();
  const secret = await storeTrace(FILE, { base, secret: true });
  expect(secret).toMatchObject({ kind: 'stored', link: expect.stringMatching(/^1ss\./) });
});

test('progress is told while fetching, and both ways can be given up', async () => {
  const { parts } = await stored();
  const heard: (readonly [number, number | null])[] = [];
  await fetchTrace(parts, base, { progress: (done, total) => heard.push([done, total]) });
  const length = FILE.length + 41;
  expect(heard.at(-1)).toEqual([length, length]);
  const late = new AbortController();
  const result = fetchTrace(parts, base, { signal: late.signal, progress: () => late.abort() });
  expect(await result).toEqual({ kind: 'cancelled' });
  expect(await storeTrace(FILE, { base, signal: AbortSignal.abort() })).toEqual({ kind: 'cancelled' });
});

describe('every failure is a sentence', () => {
  const KEY = { kind: 'failed', message: expect.stringContaining('The key in this link does not fit') };

  test('a key that is cut off or altered', async () => {
    const { parts } = await stored();
    const altered = `${parts.key[0] === 'A' ? 'B' : 'A'}${parts.key.slice(1)}`;
    for (const key of ['', parts.key.slice(0, -1), `${parts.key}A`, altered, 'ä'])
      expect(await fetchTrace({ ...parts, key }, base)).toEqual(KEY);
    expect(await fetchTrace({ ...parts, body: parts.body.slice(1) }, base)).toEqual(KEY);
  });

  test('a trace that expired, was deleted, or never was', async () => {
    const { parts, id, deleteToken } = await stored(1);
    now += DAY;
    expect(await fetchTrace(parts, base)).toEqual({ kind: 'failed', message: 'This trace has expired on 2026-06-02.' });
    const other = await stored();
    expect(await deleteTrace(other.id, deleteToken, base)).toEqual({
      kind: 'failed',
      message: 'This is not the token of that trace. Nothing was deleted.',
    });
    expect(await deleteTrace(other.id, other.deleteToken, base)).toBeNull();
    expect(await fetchTrace(other.parts, base)).toEqual({
      kind: 'failed',
      message: 'There is no such trace here; it may have been deleted, or have expired long ago.',
    });
    expect(id).not.toBe(other.id);
  });

  test('a trace that is too large, a link of tomorrow, a server that is away or keeps nothing', async () => {
    expect(await storeTrace(ciphertext(1024 * 1024), { base })).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('takes up to 1 MB'),
    });
    const { parts } = await stored();
    expect(await fetchTrace({ ...parts, version: 2 }, base)).toMatchObject({
      message: 'This link needs version 2 of the format, this page knows 1: reload the page.',
    });
    const away = 'http://127.0.0.1:9/';
    expect(await fetchTrace(parts, away)).toMatchObject({
      message: expect.stringContaining('127.0.0.1:9 does not answer'),
    });
    expect(await serverFacts(away)).toBeNull();
    expect(await serverFacts(`${base}index.html#x`)).toEqual({ maxBytes: 1024 * 1024, expiryDays: 30 });
    expect(await serverFacts(`${base}nowhere/`)).toBeNull();
  });
});

test('a server gives the page, which asks it for traces at the address that it came from', async () => {
  expect(await (await fetch(base)).text()).toBe(INDEX);
  const sub = await started.server(await started.store(started.folder()), { base: '/a/b/' });
  for (const from of [sub, sub.slice(0, -1), `${sub}index.html?x#1d.y`]) {
    const result = await storeTrace(FILE, { base: from });
    const parts = result.kind === 'stored' ? splitLink(result.link) : null;
    if (!parts) throw new Error(JSON.stringify(result));
    const back = await fetchTrace(parts, from);
    expect(back.kind === 'fetched' && digest(back.file)).toBe(digest(FILE));
  }
});
