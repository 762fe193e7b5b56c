/** What the reader can do with a trace, and what the worker's answers do to the state. */
import type { AssociationDetail, RecordDetail, TraceSummary } from '../analysis/trace.ts';
import type { Analysis, GivenPsk } from '../worker/client.ts';
import type { Add, FromWorker, InputFile } from '../worker/protocol.ts';
import { type Place, placeOf, recordAt, sameAssociation } from './same.ts';
import type { Store } from './store/store.ts';
import { EMPTY_TRACE } from './store/trace.ts';

export interface Controller {
  open(files: readonly InputFile[], add?: Add): void;
  cancel(): void;
  selectAssociation(id: string): void;
  selectRecord(record: number | null): void;
  /** The next or previous record of the association that is shown. */
  step(by: 1 | -1): void;
  /** These three resolve to false where it came to nothing; why is then among the notices. */
  addPsk(psk: GivenPsk): Promise<boolean>;
  addPrivateKey(file: InputFile, password?: string): Promise<boolean>;
  forcePorts(ports: readonly number[]): Promise<boolean>;
  /** Secrets that nobody sees unasked: shown for the association until another one is. */
  deriveSrtpKeys(id: string): void;
  /** What the first capture point alone tells of the association that is shown. */
  askAlone(id: string): void;
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
  const opening = new Map<number, readonly InputFile[]>();
  /** Who waits for what came of a job. */
  const waiting = new Map<number, (ok: boolean) => void>();
  /** Kept for a worker that has to be started again; nowhere else but in this tab's memory. */
  let psks: readonly GivenPsk[] = [];
  /** The record that was selected before record numbers changed. */
  let place: Place | null = null;
  const analysis = start(receive);

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
      case 'srtpKeys':
        if (message.id === get().association) set({ srtp: message.keys });
        break;
      case 'alone':
        if (message.id === get().association) set({ alone: message.detail });
        break;
      case 'absent':
        break;
      case 'crashed':
        if (message.job === 0) keepUnanswered();
        settle(message.job);
        report(message.job, false, []);
        get().notify(CRASHED, message.report);
        break;
    }
  }

  /** The worker died: what it was about to open belongs to what `reload` opens. */
  function keepUnanswered(): void {
    set(({ files }) => ({ files: [...new Set([...files, ...[...opening.values()].flat()])] }));
    opening.clear();
    for (const [job] of waiting) report(job, false, []);
  }

  function report(job: number, ok: boolean, failures: readonly string[]): void {
    for (const failure of failures) get().notify(failure);
    waiting.get(job)?.(ok);
    waiting.delete(job);
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

  function settle(job: number): readonly InputFile[] {
    const files = opening.get(job) ?? [];
    opening.delete(job);
    if (opening.size === 0) set({ loading: null });
    return files;
  }

  function showTrace(trace: TraceSummary, opened: readonly InputFile[]): void {
    const { association, record, files, trace: before, detail, locked } = get();
    const same = sameAssociation(before, trace, association);
    const first = trace.associations.find((a) => a.outcome === 'failed') ?? trace.associations[0];
    place = same ? placeOf(detail, record) : null;
    set({
      trace,
      srtp: null,
      files: [...files, ...opened].filter(({ name }) => mentions(trace, name)),
      locked: locked.filter(({ file }) => !mentions(trace, file.name)),
      ...(same
        ? { association: same.id }
        : { association: null, record: null, field: null, detail: null, recordDetail: null, alone: null, filter: '' }),
    });
    if (same) {
      analysis.association(same.id);
      if (record !== null) analysis.record(record);
    } else if (first) selectAssociation(first.id);
  }

  function showAssociation(detail: AssociationDetail): void {
    if (detail.association.id !== get().association) return;
    set({ detail });
    // Where more was read, the same record may have another number.
    const moved = place && recordAt(detail, place);
    place = null;
    if (moved) selectRecord(moved);
    if (get().record === null) selectRecord(firstOfInterest(detail));
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

  function selectRecord(record: number | null): void {
    if (record === get().record) return;
    set(record === null ? { record, field: null, recordDetail: null } : { record, field: null });
    if (record !== null) analysis.record(record);
  }

  function open(files: readonly InputFile[], add: Add = 'auto'): void {
    const [first] = files;
    if (!first) return;
    const bytesTotal = files.reduce((sum, { blob }) => sum + blob.size, 0);
    set({ loading: { file: first.name, bytesRead: 0, bytesTotal, packets: 0, datagrams: 0 }, notices: [] });
    opening.set(analysis.open(files, add), files);
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
    opening.set(job, [file]);
    return answered(job);
  }

  function forcePorts(ports: readonly number[]): Promise<boolean> {
    const { files, ports: before } = get();
    set({ notices: [], ports });
    const job = analysis.forcePorts(ports, files);
    opening.set(job, []);
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
        files: [],
        ports: [],
        locked: [],
        association: null,
        record: null,
        field: null,
        detail: null,
        recordDetail: null,
      });
      analysis.close();
    },
    reload() {
      const { files, ports } = get();
      if (ports.length > 0) void forcePorts(ports);
      open(files, false);
      for (const psk of psks) analysis.addPsk(psk);
    },
    warm: () => analysis.warm(),
  };
}

function mentions({ captures, keys }: TraceSummary, name: string): boolean {
  return (
    captures.some((capture) => capture.name === name) ||
    [...keys.secrets, ...keys.problems].some(({ source }) => source === name || source.startsWith(`${name}:`))
  );
}

/** What ended it, else where it began. */
function firstOfInterest({ association, records }: AssociationDetail): number | null {
  const fatal = association.alerts.find((alert) => alert.level === 'fatal');
  return fatal?.record ?? records[0]?.record ?? null;
}
