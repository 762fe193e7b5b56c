/** From each version of the format to the next, one step each: whatever was shared once opens for ever. */
import type { Sections } from './payload.ts';

export const FORMAT_VERSION = 1;

/** At index n - 1: from version n to n + 1. */
const UPGRADERS: readonly ((sections: Sections) => Sections)[] = [];

export function upgraded(version: number, sections: Sections): Sections {
  return UPGRADERS.slice(Math.max(0, version - 1)).reduce((older, upgrade) => upgrade(older), sections);
}
