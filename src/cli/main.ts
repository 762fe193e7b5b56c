/** What the shell runs. */
import { writeSync } from 'node:fs';
import { registerCryptoProvider } from '../crypto/provider.ts';
import { registerHex } from '../wire/text.ts';
import { NODE_CRYPTO } from './node-crypto.ts';
import { nodeHex } from './node-hex.ts';
import { run, type Streams } from './run.ts';

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
