/** Captures of a busy server: made, then read by the command line, by tshark and by the page. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeLarge } from './large/capture.mjs';
import { measureCommandLine, tsharkVersion } from './large/command-line.mjs';
import { measureLargeOpening } from './large/page.mjs';
import { otherLoad } from './machine.mjs';

/**
 * @typedef {object} LargeResult
 * @property {readonly number[]} sizes in MB
 * @property {readonly import('./large/capture.mjs').Large[]} captures
 * @property {string | null} tshark its version
 * @property {string | null} load what else the machine did before
 * @property {readonly import('./large/command-line.mjs').Measured[]} programs
 * @property {readonly import('./large/page.mjs').Opening[]} openings
 */

const say = (/** @type {string} */ text) => console.error(`  ${text}`);

/** @param {readonly number[]} sizes in MB @param {{ readonly cli: string, readonly slow: boolean }} how @returns {Promise<LargeResult>} */
export async function measureLargePrograms(sizes, how) {
  // What is measured may use all processors: only what ran before tells of others.
  const load = otherLoad(0.5);
  const captures = sizes.map((megabytes) => {
    say(`a capture of ${megabytes} MB`);
    return makeLarge(join(tmpdir(), `dtlscope-large-${megabytes}.pcap`), megabytes);
  });
  const tshark = tsharkVersion();
  const programs = [];
  for (const [i, capture] of captures.entries())
    programs.push(
      ...(await measureCommandLine(capture, {
        ...how,
        tshark: tshark !== null,
        say: (what) => say(`${sizes[i]} MB: ${what}`),
      })),
    );
  return { sizes, captures, tshark, load, programs, openings: [] };
}

/** @param {LargeResult} result @param {import('./page.mjs').Setting} setting @returns {Promise<LargeResult>} */
export async function withLargeOpenings(result, setting) {
  const openings = [];
  for (const [i, capture] of result.captures.entries()) {
    say(`${result.sizes[i]} MB: the page`);
    openings.push(await measureLargeOpening(setting, capture));
  }
  return { ...result, openings };
}
