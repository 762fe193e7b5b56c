/** The same promises on every kind of store, with two servers on one: a folder, Redis, and the S3 interface. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openStore } from '../src/server/open-store.ts';
import { s3Driver } from '../src/server/s3-driver.ts';
import { traceStore } from '../src/server/trace-store.ts';
import { ciphertext, digest, got, put, Started, upload } from './trace-servers.ts';

const started = new Started();
afterAll(started.end);

const NO_REDIS = spawnSync('redis-server', ['--version']).error !== undefined && !process.env.CI;
if (NO_REDIS) console.log('redis-server is not installed: what needs it is skipped.');

const PLACES = {
  'a folder': () => Promise.resolve(started.folder()),
  Redis: () => started.redis(),
  'the S3 interface': () => started.s3(),
};

const WRITERS = 50;
const BYTES = 200_000;

describe.each(Object.entries(PLACES))('%s', (kind, start) => {
  describe.skipIf(kind === 'Redis' && NO_REDIS)('with two servers', () => {
    let place = '';
    let servers: readonly [string, string] = ['', ''];

    beforeAll(async () => {
      place = (await start()) ?? '';
      servers = [await started.server(await started.store(place)), await started.server(await started.store(place))];
    });

    test(`${WRITERS} writers at once: all of it is there, whole, and from the other server too`, async () => {
      const bodies = Array.from({ length: WRITERS }, () => ciphertext(BYTES));
      const receipts = await Promise.all(bodies.map((body, i) => put(servers[i % 2] ?? '', body)));
      expect(new Set(receipts.map(({ id }) => id)).size).toBe(WRITERS);
      const read = await Promise.all(receipts.map(({ id }, i) => got(servers[(i + 1) % 2] ?? '', id)));
      expect(read.map(({ bytes }) => digest(bytes))).toEqual(bodies.map(digest));
    });

    test('what one server deletes is gone from the other', async () => {
      const { id, deleteToken } = await put(servers[0], ciphertext(BYTES));
      const address = `${servers[1]}api/traces/${id}`;
      const remove = (token: string) =>
        fetch(address, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
      expect((await remove('A'.repeat(22))).status).toBe(403);
      expect((await remove(deleteToken)).status).toBe(204);
      expect((await got(servers[0], id)).status).toBe(404);
    });

    test('an expired trace is never served, and its bytes are removed', async () => {
      let now = Date.now();
      const store = await started.store(place, () => now);
      started.add(store.close);
      const kept = await store.put(ciphertext(BYTES), now + 3600_000);
      const gone = await store.put(ciphertext(BYTES), now + 1000);
      now += 2000;
      expect((await store.get(gone.id)).kind).not.toBe('here');
      await store.sweep();
      expect((await store.get(gone.id)).kind).not.toBe('here');
      expect(await store.get(kept.id)).toMatchObject({ kind: 'here' });
      // Long after: not even its head is left.
      now += 100 * 24 * 3600_000;
      await store.sweep();
      if (kind !== 'Redis') expect((await store.get(gone.id)).kind).toBe('unknown');
    });
  });
});

test('a folder is for this user alone, and holds nothing but whole files', async () => {
  const folder = `${started.folder()}/deep/store`;
  const server = await started.server(await started.store(folder));
  const { id } = await put(server, ciphertext(100));
  expect(readdirSync(folder)).toEqual([id]);
});

test.skipIf(NO_REDIS)('Redis keeps bytes as they are, and removes them by itself', async () => {
  const place = (await started.redis()) ?? '';
  const client = new Redis(place);
  started.add(() => client.disconnect());
  const server = await started.server(await started.store(place));
  const response = await upload(server, ciphertext(BYTES), { 'dtlscope-expires-days': '2' });
  const { id } = (await response.json()) as { id: string };
  expect(await client.strlen(`dtlscope:trace:${id}`)).toBe(48 + BYTES);
  const seconds = await client.ttl(`dtlscope:trace:${id}`);
  expect(seconds).toBeGreaterThan(2 * 86_400 - 60);
  expect(seconds).toBeLessThanOrEqual(2 * 86_400);
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => log.mockRestore());
  await client.config('SET', 'maxmemory', '1mb');
  expect((await upload(server, ciphertext(BYTES))).status).toBe(507);
});

test('a sweep of S3 sees more than one page of the list, and its own folder alone', async () => {
  await started.s3();
  const { AWS_ENDPOINT_URL_S3: endpoint = '' } = process.env;
  const key = { endpoint, region: 'us-east-1', accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  const inFolder = (prefix: string, now: () => number) =>
    traceStore(s3Driver({ ...key, bucket: 'traces', prefix, pageSize: 5 }), now);
  const now = Date.now();
  const [mine, other] = [inFolder('shared/', () => now), inFolder('other/', () => now)];
  const neighbour = await other.put(ciphertext(100), now + 1000);
  const many = await Promise.all(Array.from({ length: 23 }, () => mine.put(ciphertext(50), now + 1000)));
  await inFolder('shared/', () => now + 100 * 24 * 3600_000).sweep();
  const left = await Promise.all(many.map(({ id }) => mine.get(id)));
  expect(left.filter(({ kind }) => kind !== 'unknown')).toEqual([]);
  expect((await other.get(neighbour.id)).kind).toBe('here');
});

test.each([
  ['redis://user:secret@127.0.0.1:9/0', 'The store redis://127.0.0.1:9/0 cannot be used: connect ECONNREFUSED'],
  ['ftp://x/y', 'There is no store of the kind ftp://x/y: name a folder'],
  ['s3:///x', 's3:///x does not name a bucket'],
  ['package.json/x', 'The store package.json/x cannot be used: ENOTDIR'],
])('%s is refused at the start in a sentence', async (place, sentence) => {
  await expect(openStore(place, {}, Date.now)).rejects.toThrow(sentence);
});

test('S3 without its keys, or a bucket that is not there', async () => {
  await expect(openStore('s3://traces', {}, Date.now)).rejects.toThrow('AWS_ACCESS_KEY_ID');
  await started.s3();
  await expect(started.store('s3://no-such-bucket')).rejects.toThrow(
    'The store s3://no-such-bucket cannot be used: listing the bucket failed: 404 NoSuchBucket.',
  );
});
