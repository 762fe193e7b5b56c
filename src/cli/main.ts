/** What the shell runs. */
import { writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { registerCryptoProvider } from '../crypto/provider.ts';
import { registerHex } from '../wire/text.ts';
import { NODE_CRYPTO } from './node-crypto.ts';
import { nodeHex } from './node-hex.ts';
import { run, type Streams } from './run.ts';

// Most of what an analysis makes is soon of no use. Left to itself the heap grows to four times of what is in use before
// that is cleared away: half the memory for a tenth more time.
setFlagsFromString('--heap-growing-percent=40');

const { stdout, stderr } = process;

/** A reader that went away (`| head`) is no error. */
const gone = (error: Error): boolean => (error as NodeJS.ErrnoException).code === 'EPIPE';
stdout.on('error', (error) => {
  if (gone(error)) process.exit(0);
});

const streams: Streams = {
  print: (text) =>
    new Promise((resolve, reject) => {
      stdout.write(text, (error) => (error && !gone(error) ? reject(error) : resolve()));
    }),
  complain: (text) => writeSync(2, text),
  terminal: stdout.isTTY === true && !process.env.NO_COLOR,
  progress: stderr.isTTY === true ? (text) => stderr.write(text) : null,
};

registerCryptoProvider(NODE_CRYPTO);
registerHex(nodeHex);

try {
  process.exitCode = await run(process.argv.slice(2), streams);
} catch (error) {
  writeSync(2, `dtlscope has a bug: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 2;
}
