/** All of them. A new way in is a row in one of these lists. */
import { ANALYSIS_ENTRIES } from './entries/analysis-entries.ts';
import { CAPTURE_ENTRIES } from './entries/capture-entries.ts';
import { DECODER_ENTRIES } from './entries/decoder-entries.ts';
import { KEY_ENTRIES } from './entries/key-entries.ts';
import { SHARE_ENTRIES } from './entries/share-entries.ts';
import type { Entry } from './entry.ts';

export const ENTRIES: readonly Entry[] = [
  ...CAPTURE_ENTRIES,
  ...DECODER_ENTRIES,
  ...KEY_ENTRIES,
  ...SHARE_ENTRIES,
  ...ANALYSIS_ENTRIES,
];
