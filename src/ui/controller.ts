/** What the reader can do with a trace, and what the worker's answers do to the state. */
import type { DataQuery } from '../analysis/application-data.ts';
import type { Found, Sought } from '../analysis/find-record.ts';
import type { Association, AssociationDetail, RecordDetail, TraceSummary } from '../analysis/trace.ts';
import type { ViewAddress } from '../present/view-address.ts';
import type { Analysis, GivenPsk } from '../worker/client.ts';
import type { Add, FromWorker, InputFile, WriteRequest, WrittenFile } from '../worker/protocol.ts';
import { type Place, placeOf, recordAt, sameAssociation, sameCaptures } from './same.ts';
import { settling } from './settling.ts';
import type { Store } from './store/store.ts';
import { EMPTY_TRACE } from './store/trace.ts';

export interface Controller {
  /** `sample` where these are the files of a sample. */
  open(files: readonly InputFile[], add?: Add, sample?: string | null): void;
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
        set({ loading: message });
        break;
      case 'opened':
        showTrace(message.trace, settle(message.job));
        report(message.job, true, message.failures);
        break;
      case 'failed':
        settle(message.job);
        report(message.job, false, message.failures);
        break;
      case 'cancelled':
        settle(message.job);
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
      case 'absent':
        break;
      case 'crashed':
        if (message.job === 0) keepUnanswered();
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
    const settled = opening.get(job) ?? { files: [], sample: null };
    opening.delete(job);
    if (opening.size === 0) set({ loading: null });
    return settled;
  }

  function showTrace(trace: TraceSummary, opened: Opening): void {
    const { association, record, files, sample, trace: before, detail, locked, wanted } = get();
    const same = sameAssociation(before, trace, association);
    const first = firstToLookAt(trace.associations);
    place = same ? placeOf(detail, record) : null;
    set({
      trace,
      srtp: null,
      data: null,
      // Keys alone do not make another trace of a sample.
      sample: sameCaptures(before, trace) ? sample : opened.sample,
      files: [...files, ...opened.files].filter(({ name }) => mentions(trace, name)),
      locked: locked.filter(({ file }) => !mentions(trace, file.name)),
      // What the address names is looked for once, and not where there is nothing.
      wanted: trace.captures.length > 0 && !first ? null : wanted,
      ...(same
        ? { association: same.id }
        : { association: null, record: null, field: null, detail: null, recordDetail: null, alone: null, filter: '' }),
    });
    if (same) {
      analysis.association(same.id);
      if (record !== null) analysis.record(record);
    } else if (wanted && first) show(wanted);
    else if (first) selectAssociation(first.id);
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
    if (record === get().record) return;
    set(({ jumps }) => ({ jumps: jumps + 1, record, field: null, untouched: false }));
    askRecord(record);
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

  function open(files: readonly InputFile[], add: Add = 'auto', sample: string | null = null): void {
    const [first] = files;
    if (!first) return;
    const bytesTotal = files.reduce((sum, { blob }) => sum + blob.size, 0);
    set({ loading: { file: first.name, bytesRead: 0, bytesTotal, packets: 0, datagrams: 0 }, notices: [] });
    opening.set(analysis.open(files, add), { files, sample });
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
    opening.set(job, { files: [file], sample: null });
    return answered(job);
  }

  function forcePorts(ports: readonly number[]): Promise<boolean> {
    const { files, ports: before } = get();
    set({ notices: [], ports });
    const job = analysis.forcePorts(ports, files);
    opening.set(job, { files: [], sample: get().sample });
    return answered(job).then((ok) => {
      if (!ok) set({ ports: before });
      return ok;
    });
  }

  return {
    open,
    cancel: () => analysis.cancel(),
    selectAssociation,
    selectRecord,
    jump,
    goTo(association, record) {
      selectAssociation(association);
      if (record !== null) jump(record);
    },
    find: (sought) =>
      new Promise((resolve) => {
        seeking = resolve;
        analysis.find(sought, get().association);
      }),
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
      set({
        trace: EMPTY_TRACE,
        sample: null,
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
      const { files, ports, sample } = get();
      if (ports.length > 0) void forcePorts(ports);
      open(files, false, sample);
      for (const psk of psks) analysis.addPsk(psk);
    },
    warm: () => analysis.warm(),
  };
}

/** Files whose opening has not been answered yet. */
interface Opening {
  readonly files: readonly InputFile[];
  /** The sample whose files these are. */
  readonly sample: string | null;
}

function firstToLookAt(associations: readonly Association[]): Association | undefined {
  return associations.find((a) => a.outcome === 'failed') ?? associations[0];
}

function noSuchAssociation(id: string, count: number): string {
  return `The address names association ${id.slice(1)}, but ${count === 1 ? 'there is only one' : `there are ${count}`} here.`;
}

function mentions({ captures, keys }: TraceSummary, name: string): boolean {
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
