/** docs/performance.md: the figures, the machine, and how they were measured. */
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import { asMarkdown } from './figures.mjs';

/** Times of a machine that does something else as well say little; null where it was idle when it is asked. */
export function otherLoad() {
  const [load = 0] = loadavg();
  const processors = cpus().length;
  return load <= processors
    ? null
    : `${load.toFixed(0)} processes wanted ${processors} processors meanwhile: the times are too long.`;
}

/** @param {readonly import('./figures.mjs').Figure[]} figures @param {string} chromium its version @param {string | null} load */
export function report(figures, chromium, load) {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `# How fast the page is

Written by \`npm run bench -- --write\` after \`npm run build\`; \`npm run bench\` alone prints the same table.

Measured on ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${memory} GB, ${platform()} ${arch()}, headless Chromium ${chromium} without GPU, window 1440 × 900, Node ${process.versions.node}.${load === null ? '' : ` ${load}`}

${asMarkdown(figures)}

## How

* **Inputs** are made anew each time from the captures of \`samples/\` (\`bench/inputs.mjs\`): a handshake whose last flights are repeated until there are 10 000 records, none of which the diagram can fold; a handshake and 10 000 records of application data; and 1 000 handshakes of four kinds from 1 000 addresses.
* **Record → its bytes**: from the key or the release of the button to the moment when breadcrumb and bytes of the new record are in the document. The worker decodes the record anew each time.
* **Frames** are the times between animation frames while real pointer and wheel input arrives; with 60 frames per second 16.7 ms is the least.
* **Long lists**: a capture with 100 000 associations needs more memory than a browser tab has. The page therefore gets a stand-in for its worker, which answers with 10 000 or 100 000 real associations of twelve kinds under other names, addresses and times. All that the page does with them is real.
* **Blank rows**: by script, five heights of the list are looked up in the document after each frame; by wheel, pictures of the screen as Chromium shows it are searched for rows without text.
* **Key typed → list drawn** is the time in which the page handles the key and draws the list; **painted** adds the wait for the next frame.
`;
}
