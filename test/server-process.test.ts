/**
 * The command line as it is installed, as processes of their own: ended politely, and killed in mid-write again and
 * again. What was acknowledged is there, and nothing half-written is served.
 */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathOf } from './captures.ts';
import { ciphertext, digest, ended, got, INDEX, put, Started } from './trace-servers.ts';

const started = new Started();
afterAll(started.end);

let file = '';
beforeAll(async () => {
  file = await started.commandLine();
});

const NO_REDIS = spawnSync('redis-server', ['--version']).error !== undefined && !process.env.CI;
const serve = (store: string) => started.process(file, ['serve', '--port', '0', '--store', store, '--rate', '1000000']);

describe.each([
  { kind: 'a folder', rounds: 24, start: () => Promise.resolve(started.folder()) },
  { kind: 'Redis', rounds: 6, start: () => started.redis() },
  { kind: 'the S3 interface', rounds: 6, start: () => started.s3() },
])('killed in mid-write on $kind', ({ kind, rounds, start }) => {
  test.skipIf(kind === 'Redis' && NO_REDIS)(`${rounds} times`, async () => {
    const place = (await start()) ?? '';
    const sent = new Set<string>();
    const acknowledged = new Map<string, string>();
    let brokenOff = 0;

    for (let round = 0; round < rounds; round++) {
      const { child, address } = await serve(place);
      let alive = true;
      const writer = async () => {
        while (alive) {
          const body = ciphertext(700_000);
          sent.add(digest(body));
          try {
            acknowledged.set((await put(address, body)).id, digest(body));
          } catch {
            brokenOff++;
            return;
          }
        }
      };
      const writers = Array.from({ length: 6 }, writer);
      const before = acknowledged.size;
      while (acknowledged.size === before) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      await ended(child, 'SIGKILL');
      alive = false;
      await Promise.all(writers);
    }

    const { address } = await serve(place);
    for (const [id, expected] of acknowledged) {
      const { status, bytes } = await got(address, id);
      expect([id, status, digest(bytes)]).toEqual([id, 200, expected]);
    }
    // What nobody was told of is there as a whole, or not at all.
    const names = kind === 'a folder' ? readdirSync(place).filter((name) => /^[\w-]{22}$/.test(name)) : [];
    for (const id of names) {
      const { status, bytes } = await got(address, id);
      expect([id, status, sent.has(digest(bytes))]).toEqual([id, 200, true]);
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(rounds);
    expect(brokenOff, 'uploads that were cut off by the kills').toBeGreaterThan(rounds);
  });
});

test('two processes on one folder, and 60 writers at once', async () => {
  const place = started.folder();
  const servers = await Promise.all([serve(place), serve(place)]);
  const bodies = Array.from({ length: 60 }, () => ciphertext(200_000));
  const receipts = await Promise.all(bodies.map((body, i) => put(servers[i % 2]?.address ?? '', body)));
  const read = await Promise.all(receipts.map(({ id }, i) => got(servers[(i + 1) % 2]?.address ?? '', id)));
  expect(read.map(({ bytes }) => digest(bytes))).toEqual(bodies.map(digest));
  expect(readdirSync(place).sort()).toEqual(receipts.map(({ id }) => id).sort());
});

test('SIGTERM lets an upload end, and takes no new ones', async () => {
  const { child, address } = await serve(started.folder());
  const body = ciphertext(500_000);
  const answer = new Promise<number>((resolve, reject) => {
    const upload = request(`${address}api/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'content-length': body.length },
    });
    upload.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject);
    upload.write(body.subarray(0, 250_000));
    const goOn = async () => {
      // Until it listens no more, the signal has not arrived.
      child.kill('SIGTERM');
      while (
        await fetch(address).then(
          () => true,
          () => false,
        )
      )
        await new Promise((wait) => setTimeout(wait, 20));
      upload.end(body.subarray(250_000));
    };
    setTimeout(() => void goOn().catch(reject), 200);
  });
  expect(await answer).toBe(201);
  expect(await ended(child)).toBe(0);
});

test('the page and its help come from one file in a folder with nothing else', async () => {
  const { address } = await serve(started.folder());
  expect(await (await fetch(address)).text()).toBe(INDEX);
  const cli = (...words: string[]) => spawnSync(process.execPath, [file, ...words], { encoding: 'utf8' });
  expect(cli('serve', '--help').stdout).toContain('--max-size');
  expect(cli('open', '--help').stdout).toContain('--no-browser');
  const port = new URL(address).port;
  for (const [words, sentence] of [
    [['serve', '--port', port], `Port ${port} of 127.0.0.1 is taken: name another with --port.`],
    [['serve', '--port', 'x'], '--port takes a number from 0 to 65535, not x.'],
    [['serve', '--expiry', '0'], '--expiry takes a number from 1 to 3650, not 0.'],
    [['serve', '--max-size', '1000'], '--max-size takes a number from 0.01 to 250, not 1000.'],
    [['serve', '--base', '../x'], '--base takes a path as /dtlscope/, not ../x.'],
    [['serve', 'a.pcap'], 'dtlscope serve takes no files, and a.pcap is none of its options.'],
    [['--port', '1', 'serve'], 'Write the command before its options: dtlscope serve ….'],
    [['open'], 'Name at least one file to open (dtlscope open --help shows how).'],
    [['open', 'none.pcap'], 'none.pcap does not exist.'],
  ] as const) {
    const { status, stderr, stdout } = cli(...words);
    expect([status, stdout, stderr]).toEqual([2, '', `${sentence}\n`]);
  }
});

describe('dtlscope open', () => {
  const names = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'];

  test('offers its files to the first browser alone, below an address that nobody can guess', async () => {
    const { child, address } = await started.process(file, [
      'open',
      '--no-browser',
      ...names.map((name) => pathOf(name)),
    ]);
    const { pathname, origin } = new URL(address);
    expect(pathname).toMatch(/^\/[\w-]{22}\/$/);
    for (const path of ['/', '/api/files', `/${'A'.repeat(22)}/`])
      expect((await fetch(origin + path)).status).toBe(404);
    const first = await fetch(address);
    expect(await first.text()).toContain('<meta name="dtlscope-files" content="api/files">');
    const given = first.headers.get('set-cookie') ?? '';
    expect(given).toMatch(new RegExp(`Path=${pathname}; HttpOnly; SameSite=Strict`));
    const cookie = given.split(';')[0] ?? '';
    const ask = (path: string, headers = { cookie }) => fetch(address + path, { headers });
    const { files } = (await (await ask('api/files')).json()) as { files: { name: string; address: string }[] };
    expect(files.map(({ name }) => name)).toEqual(names);
    for (const { name, address: at } of files) {
      const bytes = Buffer.from(await (await ask(at)).arrayBuffer());
      expect(digest(bytes), name).toBe(digest(readFileSync(pathOf(name))));
    }
    expect((await ask('api/files/9')).status).toBe(404);
    for (const path of ['', 'api/files', 'api/files/0'])
      expect((await ask(path, { cookie: 'dtlscope=guessed' })).status).toBe(403);
    expect(await ended(child, 'SIGINT')).toBe(0);
  });
});
