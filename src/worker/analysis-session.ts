import type { ApplicationDataView, DataQuery } from '../analysis/application-data.ts';
import type { Found, Sought } from '../analysis/find-record.ts';
import type { FindingView } from '../analysis/finding.ts';
import type { AnalysisProgress, SessionProgress } from '../analysis/progress.ts';
import type { PrivateKeyAdded } from '../analysis/session.ts';
import type {
  Association,
  AssociationDetail,
  RecordDetail,
  SrtpKeys,
  TraceOverview,
  TraceSummary,
} from '../analysis/trace.ts';
import type { CaptureSource } from '../capture/datagram.ts';
import type { Add } from './protocol.ts';

/** The part of the analysis session that the worker needs. */
export interface AnalysisSession {
  open(
    files: readonly CaptureSource[],
    options: {
      readonly add: Add;
      readonly progress?: (p: SessionProgress) => void;
      readonly cancelled?: () => boolean;
    },
  ): Promise<{ readonly ok: boolean; readonly cancelled: boolean; readonly failures: readonly string[] }>;
  trace(): TraceSummary;
  overview(): TraceOverview;
  ids(): readonly string[];
  findings(): readonly FindingView[];
  /** What `trace` does when it is first asked, in steps: first this, */
  reading(): Iterable<AnalysisProgress>;
  /** and then this, which hands each association to `take` instead of keeping them. */
  diagnosing(take: ((association: Association) => void) | null): Iterable<AnalysisProgress>;
  /** The same things open, apart from this one. */
  fork(): AnalysisSession;
  /** Opens what is open in a fork. */
  adopt(fork: AnalysisSession): void;
  shown(id: string, around: number | null): AssociationDetail | null;
  alone(id: string): AssociationDetail | null;
  record(record: number): RecordDetail | null;
  applicationData(id: string, query: DataQuery): ApplicationDataView | null;
  /** A sentence where there is none. */
  find(sought: Sought, near: string | null): Found | string;
  /** A sentence where something is missing. */
  srtpKeys(id: string): SrtpKeys | string;
  /** A sentence where it is none. */
  addPsk(given: string, form: { readonly text: boolean; readonly source: string }): string | null;
  addPrivateKey(file: Uint8Array, name: string, password?: string): PrivateKeyAdded;
  forcePorts(ports: Iterable<number>): void;
  forgetKeys(): void;
  close(): void;
}
