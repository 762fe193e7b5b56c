/** What the arguments name, opened in one session. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Session } from '../analysis/session.ts';
import type { CaptureSource } from '../capture/datagram.ts';
import { type KeyLog, KeyLogReader } from '../crypto/keylog.ts';
import { FILE_LIMITS } from '../share/limits.ts';
import { receive } from '../share/receive.ts';
import type { SharedTrace } from '../share/shared-trace.ts';
import { Damaged } from '../share/varint.ts';
import { type Arguments, UsageError } from './arguments.ts';
import { cannotRead, fileChunks, fileSource } from './file-source.ts';
import { mayBeShared, traceOfBytes, traceOfWord } from './shared-input.ts';
import { temporaryFile } from './temporary-file.ts';

const PROGRESS_EVERY_MS = 200;

export type InputArguments = Pick<
  Arguments,
  'files' | 'keys' | 'psks' | 'pskTexts' | 'privateKeys' | 'sdps' | 'ports' | 'quiet'
>;

/** What is open, and where somebody shared it, what they did. */
export interface Opened {
  readonly session: Session;
  readonly shared: SharedTrace | null;
}

/** Opens everything that the arguments name. A file that gives nothing is a UsageError with its sentence. */
export async function openSession(args: InputArguments, write: ((text: string) => void) | null): Promise<Session> {
  return (await openInput(args, write)).session;
}

export async function openInput(args: InputArguments, write: ((text: string) => void) | null): Promise<Opened> {
  if (args.files.length === 0) throw new UsageError('Name at least one capture file (dtlscope --help shows how).');
  const session = new Session({ scratch: temporaryFile });
  const inputs = await Promise.all(args.files.map(inputOf));
  const traces = inputs.flatMap(({ trace }) => trace ?? []);
  const [shared = null] = traces;
  if (traces.length > 1) throw new UsageError('A shared trace is opened alone: name one link or .dtlstrace file.');
  if (shared) openShared(session, shared);
  else session.forcePorts(args.ports);
  for (const file of args.keys) session.addKeyLog(await readKeyLog(file), basename(file));
  givePsks(session, args);
  for (const file of args.privateKeys) await givePrivateKey(session, file);
  for (const file of args.sdps) await giveSdp(session, file);
  const sources = inputs.flatMap(({ source }) => source ?? []);
  const progress = progressLine(args.quiet ? null : write);
  const result = await session.open(sources, { add: true, progress: progress.show });
  progress.clear();
  if (result.failures.length > 0) throw new UsageError(result.failures.join('\n'));
  if (shared && session.trace().captures.length > shared.captures.length)
    throw new UsageError('A shared trace is opened alone: key logs may go with it, captures may not.');
  return { session, shared };
}

function openShared(session: Session, shared: SharedTrace): void {
  try {
    session.openShared(receive(shared));
  } catch (failure) {
    if (!(failure instanceof Damaged)) throw failure;
    throw new UsageError(`What was shared is damaged: it ${failure.message}.`);
  }
}

interface Input {
  readonly trace: SharedTrace | null;
  readonly source: CaptureSource | null;
}

async function inputOf(word: string): Promise<Input> {
  const trace = await traceOfWord(word);
  if (trace) return { trace, source: null };
  const file = await fileSource(word);
  const chunks = file.chunks()[Symbol.asyncIterator]();
  const first = await chunks.next().catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(cannotRead(file.name, error));
  });
  const head: Uint8Array = first.done ? new Uint8Array() : first.value;
  const rest = goesOn(first.done ? null : head, chunks);
  if (!mayBeShared(head)) return { trace: null, source: { ...file, chunks: () => rest } };
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of rest) {
    length += part.length;
    if (length > FILE_LIMITS.bytes) throw new UsageError(`${file.name} is larger than any shared trace.`);
    parts.push(part.slice());
  }
  return { trace: await traceOfBytes(new Uint8Array(Buffer.concat(parts)), file.name), source: null };
}

async function* goesOn(first: Uint8Array | null, rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    if (first) yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

function givePsks(session: Session, { psks, pskTexts }: InputArguments): void {
  for (const [given, text] of [
    [psks, false],
    [pskTexts, true],
  ] as const) {
    for (const psk of given) {
      const problem = session.addPsk(psk, { text, source: text ? '--psk-text' : '--psk' });
      if (problem) throw new UsageError(`${text ? '--psk-text' : '--psk'}: ${problem}`);
    }
  }
}

async function givePrivateKey(session: Session, file: string): Promise<void> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(cannotRead(file, error));
  });
  const { kind, message } = session.addPrivateKey(new Uint8Array(bytes), basename(file), process.env.DTLSCOPE_PASSWORD);
  if (kind === 'needsPassword')
    throw new UsageError(`${message} Give it in the environment variable DTLSCOPE_PASSWORD.`);
  if (kind === 'unusable') throw new UsageError(message);
}

async function giveSdp(session: Session, file: string): Promise<void> {
  const problem = session.addFingerprints(await readText(file), basename(file));
  if (problem) throw new UsageError(problem);
}

async function readKeyLog(file: string): Promise<KeyLog> {
  const log = new KeyLogReader(basename(file));
  try {
    for await (const chunk of fileChunks(file)) log.read(chunk);
  } catch (error) {
    throw new UsageError(cannotRead(file, error as NodeJS.ErrnoException));
  }
  return log.finish();
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(cannotRead(file, error as NodeJS.ErrnoException));
  }
}

/** One line that rewrites itself; only where a person watches and the work takes a while. */
function progressLine(write: ((text: string) => void) | null) {
  let shownAt = Date.now();
  let shown = false;
  return {
    show: ({
      file,
      bytesRead,
      bytesTotal,
      packets,
    }: {
      file: string;
      bytesRead: number;
      bytesTotal: number;
      packets: number;
    }) => {
      if (!write || Date.now() - shownAt < PROGRESS_EVERY_MS) return;
      shownAt = Date.now();
      shown = true;
      const part =
        bytesTotal > 0 ? `${Math.floor((100 * bytesRead) / bytesTotal)} %` : `${Math.floor(bytesRead / 1e6)} MB`;
      write(`\r\x1b[K${file}: ${part}, ${packets} packets`);
    },
    clear: () => {
      if (shown) write?.('\r\x1b[K');
    },
  };
}
