/** Runs a program to its end: how long it took, how long it kept processors busy, and the most memory it had. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Usage
 * @property {number} seconds
 * @property {number | null} cpuSeconds of all its threads; null where the system does not tell
 * @property {number | null} peakBytes resident
 * @property {string | null} failure one short phrase
 */

const LOOK_EVERY_MS = 20;
/** Linux counts processor time in hundredths of a second, whatever its own clock does. */
const TICKS_PER_SECOND = 100;
const OUT_OF_MEMORY =
  /out of memory|allocation failed|invalid string length|invalid typed array length|std::bad_alloc/i;

/** What it prints goes nowhere. @param {string} program @param {readonly string[]} args @returns {Promise<Usage>} */
export function measureProcess(program, args) {
  return new Promise((done) => {
    const began = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    /** @type {number | null} */
    let cpuSeconds = null;
    /** @type {number | null} */
    let peakBytes = null;
    let complaints = '';
    const look = () => {
      if (child.pid === undefined) return;
      cpuSeconds = cpuSecondsOf(child.pid) ?? cpuSeconds;
      peakBytes = memoryOf(child.pid)?.peakBytes ?? peakBytes;
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    child.stderr.on('data', (text) => {
      complaints = (complaints + text).slice(-20_000);
    });
    const end = (/** @type {string | null} */ failure) => {
      clearInterval(timer);
      done({ seconds: (performance.now() - began) / 1000, cpuSeconds, peakBytes, failure });
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (status, signal) => end(status === 0 ? null : failureOf(status, signal, complaints)));
  });
}

/** @param {number | null} status @param {string | null} signal @param {string} complaints */
function failureOf(status, signal, complaints) {
  if (OUT_OF_MEMORY.test(complaints)) return 'out of memory';
  if (signal === 'SIGKILL') return 'killed, likely for its memory';
  const said = complaints.trim().split('\n').at(-1)?.slice(0, 100);
  return said || `ended with ${signal ?? `status ${status}`}`;
}

/** @param {number} pid @returns {number | null} */
function cpuSecondsOf(pid) {
  const text = ofProcess(pid, 'stat');
  // The name, in parentheses, may hold anything; user and system time are the 12th and 13th field after it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks / TICKS_PER_SECOND : null;
}

/**
 * What a process has in memory, and the most it had; of its own (`privateBytes`): without what it reads from files, as
 * Chromium's task manager counts. Null where the system does not tell.
 * @param {number} pid
 */
export function memoryOf(pid) {
  const text = ofProcess(pid, 'status');
  const bytes = (/** @type {string} */ name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? Number.NaN) * 1024;
  const peakBytes = bytes('VmHWM');
  return Number.isNaN(peakBytes) ? null : { peakBytes, privateBytes: bytes('RssAnon') + bytes('VmSwap') };
}

/** @param {number} pid @param {string} file */
function ofProcess(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
