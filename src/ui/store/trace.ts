/** What is open, as the worker told it, and what is under way. */
import type { StateCreator } from 'zustand';
import type { ApplicationDataView } from '../../analysis/application-data.ts';
import type { EarlyAssociation } from '../../analysis/early-association.ts';
import type { ListedTrace } from '../../analysis/listed-association.ts';
import type { AssociationDetail, RecordDetail, SrtpKeys } from '../../analysis/trace.ts';
import type { Loading } from '../../present/progress-row.ts';
import type { InputFile } from '../../worker/protocol.ts';

/** A sentence that the reader dismisses. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  /** Set for a bug: what can be copied into a report. */
  readonly report: string | null;
}

export interface LockedKey {
  readonly file: InputFile;
  /** Why it could not be used, in a sentence. */
  readonly message: string;
}

export interface TraceSlice {
  readonly trace: ListedTrace;
  /** Id of the sample that is open; null for the reader's own files. */
  readonly sample: string | null;
  /** The files behind `trace`, so that the analysis can be started again. */
  readonly files: readonly InputFile[];
  /** UDP ports that are taken for DTLS whatever their datagrams look like. */
  readonly ports: readonly number[];
  /** Private keys that wait for their password. */
  readonly locked: readonly LockedKey[];
  readonly loading: Loading | null;
  /** Rows for the first of the associations that were found so far in what is being read. */
  readonly early: readonly EarlyAssociation[];
  /** The one among them that is to be shown as soon as it can be. */
  readonly awaited: EarlyAssociation | null;
  readonly notices: readonly Notice[];
  /** Of the selected association and record, once the worker has answered. */
  readonly detail: AssociationDetail | null;
  readonly recordDetail: RecordDetail | null;
  /** What the first of two capture points alone tells of the selected association; null until asked for. */
  readonly alone: AssociationDetail | null;
  /** SRTP master keys of the selected association, or why there are none; null until asked for. */
  readonly srtp: SrtpKeys | string | null;
  /** Application data of the selected association, as far as it was asked for; null until then. */
  readonly data: ApplicationDataView | null;
  /** Chooses one before it can be shown. */
  awaitAssociation(row: EarlyAssociation): void;
  notify(text: string, report?: string): void;
  dismiss(id: number): void;
}

export const EMPTY_TRACE: ListedTrace = {
  captures: [],
  keys: { secrets: [], problems: [] },
  associations: [],
  findings: [],
  points: null,
  other: { udp: [], cutPackets: 0 },
};

export const traceSlice: StateCreator<TraceSlice> = (set) => ({
  trace: EMPTY_TRACE,
  sample: null,
  files: [],
  ports: [],
  locked: [],
  loading: null,
  early: [],
  awaited: null,
  notices: [],
  detail: null,
  recordDetail: null,
  alone: null,
  srtp: null,
  data: null,
  awaitAssociation: (row) => set({ awaited: row }),
  notify: (text, report) =>
    set(({ notices }) => ({
      notices: [
        // The same sentence twice helps nobody; the newer one stays.
        ...notices.filter((notice) => notice.text !== text),
        { id: (notices.at(-1)?.id ?? 0) + 1, text, report: report ?? null },
      ],
    })),
  dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
});
