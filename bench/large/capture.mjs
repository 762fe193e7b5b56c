/**
 * Captures of a server with hundreds of clients at once: the templates in turns, each time from another client address,
 * in the order of time. Written piece by piece, so that any size takes the same memory.
 */
import { closeSync, existsSync, openSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { IP, PACKET_HEADER } from '../pcap.mjs';
import { templates } from './template.mjs';

/** @typedef {{ readonly file: string, readonly keys: string, readonly bytes: number, readonly packets: number, readonly associations: number }} Large */

const BEGIN_MICROS = 1_750_000_000 * 1e6;
/** From the start of one association to that of the next. */
const APART_MICROS = 3000;
const CLIENTS = 0x0a00_0000;
const SERVER = 0xc000_0201;
const FILE_HEADER = Buffer.from('d4c3b2a1020004000000000000000000' + '0000040001000000', 'hex');
const PIECE_BYTES = 4 << 20;

/**
 * Makes a capture of about so many megabytes, and its key log beside it. One that is there already is used again.
 * @param {string} file @param {number} megabytes @returns {Large}
 */
export function makeLarge(file, megabytes) {
  const kinds = templates();
  const perRound = kinds.reduce((sum, { bytes }) => sum + bytes, 0);
  const associations = Math.ceil((megabytes * 1e6 * kinds.length) / perRound);
  let bytes = FILE_HEADER.length;
  let packets = 0;
  for (let i = 0; i < associations; i++) {
    bytes += kinds[i % kinds.length]?.bytes ?? 0;
    packets += kinds[i % kinds.length]?.packets.length ?? 0;
  }
  const keys = file.replace(/(\.pcap)?$/, '.keys');
  writeFileSync(keys, kinds.map(({ keyLog }) => keyLog).join(''));
  if (!isThere(file, bytes, kinds, associations)) write(file, kinds, associations);
  return { file, keys, bytes, packets, associations };
}

/** @param {string} file @param {number} bytes @param {readonly import('./template.mjs').Template[]} kinds @param {number} associations */
function isThere(file, bytes, kinds, associations) {
  if (!existsSync(file) || statSync(file).size !== bytes) return false;
  const [piece] = pieces(kinds, associations);
  if (!piece) return false;
  const start = Buffer.alloc(piece.length);
  const open = openSync(file, 'r');
  readSync(open, start);
  closeSync(open);
  return start.equals(piece);
}

/** @param {string} file @param {readonly import('./template.mjs').Template[]} kinds @param {number} associations */
function write(file, kinds, associations) {
  const open = openSync(file, 'w');
  try {
    for (const piece of pieces(kinds, associations)) writeSync(open, piece);
  } finally {
    closeSync(open);
  }
}

/**
 * The file, a few megabytes at a time; a piece is overwritten by the next one.
 * @param {readonly import('./template.mjs').Template[]} kinds @param {number} associations @returns {Generator<Buffer>}
 */
function* pieces(kinds, associations) {
  const piece = Buffer.alloc(PIECE_BYTES + (1 << 16));
  let length = FILE_HEADER.copy(piece);
  for (const { micros, client, sender, frame } of inOrder(kinds, associations)) {
    piece.writeUInt32LE(Math.floor(micros / 1e6), length);
    piece.writeUInt32LE(micros % 1e6, length + 4);
    piece.writeUInt32LE(frame.length, length + 8);
    piece.writeUInt32LE(frame.length, length + 12);
    const at = length + PACKET_HEADER;
    frame.copy(piece, at);
    piece.writeUInt32BE(sender === 'client' ? client : SERVER, at + IP + 12);
    piece.writeUInt32BE(sender === 'client' ? SERVER : client, at + IP + 16);
    piece.writeUInt16BE(0, at + IP + 10);
    piece.writeUInt16BE(0, at + IP + 26);
    length = at + frame.length;
    if (length < PIECE_BYTES) continue;
    yield piece.subarray(0, length);
    length = 0;
  }
  yield piece.subarray(0, length);
}

/** @typedef {{ micros: number, readonly begin: number, readonly client: number, next: number, readonly packets: readonly import('./template.mjs').Packet[] }} Running */

/**
 * Merges the associations that run at the same time.
 * @param {readonly import('./template.mjs').Template[]} kinds @param {number} associations
 */
function* inOrder(kinds, associations) {
  /** Those that run, as a heap: none is earlier than the one at half its place. @type {Running[]} */
  const heap = [];
  for (let started = 0; started < associations || heap.length > 0; ) {
    const begin = BEGIN_MICROS + started * APART_MICROS;
    const [first] = heap;
    if (started < associations && (first === undefined || begin <= first.micros)) {
      const packets = kinds[started % kinds.length]?.packets ?? [];
      rise(heap, { micros: begin, begin, client: CLIENTS + started + 1, next: 0, packets });
      started++;
      continue;
    }
    const packet = first?.packets[first.next];
    if (!first || !packet) throw new Error('An association without packets cannot be repeated.');
    yield { micros: first.micros, client: first.client, sender: packet.sender, frame: packet.frame };
    const following = first.packets[++first.next];
    if (following) first.micros = first.begin + following.micros;
    sink(heap, following ? first : heap.pop());
  }
}

/** @param {Running[]} heap @param {Running} added */
function rise(heap, added) {
  let at = heap.length;
  for (let above = (at - 1) >> 1; at > 0; above = (at - 1) >> 1) {
    const parent = heap[above];
    if (!parent || parent.micros <= added.micros) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = added;
}

/** Puts one in the place of the first. @param {Running[]} heap @param {Running | undefined} moved */
function sink(heap, moved) {
  if (!moved || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    const below = right && left && right.micros < left.micros ? 2 * at + 2 : 2 * at + 1;
    const child = heap[below];
    if (!child || child.micros >= moved.micros) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = moved;
}
