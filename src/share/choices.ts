/** What the sharer chose to show. The defaults are the least with which the analysis stays the same. */
import type { Note } from './notes.ts';
import type { Redactions } from './shared-trace.ts';

export interface ShareChoices {
  readonly title: string;
  /** Ids of associations; null for all. */
  readonly associations: readonly string[] | null;
  /** Milliseconds since the first packet, inclusive; null for all of the time. */
  readonly timeRange: { readonly fromMs: number; readonly toMs: number } | null;
  /**
   * `marks`: when a record was sent, in which direction and under which number, not even how long it is; `lengths`:
   * that too; `bodies`: as they were captured, encrypted or not.
   */
  readonly applicationData: Redactions['applicationData'];
  readonly addresses: Redactions['addresses'];
  readonly clock: Redactions['clock'];
  readonly names: Redactions['names'];
  readonly certificates: Redactions['certificates'];
  /** `secrets`: traffic and master secrets of these associations, without those of DTLS 1.3 application data. */
  readonly keys: Redactions['keys'];
  readonly notes: readonly Note[];
}

export const LEAST: Omit<ShareChoices, 'title' | 'associations' | 'notes'> = {
  timeRange: null,
  applicationData: 'marks',
  addresses: 'replaced',
  clock: 'relative',
  names: 'kept',
  certificates: 'kept',
  keys: 'none',
};
