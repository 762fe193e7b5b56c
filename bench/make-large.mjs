/** Makes a large capture and its key log: node bench/make-large.mjs FILE.pcap MEGABYTES. See docs/performance.md. */
import { makeLarge } from './large/capture.mjs';

const [file, megabytes] = process.argv.slice(2);
if (!file || !(Number(megabytes) > 0)) {
  console.error('Usage: node bench/make-large.mjs FILE.pcap MEGABYTES');
  process.exit(2);
}
const made = makeLarge(file, Number(megabytes));
console.log(
  `${made.file}: ${made.bytes} bytes, ${made.packets} packets, ${made.associations} associations; keys in ${made.keys}`,
);
