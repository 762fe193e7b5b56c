/** What the reader asks that changes what is open, until the worker has answered it. */
import type { AnalysisProgress } from '../analysis/progress.ts';
import type { Loading } from '../present/progress-row.ts';
import type { ViewAddress } from '../present/view-address.ts';
import type { Analysis, GivenPsk } from '../worker/client.ts';
import type { Add, FromWorker, InputFile } from '../worker/protocol.ts';
import { Awaited } from './awaited.ts';
import { isList, placed } from './early.ts';
import { asLink } from './links.ts';
import type { Store } from './store/store.ts';
import { EMPTY_TRACE } from './store/trace.ts';

export interface Changes {
  /** `sample` where these are the files of a sample, `link` where they are the text of one. */
  open(files: readonly InputFile[], add?: Add, sample?: string | null, link?: string | null): void;
  /** The trace that a link carries or names, `link` being its head; what is open stays until that proved usable. */
  openLink(link: string, view: ViewAddress): void;
  /** These three resolve to false where it came to nothing; why is then among the notices. */
  addPsk(psk: GivenPsk): Promise<boolean>;
  addPrivateKey(file: InputFile, password?: string): Promise<boolean>;
  forcePorts(ports: readonly number[]): Promise<boolean>;
  forgetKeys(): void;
  close(): void;
  /** After a crash: the same files again, in a new worker. */
  reload(): void;
}

/** Files whose opening has not been answered yet. */
export interface Opening {
  readonly files: readonly InputFile[];
  /** The sample whose files these are. */
  readonly sample: string | null;
  /** Head of the link whose text these are. */
  readonly link: string | null;
}

type Progress = Extract<FromWorker, { readonly is: 'progress' }>;

/** What the worker answers to it. */
export interface Answering {
  reading(progress: Progress): void;
  analysing(progress: AnalysisProgress): void;
  needsPassword(file: InputFile, message: string): void;
  /** It is answered: what it was about to open. */
  settle(job: number): Opening;
  /** The same, where nothing came of it. */
  giveUp(job: number): void;
  /** Tells who waits for it, and all that failed. */
  report(job: number, ok: boolean, failures: readonly string[]): void;
  /** The worker died: what it was about to open belongs to what `reload` opens. */
  keepUnanswered(): void;
}

const NO_FILE: Loading = {
  file: '',
  bytesRead: 0,
  bytesTotal: 0,
  packets: 0,
  datagrams: 0,
  associations: 0,
  analysis: null,
};
const NO_OPENING: Opening = { files: [], sample: null, link: null };

export function createChanges(store: Store, analysis: Analysis): Changes & { readonly answering: Answering } {
  const { getState: get, setState: set } = store;
  /** Oldest first. */
  const openings = new Map<number, Opening>();
  const outcomes = new Awaited<boolean>();
  /** Kept for a worker that has to be started again; nowhere else but in this tab's memory. */
  let psks: readonly GivenPsk[] = [];

  function open(
    files: readonly InputFile[],
    add: Add = 'auto',
    sample: string | null = null,
    link: string | null = null,
  ): void {
    const [first] = files;
    if (!first) return;
    const bytesTotal = files.reduce((sum, { blob }) => sum + blob.size, 0);
    set({ loading: { ...NO_FILE, file: first.name, bytesTotal }, early: [], awaited: null, notices: [] });
    openings.set(analysis.open(files, add), { files, sample, link });
  }

  function openLink(link: string, view: ViewAddress): void {
    set({ wanted: view, needed: null });
    open([asLink(link)], false, null, link);
  }

  function addPsk(psk: GivenPsk): Promise<boolean> {
    set({ notices: [] });
    const done = outcomes.answerTo(analysis.addPsk(psk));
    return done.then((ok) => {
      if (ok) psks = [...psks, psk];
      return ok;
    });
  }

  function addPrivateKey(file: InputFile, password?: string): Promise<boolean> {
    set({ notices: [] });
    const job = analysis.addPrivateKey(file, password ?? null);
    openings.set(job, { ...NO_OPENING, files: [file] });
    return outcomes.answerTo(job);
  }

  function forcePorts(ports: readonly number[]): Promise<boolean> {
    const { files, ports: before } = get();
    set({ notices: [], ports });
    const job = analysis.forcePorts(ports, files);
    openings.set(job, { ...NO_OPENING, sample: get().sample });
    return outcomes.answerTo(job).then((ok) => {
      if (!ok) set({ ports: before });
      return ok;
    });
  }

  function forgetKeys(): void {
    psks = [];
    set({ locked: [], srtp: null });
    analysis.forgetKeys();
  }

  function close(): void {
    psks = [];
    // What is still being read is not wanted any more either.
    if (openings.size > 0) analysis.cancel();
    set({
      trace: EMPTY_TRACE,
      sample: null,
      shared: null,
      link: null,
      files: [],
      ports: [],
      locked: [],
      association: null,
      record: null,
      field: null,
      detail: null,
      recordDetail: null,
      data: null,
    });
    analysis.close();
  }

  function reload(): void {
    const { files, ports, sample, link } = get();
    if (ports.length > 0) void forcePorts(ports);
    open(files, false, sample, link?.numbers === null ? link.head : null);
    for (const psk of psks) analysis.addPsk(psk);
  }

  function settle(job: number): Opening {
    const settled = openings.get(job) ?? NO_OPENING;
    openings.delete(job);
    if (openings.size === 0) set({ loading: null });
    // Those of the next opening are others.
    set({ early: [] });
    return settled;
  }

  function report(job: number, ok: boolean, failures: readonly string[]): void {
    for (const failure of failures) get().notify(failure);
    outcomes.give(job, ok);
  }

  const answering: Answering = {
    reading({ is: _, job: __, early: parts, ...numbers }) {
      const { early, trace } = get();
      const rows = parts.length > 0 ? placed(early, parts) : early;
      // Where one zone fills the page, it is the list that grows.
      const fills = isList(rows) && !isList(early) && trace.captures.length === 0;
      set({ loading: { ...numbers, analysis: null }, early: rows, ...(fills ? { zone: 'list' } : {}) });
    },
    analysing: (progress) => set(({ loading }) => ({ loading: { ...(loading ?? NO_FILE), analysis: progress } })),
    needsPassword(file, message) {
      set(({ locked }) => ({
        locked: [...locked.filter((other) => other.file.name !== file.name), { file, message }],
        panel: 'keys',
      }));
    },
    settle,
    giveUp(job) {
      const { link } = settle(job);
      // A link that came to nothing: its place must not be looked for in what is open.
      if (link !== null && get().trace.captures.length > 0) set({ wanted: null });
    },
    report,
    keepUnanswered() {
      set(({ files }) => ({ files: [...new Set([...files, ...[...openings.values()].flatMap((o) => o.files)])] }));
      openings.clear();
      for (const job of outcomes.jobs) report(job, false, []);
    },
  };

  return { open, openLink, addPsk, addPrivateKey, forcePorts, forgetKeys, close, reload, answering };
}
