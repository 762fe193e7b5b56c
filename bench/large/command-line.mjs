/** The command line on large captures, and tshark on the same ones where it is installed. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { measureProcess } from './process.mjs';

/**
 * @typedef {object} Program
 * @property {string} what
 * @property {'dtlscope' | 'tshark'} program
 * @property {(capture: import('./capture.mjs').Large) => string[]} args
 * @property {boolean} [withKeys] tshark, to compare with
 * @property {boolean} [slow] of a file over 300 MB only where it is asked for
 * @property {Goal} [goal]
 *
 * @typedef {object} Goal
 * @property {'plain' | 'keys'} against tshark's one pass, without keys or with them
 * @property {number} times how many times as long tshark takes at least
 * @property {number | null} megabytes of memory at most
 *
 * @typedef {{ readonly program: Program, readonly capture: import('./capture.mjs').Large, readonly usage: import('./process.mjs').Usage }} Measured
 */

const ONE_PASS = ['-Y', 'dtls', '-T', 'fields', '-e', 'frame.number'];
const MEMORY = 400;

/** @type {readonly Program[]} */
export const PROGRAMS = [
  {
    what: 'dtlscope report',
    program: 'dtlscope',
    args: ({ file }) => ['report', file],
    goal: { against: 'plain', times: 20, megabytes: MEMORY },
  },
  {
    what: 'dtlscope report --keys',
    program: 'dtlscope',
    args: ({ file, keys }) => ['report', file, '--keys', keys],
    goal: { against: 'plain', times: 20, megabytes: MEMORY },
  },
  {
    what: 'dtlscope report --keys --data --format json',
    program: 'dtlscope',
    args: ({ file, keys }) => ['report', file, '--keys', keys, '--data', '--format', 'json'],
    goal: { against: 'keys', times: 5, megabytes: null },
  },
  { what: 'dtlscope records', program: 'dtlscope', args: ({ file }) => ['records', file] },
  { what: 'tshark, one pass', program: 'tshark', args: ({ file }) => ['-r', file, ...ONE_PASS] },
  {
    what: 'tshark, one pass, keys',
    program: 'tshark',
    withKeys: true,
    args: ({ file, keys }) => ['-r', file, '-o', `tls.keylog_file:${keys}`, ...ONE_PASS],
  },
  { what: 'tshark -V', program: 'tshark', slow: true, args: ({ file }) => ['-r', file, '-V'] },
  {
    what: 'tshark -V, keys',
    program: 'tshark',
    slow: true,
    args: ({ file, keys }) => ['-r', file, '-o', `tls.keylog_file:${keys}`, '-V'],
  },
];

/** Whether it is tshark's one pass that the others are compared with. @param {Measured} measured @param {Goal['against']} against */
export const isYardstick = ({ program: { program, slow, withKeys } }, against) =>
  program === 'tshark' && !slow && (withKeys ?? false) === (against === 'keys');

/** "TShark (Wireshark) 4.0.17", or null where there is none. */
export function tsharkVersion() {
  const { status, stdout } = spawnSync('tshark', ['--version'], { encoding: 'utf8' });
  return status === 0 ? (/^TShark.*?\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'tshark') : null;
}

/** A larger file than this is decoded in full only where it is asked for. */
const SLOW_FROM_BYTES = 300e6;

/**
 * @param {import('./capture.mjs').Large} capture
 * @param {{ readonly cli: string, readonly tshark: boolean, readonly slow: boolean, readonly say: (text: string) => void }} how
 * @returns {Promise<Measured[]>}
 */
export async function measureCommandLine(capture, { cli, tshark, slow, say }) {
  readThrough(capture.file);
  /** @type {Measured[]} */
  const all = [];
  for (const program of PROGRAMS) {
    if (program.program === 'tshark' && !tshark) continue;
    if (program.slow && !slow && capture.bytes > SLOW_FROM_BYTES) continue;
    say(program.what);
    const args = program.args(capture);
    const usage = await (program.program === 'tshark'
      ? measureProcess('tshark', args)
      : measureProcess(process.execPath, [cli, ...args]));
    all.push({ program, capture, usage });
  }
  return all;
}

/** So that nobody is the first to wait for the disk. @param {string} file */
function readThrough(file) {
  const piece = Buffer.alloc(4 << 20);
  const open = openSync(file, 'r');
  while (readSync(open, piece) > 0);
  closeSync(open);
}
