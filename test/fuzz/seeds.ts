/** Inputs that are as they should be, out of samples/, cut to a size at which damage hits what is read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uint32In } from '../../src/capture/big-endian.ts';
import { SAMPLES } from '../captures.ts';

const FOLDERS = ['.', 'corpus', 'corpus/synthetic'];

/** The files of the collection with one of these endings, by name. */
export function filesWith(...endings: readonly string[]): readonly string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(SAMPLES, folder))
      .filter((name) => endings.some((ending) => name.endsWith(ending)))
      .sort()
      .map((name) => join(SAMPLES, folder, name)),
  );
}

export const fileBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

export interface Frames {
  readonly linkType: number;
  readonly frames: readonly Uint8Array[];
}

/** The first packets of a pcap; null for other files. */
export function framesOf(file: Uint8Array, most: number): Frames | null {
  const magic = [...file.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const little = magic === 'd4c3b2a1' || magic === '4d3cb2a1';
  if (!little && magic !== 'a1b2c3d4' && magic !== 'a1b23c4d') return null;
  const frames: Uint8Array[] = [];
  for (let at = 24; at + 16 <= file.length && frames.length < most; ) {
    const length = uint32In(file, at + 8, little);
    frames.push(file.slice(at + 16, at + 16 + length));
    at += 16 + length;
  }
  return { linkType: uint32In(file, 20, little) & 0xffff, frames };
}

/** The file up to the end of its packet `most`, or to `longest` bytes. */
export function beginning(file: Uint8Array, most: number, longest: number): Uint8Array {
  const little = file[0] === 0xd4 || file[0] === 0x4d;
  if (!framesOf(file, 1)) return file.slice(0, longest);
  let at = 24;
  for (let n = 0; n < most && at + 16 <= file.length; n++) {
    const next = at + 16 + uint32In(file, at + 8, little);
    if (next > longest && n > 0) break;
    at = next;
  }
  return file.slice(0, at);
}
