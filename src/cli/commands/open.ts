/** `dtlscope open FILE...`: the page in the browser, with these files, until it is told to end. */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type OfferedFile, startFileServer } from '../../server/file-server.ts';
import { readPage } from '../../server/page-files.ts';
import { UsageError } from '../arguments.ts';
import { pageFolder } from '../page-folder.ts';
import type { Streams } from '../run.ts';
import { OPEN_HELP, readOpenArguments } from '../server-arguments.ts';
import { untilEnded } from '../until-ended.ts';
import { cannotListen } from './serve.ts';

export async function open(argv: readonly string[], { print }: Streams): Promise<number> {
  const args = readOpenArguments(argv);
  if (args.help) {
    await print(OPEN_HELP);
    return 0;
  }
  const files = await Promise.all(args.files.map(offered));
  const page = readPage(pageFolder());
  if (!page) throw new UsageError('The page is not there: `npm run build` makes it.');
  const ended = untilEnded();
  const server = await startFileServer(files, page, args.port).catch((failure: NodeJS.ErrnoException) => {
    throw new UsageError(cannotListen(failure, '127.0.0.1', args.port));
  });
  await print(
    `${server.address}\nOnly the first browser that opens this address may read the files. Ctrl+C ends it.\n`,
  );
  if (args.browser) browse(server.address);
  await ended;
  await server.close();
  return 0;
}

async function offered(file: string): Promise<OfferedFile> {
  if (file === '-') {
    const pieces: Buffer[] = [];
    for await (const piece of process.stdin) pieces.push(piece);
    return { name: 'standard input', content: new Uint8Array(Buffer.concat(pieces)) };
  }
  const facts = await stat(file).catch(() => null);
  if (!facts) throw new UsageError(`${file} does not exist.`);
  if (facts.isDirectory()) throw new UsageError(`${file} is a directory. Name the files in it.`);
  await access(file, constants.R_OK).catch(() => {
    throw new UsageError(`${file} may not be read by this user.`);
  });
  return { name: basename(file), content: resolve(file) };
}

/** Where there is no desktop, the printed address is enough. */
function browse(address: string): void {
  const { platform, env } = process;
  const desktop = platform === 'win32' || platform === 'darwin' || env.DISPLAY || env.WAYLAND_DISPLAY;
  if (!desktop || env.CI) return;
  const [command, words] =
    platform === 'win32'
      ? ['cmd', ['/c', 'start', '""', address]]
      : platform === 'darwin'
        ? ['open', [address]]
        : ['xdg-open', [address]];
  spawn(command, words, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
