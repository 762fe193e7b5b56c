/**
 * How much `dtlscope serve` carries on this machine's loopback: node bench/server.mjs [--store PLACE] [--seconds N]
 * [--at-once N]. Starts the built command line (npm run build); client and server share the processors.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    seconds: { type: 'string', default: '4' },
    'at-once': { type: 'string', default: '16' },
  },
});
const seconds = Number(values.seconds);
const atOnce = Number(values['at-once']);
const folder = mkdtempSync(join(tmpdir(), 'dtlscope-bench-'));
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const server = spawn(
  process.execPath,
  [cli, 'serve', '--port', '0', '--rate', '1000000', '--store', values.store ?? join(folder, 'traces')],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const agent = new Agent({ keepAlive: true, maxSockets: atOnce });

/** @type {string} */
const address = await new Promise((resolve, reject) => {
  server.stdout.on('data', (text) => {
    const found = /http:\/\/\S+/.exec(String(text));
    if (found) resolve(found[0]);
  });
  server.once('exit', (status) => reject(new Error(`the server ended with ${status}`)));
});

/**
 * @param {string} method
 * @param {string} path
 * @param {Buffer} [body]
 * @returns {Promise<{ status: number, bytes: Buffer }>}
 */
function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': 'application/octet-stream', 'content-length': body.length } : {};
    const asked = request(address + path, { method, agent, headers }, (response) => {
      /** @type {Buffer[]} */
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(pieces) }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/**
 * Asks again and again, `atOnce` at a time, and prints what came of it.
 * @param {string} what
 * @param {number} bytes Of one request.
 * @param {(n: number) => Promise<{ status: number }>} once
 */
async function measure(what, bytes, once) {
  /** @type {number[]} */
  const times = [];
  let failed = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  let n = 0;
  const worker = async () => {
    while (performance.now() < until) {
      const start = performance.now();
      const { status } = await once(n++);
      if (status >= 300) failed++;
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const took = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (/** @type {number} */ part) => `${(times[Math.floor(times.length * part)] ?? 0).toFixed(1)} ms`;
  const perSecond = times.length / took;
  console.log(
    `${what.padEnd(18)} ${perSecond.toFixed(0).padStart(6)} requests/s ${((perSecond * bytes) / 1e6).toFixed(0).padStart(5)} MB/s   median ${at(0.5)}, 99 % ${at(0.99)}, failed ${failed}`,
  );
}

console.log(
  `${cpus().length} processors (${cpus()[0]?.model ?? '?'}), node ${process.version}, ${atOnce} at once, ${seconds} s each`,
);
await measure('GET the page', 0, () => ask('GET', ''));
for (const bytes of [20_000, 200_000, 5_000_000]) {
  const body = randomBytes(bytes);
  body[0] = 1;
  const size = bytes < 1e6 ? `${bytes / 1e3} kB` : `${bytes / 1e6} MB`;
  await measure(`store ${size}`, bytes, () => ask('POST', 'api/traces', body));
  const { id } = JSON.parse((await ask('POST', 'api/traces', body)).bytes.toString());
  await measure(`fetch ${size}`, bytes, () => ask('GET', `api/traces/${id}`));
}
agent.destroy();
server.kill('SIGTERM');
await new Promise((resolve) => server.once('exit', resolve));
rmSync(folder, { recursive: true, force: true });
