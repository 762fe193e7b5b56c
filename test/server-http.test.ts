/** `dtlscope serve` over HTTP: what is answered to the right, wrong, oversized, expired and too frequent request. */
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { fileDriver } from '../src/server/file-driver.ts';
import { traceStore } from '../src/server/trace-store.ts';
import { ciphertext, got, INDEX, put, Started, upload } from './trace-servers.ts';

const started = new Started();
afterAll(started.end);

const DAY = 24 * 3600_000;
let now = Date.UTC(2026, 0, 10, 12);
let folder = '';
let address = '';

beforeAll(async () => {
  folder = started.folder();
  address = await started.server(await started.store(folder, () => now), { now: () => now });
});

/** Of a refusal: status, and its sentence. */
async function refusal(response: Response): Promise<readonly [number, string]> {
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  const { message } = (await response.json()) as { message: string };
  expect(message).toMatch(/^[A-Z].*\.$/);
  return [response.status, message];
}

const call = (path: string, init?: RequestInit) => fetch(address + path, init);

describe('a trace', () => {
  test('is stored, fetched, and deleted with its token', async () => {
    const body = ciphertext(5000);
    const response = await upload(address, body);
    expect(response.status).toBe(201);
    const { id, deleteToken, expires } = (await response.json()) as Record<string, string>;
    expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(expires).toBe(new Date(now + 30 * DAY).toISOString());
    const fetched = await call(`api/traces/${id}`);
    expect(fetched.headers.get('content-type')).toBe('application/octet-stream');
    expect(fetched.headers.get('cache-control')).toBe('no-store');
    expect(Buffer.from(await fetched.arrayBuffer()).equals(body)).toBe(true);
    const head = await call(`api/traces/${id}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5000', '']);
    const headers = { authorization: `Bearer ${deleteToken}` };
    expect((await call(`api/traces/${id}`, { method: 'DELETE', headers })).status).toBe(204);
    expect((await refusal(await call(`api/traces/${id}`)))[0]).toBe(404);
    expect((await refusal(await call(`api/traces/${id}`, { method: 'DELETE', headers })))[0]).toBe(404);
  });

  test('lies in the store as ciphertext, beside the hash of its token', async () => {
    const body = ciphertext(300);
    const { id, deleteToken } = await put(address, body);
    const file = readFileSync(join(folder, id));
    expect(file.subarray(-300).equals(body)).toBe(true);
    expect(file.includes(deleteToken)).toBe(false);
    expect(file.includes(Buffer.from(deleteToken, 'base64url'))).toBe(false);
  });

  test('is kept as long as its sharer wants, then is said to have expired, and its bytes are removed', async () => {
    const response = await upload(address, ciphertext(1000), { 'dtlscope-expires-days': '2' });
    const { id, deleteToken } = (await response.json()) as { id: string; deleteToken: string };
    const kept = now;
    now += 2 * DAY - 1;
    expect((await got(address, id)).status).toBe(200);
    now += 1;
    const expired = [410, 'This trace has expired on 2026-01-12.'] as const;
    expect(await refusal(await call(`api/traces/${id}`))).toEqual(expired);
    const store = traceStore(fileDriver(folder), () => now);
    await store.sweep();
    expect(readFileSync(join(folder, id)).length).toBeLessThan(100);
    expect(await refusal(await call(`api/traces/${id}`))).toEqual(expired);
    expect((await call(`api/traces/${id}`, { method: 'HEAD' })).status).toBe(410);
    expect((await refusal(await call(`api/traces/${id}`, { method: 'DELETE' })))[0]).toBe(401);
    const wrong = { authorization: `Bearer ${deleteToken.slice(1)}` };
    expect((await refusal(await call(`api/traces/${id}`, { method: 'DELETE', headers: wrong })))[0]).toBe(403);
    now += 31 * DAY;
    await store.sweep();
    expect(readdirSync(folder)).not.toContain(id);
    expect((await refusal(await call(`api/traces/${id}`)))[0]).toBe(404);
    now = kept;
  });
});

describe('what is wrong is refused with its status and a sentence', () => {
  test('an id that is none', async () => {
    for (const id of ['abc', '..%2f..%2fetc%2fpasswd', `${'A'.repeat(22)}%00`, 'A'.repeat(23), '%E0%A4%A'])
      expect((await refusal(await call(`api/traces/${id}`)))[0], id).toBe(400);
    expect((await refusal(await call(`api/traces/${'A'.repeat(22)}`)))[0]).toBe(404);
  });

  test('a token that is missing or of another trace', async () => {
    const [one, other] = [await put(address, ciphertext(100)), await put(address, ciphertext(100))];
    const remove = (authorization?: string) =>
      call(`api/traces/${one.id}`, { method: 'DELETE', headers: authorization ? { authorization } : {} });
    const missing = await remove();
    expect(missing.headers.get('www-authenticate')).toBe('Bearer');
    expect((await refusal(missing))[0]).toBe(401);
    expect((await refusal(await remove('Basic abc')))[0]).toBe(401);
    expect((await refusal(await remove(`Bearer ${other.deleteToken}`)))[0]).toBe(403);
    expect((await got(address, one.id)).status).toBe(200);
  });

  test('a body that no page sends', async () => {
    const newer = ciphertext(100);
    newer[0] = 9;
    expect((await refusal(await upload(address, newer)))[0]).toBe(400);
    expect((await refusal(await upload(address, ciphertext(41))))[0]).toBe(400);
    expect((await refusal(await upload(address, ciphertext(0))))[0]).toBe(400);
    expect((await refusal(await upload(address, ciphertext(100), { 'content-type': 'text/plain' })))[0]).toBe(415);
    expect((await refusal(await upload(address, ciphertext(100), { 'content-encoding': 'gzip' })))[0]).toBe(415);
    for (const days of ['0', '31', '-1', '1.5', 'x', ''])
      expect((await refusal(await upload(address, ciphertext(100), { 'dtlscope-expires-days': days })))[0]).toBe(400);
  });

  test('a method that the address does not know', async () => {
    for (const [path, method, allow] of [
      ['api/traces', 'GET', 'POST'],
      ['api/traces', 'OPTIONS', 'POST'],
      [`api/traces/${'A'.repeat(22)}`, 'PUT', 'GET, HEAD, DELETE'],
      ['api/info', 'POST', 'GET'],
      ['', 'POST', 'GET, HEAD'],
    ] as const) {
      const response = await call(path, { method });
      expect([(await refusal(response))[0], response.headers.get('allow')], path).toEqual([405, allow]);
    }
    expect((await refusal(await call('api/nothing')))[0]).toBe(404);
    expect((await refusal(await call('nothing')))[0]).toBe(404);
  });

  test('more than the limit, whether its length is said or not', async () => {
    const limit = 1024 * 1024;
    expect((await upload(address, ciphertext(limit))).status).toBe(201);
    const [status, message] = await refusal(await upload(address, ciphertext(limit + 1)));
    expect([status, message]).toEqual([413, expect.stringContaining('up to 1 MB')]);
    const endless = await raw(
      `POST /api/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n`,
      Buffer.concat([Buffer.from('10000\r\n'), ciphertext(0x10000), Buffer.from('\r\n')]),
    );
    expect(endless.answer).toContain('413');
    // It stopped listening long before what a whole memory holds.
    expect(endless.sent).toBeLessThan(100 * limit);
  });

  test('no length at all', async () => {
    const { answer } = await raw(
      'POST /api/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1.1 411 /);
    expect(answer).toContain('"message"');
  });

  test('an upload that breaks off leaves nothing behind', async () => {
    const before = readdirSync(folder);
    const port = Number(new URL(address).port);
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /api/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 90000\r\n\r\n`,
    );
    socket.write(ciphertext(40000));
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    await put(address, ciphertext(100));
    expect(readdirSync(folder).length).toBe(before.length + 1);
  });

  test('too many requests of one address, of others not', async () => {
    const often = await started.server(await started.store(started.folder()), { rate: 3, trustProxy: true });
    const from = (forwarded: string) => fetch(`${often}api/info`, { headers: { 'x-forwarded-for': forwarded } });
    for (let i = 0; i < 3; i++) expect((await from(`1.2.3.${i}, 9.9.9.9`)).status).toBe(200);
    const fourth = await from('5.5.5.5, 9.9.9.9');
    expect(Number(fourth.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await refusal(fourth))[0]).toBe(429);
    expect((await from('9.9.9.8')).status).toBe(200);
    // The page itself is never too much.
    expect((await fetch(often)).status).toBe(200);
  });

  test('an address that is said by whoever asks counts only behind a proxy', async () => {
    const open = await started.server(await started.store(started.folder()), { rate: 2 });
    const from = (forwarded: string) => fetch(`${open}api/info`, { headers: { 'x-forwarded-for': forwarded } });
    expect([(await from('1.1.1.1')).status, (await from('2.2.2.2')).status, (await from('3.3.3.3')).status]).toEqual([
      200, 200, 429,
    ]);
  });
});

describe('a store that fails', () => {
  async function failing(code: string): Promise<string> {
    const broken = () => Promise.reject(Object.assign(new Error(`${code}: broken`), { code }));
    const driver = { ...fileDriver(started.folder()), setItemRaw: broken, getItemRaw: broken };
    return started.server(traceStore(driver, Date.now));
  }

  test('is 503 with a time to come back, and 507 where it is full; the log says why', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const [away, full] = [await failing('ECONNREFUSED'), await failing('ENOSPC')];
    const response = await upload(away, ciphertext(100));
    expect(response.headers.get('retry-after')).toBe('60');
    expect((await refusal(response))[0]).toBe(503);
    expect((await refusal(await fetch(`${away}api/traces/${'A'.repeat(22)}`)))[0]).toBe(503);
    expect((await refusal(await upload(full, ciphertext(100))))[0]).toBe(507);
    expect(log.mock.calls.join()).toMatch(/ECONNREFUSED.*ENOSPC/);
  });

  test('is told to whoever watches the server, and the store is not asked each time', async () => {
    let [checks, works, time] = [0, true, 0];
    const store = {
      ...(await started.store(started.folder())),
      check: async () => {
        checks++;
        if (!works) throw new Error('away');
      },
    };
    const health = new URL('/healthz', await started.server(store, { now: () => time }));
    for (let i = 0; i < 5; i++) expect((await fetch(health)).status).toBe(200);
    expect(checks).toBe(1);
    works = false;
    time += 5000;
    expect((await fetch(health)).status).toBe(503);
  });

  test('half a value is no trace, and what others put into the folder is left alone', async () => {
    const { id } = await put(address, ciphertext(3000));
    const whole = readFileSync(join(folder, id));
    for (const length of [0, 10, 48, 2000, whole.length - 1]) {
      writeFileSync(join(folder, id), whole.subarray(0, length));
      expect((await refusal(await call(`api/traces/${id}`)))[0]).toBe(404);
    }
    const others = ['notes.txt', 'B'.repeat(22)];
    for (const name of others) writeFileSync(join(folder, name), 'mine');
    mkdirSync(join(folder, 'C'.repeat(22)));
    const [old, young] = [`${id}.0123456789ab.part`, `${id}.0123456789ac.part`];
    for (const name of [old, young]) writeFileSync(join(folder, name), 'half');
    utimesSync(join(folder, old), new Date(Date.now() - 3600_000), new Date(Date.now() - 3600_000));
    await traceStore(fileDriver(folder), () => now + 1000 * DAY).sweep();
    const left = readdirSync(folder);
    expect(left).toEqual(expect.arrayContaining([...others, young]));
    // What a crash left behind is removed once nobody can still be writing it.
    expect(left).not.toContain(old);
    expect((await refusal(await call(`api/traces/${'B'.repeat(22)}`)))[0]).toBe(404);
  });
});

describe('the page', () => {
  test('comes with headers that keep it to itself, and from any folder', async () => {
    const sub = await started.server(await started.store(started.folder()), { base: '/tools/dtlscope/' });
    const response = await fetch(sub);
    expect(await response.text()).toBe(INDEX);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const again = await fetch(sub, { headers: { 'if-none-match': response.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    expect((await fetch(sub.slice(0, -1), { redirect: 'manual' })).headers.get('location')).toBe('/tools/dtlscope/');
    expect(await (await fetch(`${sub}api/info`)).json()).toEqual({
      maxBytes: 1024 * 1024,
      expiryDays: 30,
      formats: [1],
    });
    const { id } = await put(sub, ciphertext(100));
    expect((await got(sub, id)).status).toBe(200);
    expect((await fetch(new URL('/healthz', sub))).status).toBe(200);
    expect((await fetch(new URL('/', sub))).status).toBe(404);
  });

  test('no path leads out of its folder', async () => {
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/cli.js',
      '/.vite/manifest.json',
    ])
      expect((await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).answer).toMatch(
        /^HTTP\/1.1 40[04] /,
      );
  });
});

/** Bytes as they are; `more` is sent again and again until somebody answers. */
function raw(head: string, more?: Buffer): Promise<{ readonly answer: string; readonly sent: number }> {
  return new Promise((resolve) => {
    let [answer, sent] = ['', 0];
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    const send = () => {
      while (more && !socket.destroyed && answer === '') {
        sent += more.length;
        if (!socket.write(more)) return;
      }
    };
    socket.on('data', (piece) => {
      answer += piece.toString();
      if (answer.includes('"message"') || !answer.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('drain', send).on('error', () => {});
    socket.on('close', () => resolve({ answer, sent }));
    socket.write(head);
    send();
    if (!more) setTimeout(() => socket.destroy(), 2000).unref();
  });
}
