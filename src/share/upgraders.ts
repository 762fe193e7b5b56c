/** From each version of the format to the next, one step each: whatever was shared once opens for ever. */
import type { Sections } from './payload.ts';
import { Damaged } from './varint.ts';

export const FORMAT_VERSION = 1;

export interface Format {
  /** What is written, and the newest that is read. */
  readonly version: number;
  /** At index n - 1: the sections of version n as those of n + 1. */
  readonly upgraders: readonly ((sections: Sections) => Sections)[];
}

export const FORMAT: Format = { version: FORMAT_VERSION, upgraders: [] };

/** Throws `Damaged` for versions that never were. */
export function upgraded(version: number, sections: Sections, { upgraders }: Format): Sections {
  if (version < 1) throw new Damaged('names a version that never was');
  return upgraders.slice(version - 1).reduce((older, upgrade) => upgrade(older), sections);
}
