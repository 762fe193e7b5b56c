/** A .dtlstrace file: eight bytes by which it is known, then what a link holds. */
import { deflate } from './deflate.ts';
import { FILE_LIMITS } from './limits.ts';
import { openPacked } from './link.ts';
import { type Decoded, encodePayload } from './payload.ts';
import type { SharedTrace } from './shared-trace.ts';

export const FILE_ENDING = '.dtlstrace';
/** "DTLSTRC" and a byte that no text has. */
const HEAD = Uint8Array.from([0x44, 0x54, 0x4c, 0x53, 0x54, 0x52, 0x43, 0x1a]);

export async function writeTraceFile(trace: SharedTrace): Promise<Uint8Array<ArrayBuffer>> {
  const packed = await deflate(encodePayload(trace));
  const file = new Uint8Array(HEAD.length + packed.length);
  file.set(HEAD);
  file.set(packed, HEAD.length);
  return file;
}

/** By its first bytes. */
export function isTraceFile(head: Uint8Array): boolean {
  return HEAD.every((byte, i) => head[i] === byte);
}

/** Never throws. `message` goes on after the name of the file. */
export async function openTraceFile(bytes: Uint8Array<ArrayBuffer>): Promise<Decoded> {
  if (!isTraceFile(bytes)) return { kind: 'unusable', message: 'is no .dtlstrace file.' };
  return openPacked(bytes.subarray(HEAD.length), FILE_LIMITS);
}
