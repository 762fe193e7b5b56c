/** Files and standard input as the session wants them. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Session } from '../analysis/session.ts';
import type { CaptureSource } from '../capture/datagram.ts';
import { type Arguments, UsageError } from './arguments.ts';

const CHUNK_BYTES = 1 << 20;
const PROGRESS_EVERY_MS = 200;

/** Opens everything that the arguments name. A file that gives nothing is a UsageError with its sentence. */
export async function openSession(args: Arguments, write: ((text: string) => void) | null): Promise<Session> {
  if (args.files.length === 0) throw new UsageError('Name at least one capture file (dtlscope --help shows how).');
  const session = new Session();
  session.forcePorts(args.ports);
  for (const file of args.keys) session.addKeyLog(await readText(file), basename(file));
  givePsks(session, args);
  for (const file of args.privateKeys) await givePrivateKey(session, file);
  for (const file of args.sdps) await giveSdp(session, file);
  const sources = await Promise.all(args.files.map(source));
  const progress = progressLine(args.quiet ? null : write);
  const result = await session.open(sources, { add: true, progress: progress.show });
  progress.clear();
  if (result.failures.length > 0) throw new UsageError(result.failures.join('\n'));
  return session;
}

function givePsks(session: Session, { psks, pskTexts }: Arguments): void {
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

async function source(file: string): Promise<CaptureSource> {
  if (file === '-') return { name: 'standard input', size: null, chunks: () => process.stdin };
  const facts = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(cannotRead(file, error));
  });
  if (facts.isDirectory()) throw new UsageError(`${file} is a directory. Name the files in it.`);
  return {
    name: basename(file),
    size: facts.size,
    chunks: () => createReadStream(file, { highWaterMark: CHUNK_BYTES }),
  };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(cannotRead(file, error as NodeJS.ErrnoException));
  }
}

function cannotRead(file: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `${file} does not exist.`;
  if (error.code === 'EACCES') return `${file} may not be read by this user.`;
  return `${file} could not be read: ${error.message}.`;
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
