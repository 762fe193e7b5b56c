/** The words of `dtlscope serve` and `dtlscope open`. */
import { parseArgs } from 'node:util';
import { UsageError } from './arguments.ts';

export interface ServeArguments {
  readonly help: boolean;
  readonly host: string;
  readonly port: number;
  readonly base: string;
  readonly store: string;
  readonly maxBytes: number;
  readonly expiryDays: number;
  readonly rate: number;
  readonly trustProxy: boolean;
}

export interface OpenArguments {
  readonly help: boolean;
  readonly files: readonly string[];
  readonly port: number;
  /** Hand the address to the desktop's browser. */
  readonly browser: boolean;
}

const SERVE = {
  host: { type: 'string' },
  port: { type: 'string' },
  base: { type: 'string' },
  store: { type: 'string' },
  'max-size': { type: 'string' },
  expiry: { type: 'string' },
  rate: { type: 'string' },
  'trust-proxy': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const OPEN = {
  keys: { type: 'string', short: 'k', multiple: true },
  port: { type: 'string' },
  'no-browser': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const BASE = /^\/([A-Za-z0-9._~-]+\/)*$/;

/** @param argv What follows the word "serve". */
export function readServeArguments(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ServeArguments {
  const { values, positionals } = understood(() =>
    parseArgs({ args: [...argv], options: SERVE, allowPositionals: true }),
  );
  if (positionals[0] !== undefined)
    throw new UsageError(`dtlscope serve takes no files, and ${positionals[0]} is none of its options.`);
  return {
    help: values.help ?? false,
    host: values.host ?? '127.0.0.1',
    port: number('--port', values.port ?? '8080', { from: 0, to: 65535 }),
    base: baseOf(values.base ?? '/'),
    store: values.store ?? environment.DTLSCOPE_STORE ?? 'dtlscope-traces',
    maxBytes: Math.floor(number('--max-size', values['max-size'] ?? '25', { from: 0.01, to: 250 }) * 1024 * 1024),
    expiryDays: whole('--expiry', values.expiry ?? '30', { from: 1, to: 3650 }),
    rate: whole('--rate', values.rate ?? '120', { from: 1, to: 1_000_000 }),
    trustProxy: values['trust-proxy'] ?? false,
  };
}

/** @param argv What follows the word "open". */
export function readOpenArguments(argv: readonly string[]): OpenArguments {
  const { values, positionals } = understood(() =>
    parseArgs({ args: [...argv], options: OPEN, allowPositionals: true }),
  );
  const files = [...positionals, ...(values.keys ?? [])];
  if (!values.help && files.length === 0)
    throw new UsageError('Name at least one file to open (dtlscope open --help shows how).');
  return {
    help: values.help ?? false,
    files,
    port: whole('--port', values.port ?? '0', { from: 0, to: 65535 }),
    browser: !(values['no-browser'] ?? false),
  };
}

function understood<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split('\n')[0] ?? message);
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function whole(option: string, text: string, range: Range): number {
  const value = number(option, text, range);
  if (!Number.isInteger(value)) throw new UsageError(`${option} takes a whole number, not ${text}.`);
  return value;
}

function number(option: string, text: string, { from, to }: Range): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= from && value <= to))
    throw new UsageError(`${option} takes a number from ${from} to ${to}, not ${text}.`);
  return value;
}

function baseOf(text: string): string {
  const base = `/${text}/`.replace(/\/+/g, '/');
  if (!BASE.test(base) || /\/\.+\//.test(base)) throw new UsageError(`--base takes a path as /dtlscope/, not ${text}.`);
  return base;
}

export const SERVE_HELP = `dtlscope serve: hosts the page, and keeps shared traces that are too big for a link

  dtlscope serve [options]

Traces come encrypted from the browser, and the key stays in the link: this server never
sees it. docs/self-hosting.md tells how to run it behind a proxy.

      --host ADDRESS       listen there; 127.0.0.1 if not given, 0.0.0.0 is everywhere
      --port N             8080 if not given; 0 is any that is free
      --base PATH          the page's folder in the address: /dtlscope/
      --store PLACE        where traces are kept: a folder (dtlscope-traces if not given),
                           redis://HOST:PORT/N, rediss://… or s3://BUCKET/FOLDER. Also from
                           the environment variable DTLSCOPE_STORE, where passwords are
                           better kept. S3 reads AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
                           AWS_REGION and AWS_ENDPOINT_URL from the environment
      --max-size MB        of one trace; 25 if not given
      --expiry DAYS        a trace is deleted after so many days; 30 if not given
      --rate N             requests a minute that one address may make; 120 if not given
      --trust-proxy        take the visitor's address from X-Forwarded-For. Only behind a
                           proxy of your own, which sets it
  -h, --help               this page

Ctrl+C or SIGTERM ends it once the requests in flight are answered. Exit status: 0 ended as
asked; 2 bad usage, a store that cannot be used, or a port that is taken.
`;

export const OPEN_HELP = `dtlscope open: shows captures in the browser

  dtlscope open FILE...

FILE is a capture, a key log or a .dtlstrace file, in any mix. The page is served on this
machine alone, at an address that nobody can guess and that only the first browser to open
it may use. Nothing is uploaded anywhere. Ctrl+C ends it.

  -k, --keys FILE          NSS key log (repeatable)
      --port N             any free port if not given
      --no-browser         only print the address
  -h, --help               this page
`;
