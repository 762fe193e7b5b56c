/** The command line: words in, one of the commands, text out. Exit status 0, 1 (--fail-on) or 2 (one clear sentence). */
import { writeFileSync } from 'node:fs';
import { BytesGone } from '../capture/datagram.ts';
import { type Arguments, HELP, readArguments, UsageError } from './arguments.ts';
import { records } from './commands/records.ts';
import { failsOn, report } from './commands/report.ts';
import { openSession } from './input.ts';
import { reportSchema } from './output/schema.ts';
import { VERSION } from './version.ts';

/** Where output goes. */
export interface Streams {
  /** Resolves once it was taken. */
  readonly print: (text: string) => Promise<void>;
  readonly complain: (text: string) => void;
  /** Output goes to a person's terminal. */
  readonly terminal: boolean;
  /** Progress may be written, rewriting its line. */
  readonly progress: ((text: string) => void) | null;
}

const GENERATOR = `dtlscope ${VERSION}`;
/** Lines are handed on in pieces of this size. */
const BATCH_CHARACTERS = 1 << 16;

export async function run(argv: readonly string[], streams: Streams): Promise<number> {
  try {
    return await obey(argv, streams);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof BytesGone)) throw error;
    streams.complain(`${error.message}\n`);
    return 2;
  }
}

async function obey(argv: readonly string[], streams: Streams): Promise<number> {
  // Only who serves waits until a server and its stores are loaded.
  if (argv[0] === 'serve') return (await import('./commands/serve.ts')).serve(argv.slice(1), streams);
  if (argv[0] === 'open') return (await import('./commands/open.ts')).open(argv.slice(1), streams);
  if (argv[0] === 'link') return (await import('./commands/link.ts')).link(argv.slice(1), GENERATOR, streams);
  if (argv[0] === 'unlink') return (await import('./commands/unlink.ts')).unlink(argv.slice(1), GENERATOR, streams);
  const args = readArguments(argv);
  const output = openOutput(args, streams);
  switch (args.command) {
    case 'help':
      await output.write(HELP);
      return argv.length === 0 ? 2 : 0;
    case 'version':
      await output.write(`${GENERATOR}\n`);
      return 0;
    case 'schema':
      await output.write(`${JSON.stringify(reportSchema, null, 2)}\n`);
      return 0;
    case 'report': {
      const session = await openSession(args, streams.progress);
      const colour = args.output === null && streams.terminal;
      await writeAll(report(session, args, { generator: GENERATOR, colour }), output);
      return failsOn(session, args) ? 1 : 0;
    }
    case 'records': {
      const session = await openSession(args, streams.progress);
      await writeAll(records(session, args), output);
      return 0;
    }
  }
}

async function writeAll(parts: Iterable<string>, output: { write(text: string): Promise<void> }): Promise<void> {
  let batch = '';
  for (const part of parts) {
    batch += part;
    if (batch.length < BATCH_CHARACTERS) continue;
    await output.write(batch);
    batch = '';
  }
  await output.write(batch);
}

/** Standard output, or the file that --output names: emptied at the first write, so that a failure before leaves it alone. */
function openOutput({ output }: Arguments, { print }: Streams): { write(text: string): Promise<void> } {
  if (output === null) return { write: print };
  let flag: 'w' | 'a' = 'w';
  const write = async (text: string) => {
    try {
      writeFileSync(output, text, { flag });
      flag = 'a';
    } catch (error) {
      throw new UsageError(
        `${output} could not be written: ${error instanceof Error ? error.message : String(error)}.`,
      );
    }
  };
  return { write };
}
