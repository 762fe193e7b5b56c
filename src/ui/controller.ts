/** What the reader can do with a trace, and what the worker's answers do to the state. */
import type { AssociationDetail, RecordDetail, TraceSummary } from '../analysis/trace.ts';
import type { Analysis } from '../worker/client.ts';
import type { Add, FromWorker, InputFile } from '../worker/protocol.ts';
import type { Store } from './store/store.ts';
import { EMPTY_TRACE } from './store/trace.ts';

export interface Controller {
  open(files: readonly InputFile[], add?: Add): void;
  cancel(): void;
  selectAssociation(id: string): void;
  selectRecord(record: number | null): void;
  /** The next or previous record of the association that is shown. */
  step(by: 1 | -1): void;
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
  const analysis = start(receive);

  function receive(message: FromWorker): void {
    switch (message.is) {
      case 'progress':
        set({ loading: message });
        break;
      case 'opened':
        showTrace(message.trace, settle(message.job));
        for (const failure of message.failures) get().notify(failure);
        break;
      case 'failed':
        settle(message.job);
        for (const failure of message.failures) get().notify(failure);
        break;
      case 'cancelled':
        settle(message.job);
        get().notify('Reading was cancelled. Nothing already loaded is lost.');
        break;
      case 'association':
        showAssociation(message.detail);
        break;
      case 'record':
        showRecord(message.detail);
        break;
      case 'absent':
        break;
      case 'crashed':
        if (message.job === 0) keepUnanswered();
        settle(message.job);
        get().notify(CRASHED, message.report);
        break;
    }
  }

  /** The worker died: what it was about to open belongs to what `reload` opens. */
  function keepUnanswered(): void {
    set(({ files }) => ({ files: [...new Set([...files, ...[...opening.values()].flat()])] }));
    opening.clear();
  }

  function settle(job: number): readonly InputFile[] {
    const files = opening.get(job) ?? [];
    opening.delete(job);
    if (opening.size === 0) set({ loading: null });
    return files;
  }

  function showTrace(trace: TraceSummary, opened: readonly InputFile[]): void {
    const { association, record, files, trace: before } = get();
    const same = sameAssociation(before, trace, association);
    const first = trace.associations.find((a) => a.outcome === 'failed') ?? trace.associations[0];
    set({
      trace,
      files: [...files, ...opened].filter(({ name }) => mentions(trace, name)),
      ...(same ? {} : { association: null, record: null, field: null, detail: null, recordDetail: null, filter: '' }),
    });
    if (same && association !== null) {
      analysis.association(association);
      if (record !== null) analysis.record(record);
    } else if (first) selectAssociation(first.id);
  }

  function showAssociation(detail: AssociationDetail): void {
    if (detail.association.id !== get().association) return;
    set({ detail });
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
    set({ association: id, record: null, field: null, detail: null, recordDetail: null });
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
    forgetKeys: () => analysis.forgetKeys(),
    close() {
      set({
        trace: EMPTY_TRACE,
        files: [],
        association: null,
        record: null,
        field: null,
        detail: null,
        recordDetail: null,
      });
      analysis.close();
    },
    reload() {
      const { files } = get();
      open(files, false);
    },
    warm: () => analysis.warm(),
  };
}

/** Keys were added or forgotten: the association that is shown is still the same one. */
function sameAssociation(before: TraceSummary, after: TraceSummary, id: string | null): boolean {
  const [old, now] = [before, after].map((trace) => trace.associations.find((a) => a.id === id));
  return (
    old !== undefined &&
    now !== undefined &&
    old.startMs === now.startMs &&
    old.clientRandom === now.clientRandom &&
    before.captures.length <= after.captures.length &&
    before.captures.every((capture, i) => capture.name === after.captures[i]?.name)
  );
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
