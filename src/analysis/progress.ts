/** How far the reading of files is, and the analysis that follows it. */
import type { EarlyAssociation } from './early-association.ts';

export interface SessionProgress {
  readonly file: string;
  readonly bytesRead: number;
  /** 0 where it is not known. */
  readonly bytesTotal: number;
  readonly packets: number;
  /** Datagrams so far that may be DTLS. */
  readonly datagrams: number;
  /** Associations so far of the first capture, as long as it comes in order of time. */
  readonly associations: number;
  /** What can be said of them now, from index `from` up to `to`. */
  early(from: number, to: number): readonly EarlyAssociation[];
}

/** How far the analysis is that follows the reading. */
export interface AnalysisProgress {
  /** Datagrams are read again where there are other keys; then associations are analysed. */
  readonly what: 'datagrams' | 'associations';
  readonly done: number;
  readonly total: number;
}

/** Passes over all associations. */
const PASSES = 2;

/** In the pass after so many others. */
export const inPass =
  (passes: number, total: number) =>
  (done: number): AnalysisProgress => ({
    what: 'associations',
    done: Math.floor((passes * total + done) / PASSES),
    total,
  });
