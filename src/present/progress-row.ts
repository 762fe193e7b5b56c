/** How far reading and analysis are, as the row under the header says it. */
import type { AnalysisProgress, SessionProgress } from '../analysis/progress.ts';
import { byteCount, counted, grouped } from './association-row.ts';

export interface Loading extends Omit<SessionProgress, 'early'> {
  /** How far the analysis is; null until every file is read. */
  readonly analysis: AnalysisProgress | null;
}

export interface ProgressRow {
  readonly what: string;
  readonly done: number;
  readonly total: number;
  readonly says: string;
}

export function progressRow(loading: Loading): ProgressRow {
  const { file, bytesRead, bytesTotal, packets, datagrams, associations, analysis } = loading;
  if (analysis) {
    const { what, done, total } = analysis;
    const again = what === 'datagrams';
    return {
      // Where keys were added or forgotten, no file is opened.
      what: again ? 'Reading again, with other keys' : `Analysing ${file || 'again'}`,
      done,
      total,
      says: again
        ? `${grouped(done)} of ${counted(total, 'datagram')}`
        : `${grouped(done)} of ${counted(total, 'association')}`,
    };
  }
  return {
    what: `Reading ${file}`,
    done: bytesRead,
    total: bytesTotal,
    says: [
      `${byteCount(bytesRead)} of ${byteCount(bytesTotal)}`,
      counted(packets, 'packet'),
      counted(datagrams, 'DTLS datagram'),
      ...(associations > 0 ? [counted(associations, 'association')] : []),
    ].join(', '),
  };
}
