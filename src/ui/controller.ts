/** What the reader can do with a trace, and what the worker's answers do to the state. */
import type { DataQuery } from '../analysis/application-data.ts';
import type { Found, Sought } from '../analysis/find-record.ts';
import type { ListedAssociation, ListedTrace } from '../analysis/listed-association.ts';
import type { AssociationDetail, RecordDetail } from '../analysis/trace.ts';
import type { Loading } from '../present/progress-row.ts';
import type { ViewAddress } from '../present/view-address.ts';
import type { Analysis, GivenPsk } from '../worker/client.ts';
import type { Add, FromWorker, InputFile, WriteRequest, WrittenFile } from '../worker/protocol.ts';
import type { SharedFacts, SharingAnswer, SharingQuestion } from '../worker/sharing-protocol.ts';
import { isList, placed, sameRow } from './early.ts';
import { asLink, OTHER_CAPTURE } from './links.ts';
import { type Place, placeOf, recordAt, sameAssociation, sameCaptures } from './same.ts';
import { settling } from './settling.ts';
import type { NeededCapture } from './store/share.ts';
import type { Store } from './store/store.ts';
import { EMPTY_TRACE } from './store/trace.ts';

export interface Controller {
  /** `sample` where these are the files of a sample, `link` where they are the text of one. */
  open(files: readonly InputFile[], add?: Add, sample?: string | null, link?: string | null): void;
  /** The trace that a link carries or names, `link` being its head; what is open stays until that proved usable. */
  openLink(link: string, view: ViewAddress): void;
  /** Shows a place in a capture that the link does not carry: at once, or when that capture is opened. */
  need(needed: NeededCapture): void;
  cancel(): void;
  selectAssociation(id: string): void;
  selectRecord(record: number | null): void;
  /** As `selectRecord`, for a leap that browser history remembers. */
  jump(record: number): void;
  /** Another association, and a record of it unless null. */
  goTo(association: string, record: number | null): void;
  /** Where a record or packet is; a sentence where there is none. */
  find(sought: Sought): Promise<Found | string>;
  /** Everything that an address names, as far as the open trace has it. */
  show(view: ViewAddress): void;
  /** The next or previous record of the association that is shown. */
  step(by: 1 | -1): void;
  /** These three resolve to false where it came to nothing; why is then among the notices. */
  addPsk(psk: GivenPsk): Promise<boolean>;
  addPrivateKey(file: InputFile, password?: string): Promise<boolean>;
  forcePorts(ports: readonly number[]): Promise<boolean>;
  /** Answered in the state's `data`. */
  readData(id: string, query: DataQuery): void;
  /** Secrets that nobody sees unasked: shown for the association until another one is. */
  deriveSrtpKeys(id: string): void;
  /** What the first capture point alone tells of the association that is shown. */
  askAlone(id: string): void;
  /** A file of what is open; one sentence where there is none. */
  write(request: WriteRequest): Promise<readonly WrittenFile[] | string>;
  /** Null where `signal` said meanwhile that the answer is not wanted any more. */
  sharing(question: SharingQuestion, signal?: AbortSignal): Promise<SharingAnswer | null>;
  forgetKeys(): void;
  close(): void;
  /** After a crash: the same files again, in a new worker. */
  reload(): void;
  /** See `Analysis.warm`. */
  warm(): void;
}

export const CRASHED =
  'The analysis stopped because of a mistake in DTLScope. What is shown stays; reload the analysis to go on.';

export function createController(store: Store, start: (receive: (m: FromWorker) => void) => Analysis): Controller {
  const { getState: get, setState: set } = store;
  /** Files of openings that have not been answered, oldest first. */
  const opening = new Map<number, Opening>();
  /** Who waits for what came of a job. */
  const waiting = new Map<number, (ok: boolean) => void>();
  /** Who waits for a file. */
  const writing = new Map<number, (files: readonly WrittenFile[] | string) => void>();
  /** Who waits for something about sharing; null where nothing comes. */
  const asking = new Map<number, (answer: SharingAnswer | null) => void>();
  /** Kept for a worker that has to be started again; nowhere else but in this tab's memory. */
  let psks: readonly GivenPsk[] = [];
  /** Who waits for a record or packet to be found. */
  let seeking: (found: Found | string) => void = () => {};
  /** The record that was selected before record numbers changed. */
  let place: Place | null = null;
  const analysis = start(receive);
  const askRecord = settling((record: number) => {
    if (record === get().record) analysis.record(record);
  });

  function receive(message: FromWorker): void {
    switch (message.is) {
      case 'progress':
        showProgress(message);
        break;
      case 'analysing':
        set(({ loading }) => ({ loading: { ...(loading ?? NO_FILE), analysis: message.progress } }));
        break;
      case 'part':
        // The worker's client puts them together.
        break;
      case 'opened':
        showTrace(message.trace, settle(message.job), message.shared ?? null);
        report(message.job, true, message.failures);
        break;
      case 'failed':
        giveUp(settle(message.job));
        report(message.job, false, message.failures);
        break;
      case 'cancelled':
        if (asking.has(message.job)) {
          hand(message.job, null);
          break;
        }
        giveUp(settle(message.job));
        report(message.job, false, ['Reading was cancelled. Nothing already loaded is lost.']);
        break;
      case 'needsPassword':
        askPassword(message.file, message.message);
        break;
      case 'association':
        showAssociation(message.detail);
        break;
      case 'record':
        showRecord(message.detail);
        break;
      case 'applicationData':
        if (message.data.id === get().association) set({ data: message.data });
        break;
      case 'srtpKeys':
        if (message.id === get().association) set({ srtp: message.keys });
        break;
      case 'alone':
        if (message.id === get().association) set({ alone: message.detail });
        break;
      case 'found':
        seeking(message.found);
        break;
      case 'written':
        deliver(message.job, message.files);
        break;
      case 'sharing':
        hand(message.job, message.answer);
        break;
      case 'absent':
        break;
      case 'crashed':
        if (message.job === 0) keepUnanswered();
        for (const job of message.job === 0 ? [...asking.keys()] : [message.job])
          hand(job, { kind: 'failed', message: CRASHED });
        for (const job of message.job === 0 ? [...writing.keys()] : [message.job]) deliver(job, CRASHED);
        settle(message.job);
        report(message.job, false, []);
        get().notify(CRASHED, message.report);
        break;
    }
  }

  /** The worker died: what it was about to open belongs to what `reload` opens. */
  function keepUnanswered(): void {
    set(({ files }) => ({ files: [...new Set([...files, ...[...opening.values()].flatMap((o) => o.files)])] }));
    opening.clear();
    for (const [job] of waiting) report(job, false, []);
  }

  function report(job: number, ok: boolean, failures: readonly string[]): void {
    for (const failure of failures) get().notify(failure);
    waiting.get(job)?.(ok);
    waiting.delete(job);
  }

  function deliver(job: number, files: readonly WrittenFile[] | string): void {
    writing.get(job)?.(files);
    writing.delete(job);
  }

  function hand(job: number, answer: SharingAnswer | null): void {
    asking.get(job)?.(answer);
    asking.delete(job);
  }

  function sharing(question: SharingQuestion, signal?: AbortSignal): Promise<SharingAnswer | null> {
    if (signal?.aborted) return Promise.resolve(null);
    const job = analysis.sharing(question);
    signal?.addEventListener('abort', () => {
      analysis.dropSharing(job);
      hand(job, null);
    });
    return new Promise((resolve) => asking.set(job, resolve));
  }

  /** A link that came to nothing: its place must not be looked for in what is open. */
  function giveUp({ link }: Opening): void {
    if (link !== null && get().trace.captures.length > 0) set({ wanted: null });
  }

  function answered(job: number): Promise<boolean> {
    return new Promise((resolve) => waiting.set(job, resolve));
  }

  function askPassword(file: InputFile, message: string): void {
    set(({ locked }) => ({
      locked: [...locked.filter((other) => other.file.name !== file.name), { file, message }],
      panel: 'keys',
    }));
  }

  function settle(job: number): Opening {
    const settled = opening.get(job) ?? NO_OPENING;
    opening.delete(job);
    if (opening.size === 0) set({ loading: null });
    // Those of the next opening are others.
    set({ early: [] });
    return settled;
  }

  function showProgress({ is: _, job: __, early: parts, ...numbers }: Progress): void {
    const { early, trace } = get();
    const rows = parts.length > 0 ? placed(early, parts) : early;
    // Where one zone fills the page, it is the list that grows.
    const fills = isList(rows) && !isList(early) && trace.captures.length === 0;
    set({ loading: { ...numbers, analysis: null }, early: rows, ...(fills ? { zone: 'list' } : {}) });
  }

  function showTrace(trace: ListedTrace, opened: Opening, shared: SharedFacts | null): void {
    const {
      association,
      record,
      files,
      sample,
      link,
      trace: before,
      shared: sharedBefore,
      detail,
      locked,
      wanted,
      awaited,
    } = get();
    const sameTrace = shared?.id === sharedBefore?.id;
    const kept = sameTrace && sameCaptures(before, trace);
    // A place that a link names is gone to even where its trace is open already.
    const asked = awaited && sameRow(awaited, trace);
    const same = sameTrace && opened.link === null && !asked ? sameAssociation(before, trace, association) : null;
    const first = firstToLookAt(trace.associations);
    place = same ? placeOf(detail, record) : null;
    set({
      trace,
      srtp: null,
      data: null,
      // Keys alone do not make another trace of a sample.
      sample: kept ? sample : opened.sample,
      shared,
      link: opened.link !== null ? { head: opened.link, numbers: null } : kept ? link : null,
      files: [...files, ...opened.files].filter(({ name }) => name === shared?.file || mentions(trace, name)),
      locked: locked.filter(({ file }) => !mentions(trace, file.name)),
      // What the address names is looked for once, and not where there is nothing.
      wanted: asked || (trace.captures.length > 0 && !first) ? null : wanted,
      awaited: null,
      ...(same
        ? { association: same.id }
        : { association: null, record: null, field: null, detail: null, recordDetail: null, alone: null, filter: '' }),
    });
    if (same) {
      analysis.association(same.id);
      if (record !== null) analysis.record(record);
    } else if (asked) selectAssociation(asked.id);
    else if (wanted && first) show(wanted);
    else if (first) selectAssociation(first.id);
    if (shared && !sameTrace && shared.notes.length > 0)
      get().addForeign({ from: shared.from === 'file' ? shared.file : 'the link', notes: shared.notes });
    const { needed } = get();
    if (needed && !kept && trace.captures.length > 0) void compare(needed);
  }

  /** Whether what is open is what the link was made for. */
  async function compare(needed: NeededCapture): Promise<boolean> {
    const answer = await sharing({ ask: 'digest' });
    if (get().needed !== needed) return false;
    if (answer?.kind !== 'digest' || answer.digest !== needed.digest) {
      get().notify(OTHER_CAPTURE);
      return false;
    }
    set({ needed: null, link: { head: needed.link, numbers: null } });
    show(needed.view);
    return true;
  }

  function showAssociation(detail: AssociationDetail): void {
    if (detail.association.id !== get().association) return;
    set({ detail });
    // Where more was read, the same record may have another number.
    const moved = place && recordAt(detail, place);
    place = null;
    if (moved) selectRecord(moved);
    // None selected, or one that the address names but this association does not have.
    if (!detail.records.some((r) => r.record === get().record)) openAt(firstOfInterest(detail));
  }

  function showRecord(recordDetail: RecordDetail): void {
    if (recordDetail.record.record !== get().record) return;
    const { buffer } = get();
    const kept = recordDetail.buffers.some(({ id }) => id === buffer);
    set({ recordDetail, ...(kept ? {} : { buffer: 'packet' }) });
  }

  function selectAssociation(id: string): void {
    if (id === get().association && get().detail) return;
    const nothing = { record: null, field: null, detail: null, recordDetail: null, alone: null, srtp: null };
    set({ association: id, ...nothing, finding: null });
    analysis.association(id);
  }

  /** The page's own choice: the reader has come nowhere yet, so nothing counts as still to come. */
  function openAt(record: number | null): void {
    selectRecord(record);
    set({ untouched: true });
  }

  function selectRecord(record: number | null): void {
    if (record === get().record) return;
    set(record === null ? { record, field: null, recordDetail: null } : { record, field: null, untouched: false });
    if (record !== null) askRecord(record);
  }

  function jump(record: number): void {
    const { detail } = get();
    if (record === get().record) return;
    // Evidence may lie in another association, such as the other half of a glare.
    if (detail && !detail.records.some((r) => r.record === record)) {
      void find({ by: 'record', record }).then((found) => {
        if (typeof found === 'string') get().notify(found);
        else goTo(found.association, found.record);
      });
      return;
    }
    set(({ jumps }) => ({ jumps: jumps + 1, record, field: null, untouched: false }));
    askRecord(record);
  }

  function goTo(association: string, record: number | null): void {
    selectAssociation(association);
    if (record !== null) jump(record);
  }

  function find(sought: Sought): Promise<Found | string> {
    return new Promise((resolve) => {
      seeking = resolve;
      analysis.find(sought, get().association);
    });
  }

  function show({ association: id, record, field, buffer, finding, ...settings }: ViewAddress): void {
    const { associations } = get().trace;
    const named = associations.find((a) => a.id === id);
    if (id !== null && !named) get().notify(noSuchAssociation(id, associations.length));
    set({ wanted: null, ...settings });
    const chosen = named ?? firstToLookAt(associations);
    if (!chosen) return;
    selectAssociation(chosen.id);
    const { detail } = get();
    const absent = detail !== null && !detail.records.some((r) => r.record === record);
    if (named && record !== null && !absent) selectRecord(record);
    else if (detail) openAt(firstOfInterest(detail));
    set({ finding, field: named ? field : null, buffer });
  }

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
    opening.set(analysis.open(files, add), { files, sample, link });
  }

  function openLink(link: string, view: ViewAddress): void {
    set({ wanted: view, needed: null });
    open([asLink(link)], false, null, link);
  }

  function addPsk(psk: GivenPsk): Promise<boolean> {
    set({ notices: [] });
    const done = answered(analysis.addPsk(psk));
    return done.then((ok) => {
      if (ok) psks = [...psks, psk];
      return ok;
    });
  }

  function addPrivateKey(file: InputFile, password?: string): Promise<boolean> {
    set({ notices: [] });
    const job = analysis.addPrivateKey(file, password ?? null);
    opening.set(job, { ...NO_OPENING, files: [file] });
    return answered(job);
  }

  function forcePorts(ports: readonly number[]): Promise<boolean> {
    const { files, ports: before } = get();
    set({ notices: [], ports });
    const job = analysis.forcePorts(ports, files);
    opening.set(job, { ...NO_OPENING, sample: get().sample });
    return answered(job).then((ok) => {
      if (!ok) set({ ports: before });
      return ok;
    });
  }

  return {
    open,
    openLink,
    need(needed) {
      set({ needed, wanted: null });
      if (get().trace.captures.length > 0) void compare(needed);
    },
    sharing,
    cancel: () => analysis.cancel(),
    selectAssociation,
    selectRecord,
    jump,
    goTo,
    find,
    show,
    step(by) {
      const { detail, record } = get();
      if (!detail) return;
      const at = detail.records.findIndex((r) => r.record === record);
      const next = detail.records[at < 0 ? 0 : at + by];
      if (next) selectRecord(next.record);
    },
    addPsk,
    addPrivateKey,
    forcePorts,
    askAlone: (id) => analysis.alone(id),
    readData: (id, query) => analysis.applicationData(id, query),
    write: (request) => new Promise((resolve) => writing.set(analysis.write(request), resolve)),
    deriveSrtpKeys: (id) => analysis.srtpKeys(id),
    forgetKeys() {
      psks = [];
      set({ locked: [], srtp: null });
      analysis.forgetKeys();
    },
    close() {
      psks = [];
      // What is still being read is not wanted any more either.
      if (opening.size > 0) analysis.cancel();
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
    },
    reload() {
      const { files, ports, sample, link } = get();
      if (ports.length > 0) void forcePorts(ports);
      open(files, false, sample, link?.numbers === null ? link.head : null);
      for (const psk of psks) analysis.addPsk(psk);
    },
    warm: () => analysis.warm(),
  };
}

type Progress = Extract<FromWorker, { readonly is: 'progress' }>;

/** Files whose opening has not been answered yet. */
interface Opening {
  readonly files: readonly InputFile[];
  /** The sample whose files these are. */
  readonly sample: string | null;
  /** Head of the link whose text these are. */
  readonly link: string | null;
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

function firstToLookAt(associations: readonly ListedAssociation[]): ListedAssociation | undefined {
  return associations.find((a) => a.outcome === 'failed') ?? associations[0];
}

function noSuchAssociation(id: string, count: number): string {
  return `The address names association ${id.slice(1)}, but ${count === 1 ? 'there is only one' : `there are ${count}`} here.`;
}

function mentions({ captures, keys }: ListedTrace, name: string): boolean {
  return (
    captures.some((capture) => capture.name === name) ||
    [...keys.secrets, ...keys.problems].some(({ source }) => source === name || source.startsWith(`${name}:`))
  );
}

/** What shows the headline, else what ended it, else where it began. */
function firstOfInterest({ association, records }: AssociationDetail): number | null {
  const headline = association.findings.find((finding) => finding.headline && finding.severity !== 'note');
  const shown = headline?.evidence.find(({ record }) => records.some((r) => r.record === record));
  if (shown) return shown.record;
  const fatal = association.alerts.find((alert) => alert.level === 'fatal');
  return fatal?.record ?? records[0]?.record ?? null;
}
