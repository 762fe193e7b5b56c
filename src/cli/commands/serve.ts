/** `dtlscope serve`: hosts the page and keeps traces, until it is told to end. */
import { openStore, StoreProblem, withoutSecrets } from '../../server/open-store.ts';
import { readPage } from '../../server/page-files.ts';
import { startTraceServer } from '../../server/trace-server.ts';
import { UsageError } from '../arguments.ts';
import { pageFolder } from '../page-folder.ts';
import type { Streams } from '../run.ts';
import { readServeArguments, SERVE_HELP } from '../server-arguments.ts';
import { untilEnded } from '../until-ended.ts';

export async function serve(argv: readonly string[], { print }: Streams): Promise<number> {
  const args = readServeArguments(argv, process.env);
  if (args.help) {
    await print(SERVE_HELP);
    return 0;
  }
  const page = readPage(pageFolder());
  if (!page) throw new UsageError('The page is not there: `npm run build` makes it.');
  const store = await openStore(args.store, process.env, Date.now).catch((failure: unknown) => {
    throw failure instanceof StoreProblem ? new UsageError(failure.message) : failure;
  });
  const ended = untilEnded();
  const server = await startTraceServer({ ...args, page, store }).catch(async (failure: NodeJS.ErrnoException) => {
    await store.close();
    throw new UsageError(cannotListen(failure, args.host, args.port));
  });
  const host = args.host.includes(':') ? `[${args.host}]` : args.host;
  await print(
    `DTLScope is at http://${host}:${server.port}${args.base}\n` +
      `Traces of up to ${Number((args.maxBytes / 1024 / 1024).toFixed(2))} MB are kept for ${args.expiryDays} days in ${withoutSecrets(args.store)}. Ctrl+C ends it.\n`,
  );
  await ended;
  await server.close();
  return 0;
}

export function cannotListen({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is taken: name another with --port.`;
  if (code === 'EACCES') return `Port ${port} may not be used by this user: name one from 1024 on with --port.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${host} is no address of this machine.`;
  return `${host}:${port} cannot be listened on: ${message}.`;
}
