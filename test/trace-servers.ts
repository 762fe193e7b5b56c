/** The real thing for tests: servers in this process or of their own, on a folder, on Redis, and on an S3 interface. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { build } from 'vite';
import { openStore } from '../src/server/open-store.ts';
import { pageFile } from '../src/server/page-files.ts';
import { type Serving, startTraceServer } from '../src/server/trace-server.ts';
import type { TraceStore } from '../src/server/trace-store.ts';

export const INDEX = '<!doctype html><html><head><title>page</title></head><body></body></html>';

/** Whatever a test starts, in the order of starting; ended backwards. */
export class Started {
  readonly #ends: (() => Promise<unknown> | unknown)[] = [];

  add(end: () => Promise<unknown> | unknown): void {
    this.#ends.push(end);
  }

  readonly end = async (): Promise<void> => {
    for (const end of this.#ends.splice(0).reverse()) await end();
  };

  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'dtlscope-server-'));
    this.add(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  /** A server in this process. */
  async server(store: TraceStore, settings: Partial<Serving> = {}): Promise<string> {
    const server = await startTraceServer({
      host: '127.0.0.1',
      port: 0,
      base: '/',
      maxBytes: 1024 * 1024,
      expiryDays: 30,
      rate: 1_000_000,
      trustProxy: false,
      page: new Map([
        ['', pageFile('index.html', Buffer.from(INDEX))],
        ['index.html', pageFile('index.html', Buffer.from(INDEX))],
      ]),
      store,
      ...settings,
    });
    this.add(server.close);
    return `http://127.0.0.1:${server.port}${settings.base ?? '/'}`;
  }

  async store(place: string, now: () => number = Date.now): Promise<TraceStore> {
    return openStore(place, process.env, now);
  }

  /** Its address, or null where Redis is not installed. */
  async redis(): Promise<string | null> {
    if (spawnSync('redis-server', ['--version']).error) {
      if (process.env.CI) throw new Error('redis-server is missing: .ci/run installs it.');
      return null;
    }
    const [port, folder] = [await freePort(), this.folder()];
    const redis = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.add(() => ended(redis, 'SIGTERM'));
    await says(redis, /Ready to accept connections/);
    return `redis://127.0.0.1:${port}/0`;
  }

  /** Its address; what it needs of the environment is set. */
  async s3(): Promise<string> {
    const server = new S3rver({
      port: 0,
      address: '127.0.0.1',
      silent: true,
      directory: this.folder(),
      configureBuckets: [{ name: 'traces' }],
    });
    const { port } = await server.run();
    this.add(() => server.close());
    process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${port}`;
    process.env.AWS_ACCESS_KEY_ID = 'S3RVER';
    process.env.AWS_SECRET_ACCESS_KEY = 'S3RVER';
    return 's3://traces/shared';
  }

  /** The command line as it is installed: one file and the page in a folder with nothing else. */
  async commandLine(): Promise<string> {
    const folder = join(this.folder(), 'dist');
    mkdirSync(folder);
    await build({
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: 'src/cli/main.ts',
        target: 'node20',
        outDir: folder,
        rolldownOptions: { output: { entryFileNames: 'cli.js', codeSplitting: false } },
      },
    });
    writeFileSync(join(folder, '../package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'index.html'), INDEX);
    return join(folder, 'cli.js');
  }

  /** A process of the command line that has said its address. */
  async process(file: string, words: readonly string[]): Promise<{ child: ChildProcess; address: string }> {
    const child = spawn(process.execPath, [file, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: this.folder(),
    });
    this.add(() => ended(child, 'SIGKILL'));
    const [address = ''] = await says(child, /http:\/\/\S+/);
    return { child, address };
  }
}

/** Resolves with its exit status. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals | null = null): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const end = new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (signal) child.kill(signal);
  return end;
}

function says(child: ChildProcess, what: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (piece: Buffer) => {
      text += piece.toString();
      const found = what.exec(text);
      if (found) resolve(found);
    });
    child.once('exit', (status) => reject(new Error(`ended with ${status} after saying: ${text}`)));
  });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** What a page would send: nobody without the key can tell it from noise. */
export function ciphertext(length: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(randomBytes(length));
  bytes[0] = 1;
  return bytes;
}

export function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function upload(
  address: string,
  body: Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${address}api/traces`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/octet-stream', ...headers },
  });
}

export interface Receipt {
  readonly id: string;
  readonly deleteToken: string;
  readonly expires: string;
}

/** Throws unless it was stored. */
export async function put(address: string, body: Uint8Array<ArrayBuffer>): Promise<Receipt> {
  const response = await upload(address, body);
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Receipt;
}

export async function got(address: string, id: string): Promise<{ status: number; bytes: Buffer }> {
  const response = await fetch(`${address}api/traces/${id}`);
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}
