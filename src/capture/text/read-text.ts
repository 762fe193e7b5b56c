/** Chooses how a text is read. What a tool wrote is told by its words; the rest by what its hex turns out to be. */
import type { Endpoint } from '../datagram.ts';
import type { Nodes, Stamp, TextBlock, TextReading } from './block.ts';
import { contentOf, mayBeUnified } from './content.ts';
import { dumps } from './dump.ts';
import type { KeyHarvest } from './keys.ts';
import { isMbedTlsDump, mbedTlsReading } from './mbedtls.ts';
import { isOpenSslDebug, isOpenSslMessages, openSslMessages, openSslReading } from './openssl.ts';
import { type PlainBlock, plainBlocks } from './plain.ts';
import { linesOf, words } from './source-text.ts';
import { stampOf } from './times.ts';
import { isTinyDtlsLog, tinyDtlsReading } from './tinydtls.ts';
import { isTsharkJson, tsharkReading } from './tshark-json.ts';

/** Titles of dumps that tshark -x and Wireshark put before what they made of a packet. */
const PART_OF_PACKET = /^\s{0,8}(?!Frame\b|Packet\b)[A-Z][^()]{0,80}\(\d{1,8} bytes\):?\s{0,8}$/;
const FOLLOWS = /^Follow: udp,(?:hex|raw)/m;
const NODE = /^Node ([01]): ([!-~]{1,60}):(\d{1,5})\s{0,4}$/gm;

export function readingOf(text: string, keys: KeyHarvest): TextReading {
  if (isTsharkJson(text)) return tsharkReading(text);
  if (isMbedTlsDump(text)) return mbedTlsReading(text, keys);
  if (isOpenSslDebug(text)) return openSslReading(text, keys);
  if (isTinyDtlsLog(text)) return tinyDtlsReading(text);
  if (FOLLOWS.test(text)) return { ...followed(text), nodes: () => nodesIn(text) };
  const dumped = [...dumpBlocks(text, false)];
  if (dumped.some(isSomething)) return { format: 'a hex dump', blocks: dumped };
  if (isOpenSslMessages(text)) return openSslMessages(text, keys);
  return { format: 'hex text', blocks: bySides(worthwhile(plainBlocks(text))) };
}

function followed(text: string): TextReading {
  const format = 'a followed UDP stream';
  if (/^Follow: udp,hex/m.test(text)) return { format, blocks: dumpBlocks(text, true) };
  const blocks = [...plainBlocks(text)].map(
    (block): TextBlock => ({ ...block, side: block.indented ? 1 : 0, certain: true }),
  );
  return { format, blocks };
}

/** `followed`: offsets run on in each direction, and what the second node sent is indented. */
function* dumpBlocks(text: string, followed: boolean): Generator<TextBlock, void> {
  let title = '';
  let stamp: Stamp | null = null;
  for (const event of dumps(linesOf(text), { runsOn: followed })) {
    if (event.kind === 'line') {
      const line = words(event.line);
      stamp = stampOf(line) ?? stamp;
      if (line.trim() !== '') title = line;
      continue;
    }
    const { run, indent } = event.dump;
    if (!PART_OF_PACKET.test(title)) {
      yield run.block({ side: followed ? (indent > 0 ? 1 : 0) : null, stamp, certain: followed });
    }
    title = '';
  }
}

/** Amid prose, hex that is nothing known is a number or a hash, unless it may be DTLS 1.3 and comes after a handshake. */
function worthwhile(blocks: Iterable<PlainBlock>): readonly PlainBlock[] {
  const kept: PlainBlock[] = [];
  for (const block of blocks) {
    if (block.certain || isSomething(block) || (kept.length > 0 && mayBeUnified(block.bytes, 0))) kept.push(block);
  }
  return kept;
}

/** Lines of hex of which some are indented, all complete: copied from a followed stream without its heading. */
function bySides(blocks: readonly PlainBlock[]): readonly TextBlock[] {
  const sided = new Set(blocks.map((block) => block.indented)).size === 2 && blocks.every((block) => block.lines === 1);
  if (!sided) return blocks;
  return blocks.map((block) => ({ ...block, side: block.indented ? 1 : 0 }));
}

function isSomething(block: TextBlock): boolean {
  return contentOf(block.bytes).kind !== 'unknown';
}

function nodesIn(text: string): Nodes | null {
  const nodes: Endpoint[] = [];
  for (const [, node, address = '', port] of text.slice(0, 4096).matchAll(NODE)) {
    if (Number(node) !== nodes.length) return null;
    nodes.push({ address: address.replace(/^\[|\]$/g, ''), port: Number(port) });
  }
  const [first, second] = nodes;
  return first && second ? [first, second] : null;
}
