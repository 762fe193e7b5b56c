/** Where the reader is, which association and which record of it, and how he comes from one to another. */
import type { Found, Sought } from '../analysis/find-record.ts';
import type { AssociationDetail, RecordDetail } from '../analysis/trace.ts';
import type { ViewAddress } from '../present/view-address.ts';
import type { Analysis } from '../worker/client.ts';
import { firstOfInterest, firstToLookAt } from './first-look.ts';
import { type Place, placeOf, recordAt } from './same.ts';
import { settling } from './settling.ts';
import type { Store } from './store/store.ts';

export interface Navigation {
  selectAssociation(id: string): void;
  selectRecord(record: number | null): void;
  /** As `selectRecord`, for a leap that browser history remembers. */
  jump(record: number): void;
  /** As `jump`, to a record that is told in a sum so far. */
  lookAround(record: number): void;
  /** Another association, and a record of it unless null. */
  goTo(association: string, record: number | null): void;
  /** Where a record or packet is; a sentence where there is none. */
  find(sought: Sought): Promise<Found | string>;
  /** Everything that an address names, as far as the open trace has it. */
  show(view: ViewAddress): void;
  /** The next or previous record of the association that is shown. */
  step(by: 1 | -1): void;
}

/** What the worker answers to it. */
export interface Arriving {
  association(detail: AssociationDetail): void;
  record(detail: RecordDetail): void;
  found(found: Found | string): void;
  /** Record numbers are about to change: the one that is selected is found again by its place, if it is still there. */
  renumbered(isStillThere: boolean): void;
}

export function createNavigation(store: Store, analysis: Analysis): Navigation & { readonly arriving: Arriving } {
  const { getState: get, setState: set } = store;
  /** Who waits for a record or packet to be found. */
  let seeking: (found: Found | string) => void = () => {};
  /** The record that was selected before record numbers changed. */
  let place: Place | null = null;
  const askRecord = settling((record: number) => {
    if (record === get().record) analysis.record(record);
  });

  /** `around`: a record that will be selected. */
  function selectAssociation(id: string, around: number | null = null): void {
    if (id === get().association && get().detail) return;
    const nothing = { record: null, field: null, detail: null, recordDetail: null, alone: null, srtp: null };
    set({ association: id, ...nothing, finding: null });
    analysis.association(id, around);
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
        else if (found.association === get().association) lookAround(found.record);
        else goTo(found.association, found.record);
      });
      return;
    }
    set(({ jumps }) => ({ jumps: jumps + 1, record, field: null, untouched: false }));
    askRecord(record);
  }

  /** Of very many records not all are told one by one: asks for those around this one, and selects it. */
  function lookAround(record: number): void {
    const { association, detail } = get();
    if (association === null || !detail?.summed) return;
    set(({ jumps }) => ({ jumps: jumps + 1, record, field: null, untouched: false }));
    analysis.association(association, record);
    askRecord(record);
  }

  function goTo(association: string, record: number | null): void {
    selectAssociation(association, record);
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
    selectAssociation(chosen.id, named ? record : null);
    const { detail } = get();
    const absent = detail !== null && !detail.records.some((r) => r.record === record);
    if (named && record !== null && !absent) selectRecord(record);
    else if (named && record !== null && isSummed(detail, record)) lookAround(record);
    else if (detail) openAt(firstOfInterest(detail));
    set({ finding, field: named ? field : null, buffer });
  }

  function step(by: 1 | -1): void {
    const { detail, record } = get();
    if (!detail) return;
    const at = detail.records.findIndex((r) => r.record === record);
    const next = detail.records[at < 0 ? 0 : at + by];
    if (next) selectRecord(next.record);
  }

  const arriving: Arriving = {
    association(detail) {
      if (detail.association.id !== get().association) return;
      set({ detail });
      // Where more was read, the same record may have another number.
      const moved = place && recordAt(detail, place);
      place = null;
      if (moved) selectRecord(moved);
      // None selected, or one that the address names but this association does not have.
      if (!detail.records.some((r) => r.record === get().record)) openAt(firstOfInterest(detail));
    },
    record(recordDetail) {
      if (recordDetail.record.record !== get().record) return;
      const { buffer } = get();
      const kept = recordDetail.buffers.some(({ id }) => id === buffer);
      set({ recordDetail, ...(kept ? {} : { buffer: 'packet' }) });
    },
    found: (found) => seeking(found),
    renumbered(isStillThere) {
      const { detail, record } = get();
      place = isStillThere ? placeOf(detail, record) : null;
    },
  };

  return { selectAssociation, selectRecord, jump, lookAround, goTo, find, show, step, arriving };
}

function isSummed(detail: AssociationDetail | null, record: number): boolean {
  return detail?.summed?.some(({ firstRecord, lastRecord }) => firstRecord <= record && record <= lastRecord) ?? false;
}

function noSuchAssociation(id: string, count: number): string {
  return `The address names association ${id.slice(1)}, but ${count === 1 ? 'there is only one' : `there are ${count}`} here.`;
}
