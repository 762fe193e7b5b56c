/** The command line in this process: what it printed, what it complained of, and its exit status. */
import { run } from '../src/cli/run.ts';

/** @param terminal whether it is told that a person reads along. */
export function commandLine({ terminal }: { readonly terminal: boolean }) {
  return async (...argv: readonly string[]) => {
    let out = '';
    let complaint = '';
    const status = await run(argv, {
      print: async (text) => {
        out += text;
      },
      complain: (text) => {
        complaint += text;
      },
      terminal,
      progress: null,
    });
    return { status, out, complaint };
  };
}
