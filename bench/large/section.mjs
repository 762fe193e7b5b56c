/** The section of docs/performance.md on large captures. */
import { machine } from '../machine.mjs';
import { asMarkdown } from '../table.mjs';
import { grouped, pageTable, programTable } from './tables.mjs';

/** @param {import('../large.mjs').LargeResult} result @param {{ chromium: string, slow: boolean }} how */
export function largeSection({ sizes, captures, tshark, load, programs, openings }, { chromium, slow }) {
  const command = `npm run bench -- --only large --sizes ${sizes.join(',')}${slow ? ' --slow' : ''} --write`;
  const list = captures.map(
    ({ bytes, packets, associations }) =>
      `${grouped(bytes)} bytes with ${grouped(packets)} packets in ${grouped(associations)} associations`,
  );
  return `## Large captures

Written by \`${command}\` after \`npm run build\`: all rows are of one run, one after the other.

Measured on ${machine()}, ${tshark ?? 'no tshark'}, headless Chromium ${chromium}.${load === null ? '' : ` ${load}`} The captures have ${list.join(', and ')}.

### The command line

${asMarkdown(programTable(programs))}

* **\`dtlscope report\`**: the whole report. With \`--keys\` handshakes and alerts are decrypted and application data is counted; with \`--data --format json\` every record is decrypted and its bytes are in the report.
* **\`dtlscope records\`**: one line of JSON for each record, every field decoded.
* **\`tshark, one pass\`**: \`tshark -r FILE -Y dtls -T fields -e frame.number\`; with keys \`-o tls.keylog_file:LOG\` before it. Version 4.0 cannot open DTLS 1.3 nor ChaCha20-Poly1305 and takes the encrypted records of DTLS 1.3 for unknown UDP, so with keys it has less to do for two of the five kinds.
* **\`tshark -V\`**: every field of every packet as text. Of a file over 300 MB it is measured only with \`--slow\`.
* **Time** is that of the wall, from the start of the program to its end; **processors** is what all its threads took of processors, and **memory** the most that was resident. Both are read from \`/proc\` fifty times a second, and are missing where there is none. What the programs print goes nowhere. Each file is read once before it is measured, so none waits for the disk.
* **tshark ÷ it**: how many times as long tshark's one pass over the same file takes. **Per packet**: the time per packet, as a multiple of that of the smallest file.
* **Goal**, for the gigabyte: so many times as fast as tshark's one pass (with keys for the row in which every record is decrypted), so much memory, so much more time per packet.
* A run that fails says so in the place of its time.

### The page

${asMarkdown(pageTable(openings, programs))}

* The file is chosen in the start screen. **First association**: a row of the list is in the document. **Complete**: all associations are in the list and nothing is being read any more. **It ÷ dtlscope report**: complete, as a multiple of the time of the command line for the same file.
* **Memory** is the most that the process of the tab had of its own (anonymous pages, as Chromium's task manager counts it); the worker is a thread of that process. **With what is shared** adds the program itself and pages shared with other processes. **Counted**, if it is there, is what \`performance.measureUserAgentSpecificMemory()\` says afterwards; only a page that is served as isolated from others may call it.
* **Frames** are the times between animation frames from the choice of the file until half a second after it is complete.

### What the time goes to

Of the report of the gigabyte without keys, by a profile of the processor (\`node --cpu-prof dist/cli.js report FILE\`): 30 % reading packets and records into columns, which for each packet is about three times a bare scan; 9 % flights and outcomes; 38 % facts, rules and text of the associations, some 0.4 ms each; 22 % clearing the heap. With keys the handshakes are deciphered, and every record of DTLS 1.3 at least in part. With every record decrypted, deciphering and writing the JSON of 2.5 million records come on top.

### One thread

The command line and the page's worker each do their work in one thread. It would pay to spread it where processors are idle, and on the machine above they are not: the report of the gigabyte keeps 1.4 processors busy, since the heap is cleared and the file read beside it, and two processes that read one half of it each at the same time take 13.4 s where one takes 15.1 s for all of it (one half alone: 8.3 s). So a perfect division into two workers would gain a tenth, for 150 MB more memory (267 MB each, where one takes 382 MB), because each needs the program, a heap and its own columns; columns in shared memory would save a part of that, and browsers grant them only to pages that are isolated. With four processors or more it would pay; there it was not measured.

### One long association

\`test/long-tunnel.ts\` makes captures of one association with any amount of data. Of more than 10 000 records those are told one by one that tell something, and the others in sums (\`docs/security.md\`), so that neither page nor report holds an object for each.

### The captures

\`node bench/make-large.mjs FILE.pcap MEGABYTES\` makes one of any size, and its key log as \`FILE.keys\` beside it; the bench keeps its own in the system's folder for temporary files and uses them again.

Five handshakes of \`samples/\` take turns, each time from a new client address: DTLS 1.2 with ECDHE and AES-GCM, with a PSK and AES-CCM-8, with ChaCha20-Poly1305, with a lost flight and a repeat after one second, and DTLS 1.3. An association begins every 3 ms and lasts over a second, so hundreds run at once and their packets alternate. After each handshake come 195 records of 215 to 414 bytes of text both ways, under the keys of that handshake and with the record numbers that follow, and then the alerts that close it. All is in the order of time. Random values, keys and cookies are those of the five handshakes, so a key log of eight lines opens everything, and the report rightly says that the servers give the same cookie to all.
`;
}
