/** The page's section of docs/performance.md: the figures, the machine, and how they were measured. */
import { figureTable } from './figures.mjs';
import { machine } from './machine.mjs';
import { asMarkdown } from './table.mjs';

/** @param {readonly import('./figures.mjs').Figure[]} figures @param {string} chromium its version @param {string | null} load */
export function pageSection(figures, chromium, load) {
  return `## The page

Written by \`npm run bench -- --only page --write\` after \`npm run build\`; without \`--write\` it prints the same table.

Measured on ${machine()}, headless Chromium ${chromium} without GPU, window 1440 × 900.${load === null ? '' : ` ${load}`}

${asMarkdown(figureTable(figures))}

### How

* **Inputs** are made anew each time from the captures of \`samples/\` (\`bench/inputs.mjs\`): a handshake whose last flights are repeated until there are 10 000 records, none of which the diagram can fold; a handshake and 10 000 records of application data; and 1 000 handshakes of four kinds from 1 000 addresses.
* **Record → its bytes**: from the key or the release of the button to the moment when breadcrumb and bytes of the new record are in the document. The worker decodes the record anew each time.
* **Frames** are the times between animation frames while real pointer and wheel input arrives; with 60 frames per second 16.7 ms is the least.
* **Long lists**: the page gets a stand-in for its worker, which answers with 10 000 or 100 000 real associations of twelve kinds under other names, addresses and times. All that the page does with them is real.
* **Blank rows**: by script, five heights of the list are looked up in the document after each frame; by wheel, pictures of the screen as Chromium shows it are searched for rows without text.
* **Key typed → list drawn** is the time in which the page handles the key and draws the list; **painted** adds the wait for the next frame.
`;
}
