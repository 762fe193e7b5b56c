/** Where notes stand: what can be noted at a place, and which record of an association an anchor means. */
import type { FindingView } from '../analysis/finding.ts';
import type { AssociationDetail, RecordView } from '../analysis/trace.ts';
import type { Anchor, Note, RecordPlace } from '../share/notes.ts';
import { recordNearTime, timelineOf } from './timeline.ts';

/** A note with the number that its pins have. */
export interface NumberedNote {
  readonly note: Note;
  /** In the order of the tour, from 1. */
  readonly number: number;
  /** Somebody else's. */
  readonly foreign: boolean;
}

export function numbered(own: readonly Note[], foreign: readonly Note[]): readonly NumberedNote[] {
  return [
    ...own.map((note, i) => ({ note, number: i + 1, foreign: false })),
    ...foreign.map((note, i) => ({ note, number: own.length + i + 1, foreign: true })),
  ];
}

const places = new WeakMap<AssociationDetail, ReadonlyMap<string, RecordView>>();

/** The record at this place, at whichever capture point; null where this association has none there. */
export function recordOf(detail: AssociationDetail, at: RecordPlace): RecordView | null {
  let known = places.get(detail);
  if (!known) {
    const found = new Map<string, RecordView>();
    for (const record of detail.records) {
      const { arrival, inDatagram } = record;
      if (arrival) found.set(nameOf({ ...arrival, record: inDatagram }), record);
    }
    for (const record of detail.records) found.set(nameOf(placeOf(record)), record);
    places.set(detail, found);
    known = found;
  }
  return known.get(nameOf(at)) ?? null;
}

export function placeOf({ capture, packet, inDatagram }: RecordView): RecordPlace {
  return { capture, packet, record: inDatagram };
}

export function anchorPlace(anchor: Anchor): RecordPlace | null {
  return anchor.on === 'trace' ? null : anchor.at;
}

/** The record where a note has its pin; null where it belongs to no record of this association. */
export function recordOfAnchor(detail: AssociationDetail, anchor: Anchor): RecordView | null {
  const at = anchorPlace(anchor);
  const record = at && recordOf(detail, at);
  if (!record || anchor.on !== 'time') return record;
  return recordNearTime(timelineOf(detail), anchor.fromMs) ?? record;
}

export interface Here {
  readonly detail: AssociationDetail;
  readonly record: RecordView | null;
  /** Of the selected field; `start` is where the record begins in the packet. */
  readonly bytes: {
    readonly buffer: string;
    readonly from: number;
    readonly to: number;
    readonly start: number;
  } | null;
  readonly time: { readonly fromMs: number; readonly toMs: number } | null;
  readonly finding: FindingView | null;
}

/** All that a note could be on at this place, what is nearest to the record first. */
export function anchorsAt({ detail, record, bytes, time, finding }: Here): readonly Anchor[] {
  const at = record && placeOf(record);
  return [
    ...(at ? [{ on: 'record', at } as const] : []),
    ...(at && record ? messagesOf(record).map((name) => ({ on: 'message', at, name }) as const) : []),
    ...(record ? flightOf(detail, record) : []),
    ...(at && record && bytes ? [bytesAt(at, record, bytes)] : []),
    ...(at && record ? [{ on: 'time', at, ...(time ?? untilNext(detail, record)) } as const] : []),
    ...(finding ? [findingAnchor(detail, finding)] : []),
    { on: 'trace' },
  ];
}

/** The first record that shows it, else where the association begins: two associations may have the same finding. */
export function findingAnchor(detail: AssociationDetail, finding: FindingView): Extract<Anchor, { on: 'finding' }> {
  const { placeOf: index, records } = timelineOf(detail);
  const shown = finding.evidence.flatMap(({ record }) => records[index.get(record ?? -1) ?? -1] ?? [])[0];
  const own = detail.association.findings.includes(finding);
  const record = shown ?? (own ? records[0] : undefined);
  return { on: 'finding', at: record ? placeOf(record) : null, rule: finding.rule };
}

/** The note that says what the reader thinks of this finding. */
export function judgementOf(notes: readonly Note[], detail: AssociationDetail, finding: FindingView): Note | null {
  const { rule, at } = findingAnchor(detail, finding);
  return notes.find(({ judgement, anchor }) => judgement !== null && isOn(anchor, rule, at)) ?? null;
}

/** Where in the buffer of the inspector the bytes of an anchor lie. */
export function bytesIn(
  { buffer, from, to }: Extract<Anchor, { on: 'bytes' }>,
  start: number,
): { readonly buffer: string; readonly from: number; readonly to: number } {
  return buffer === 'record' ? { buffer: 'packet', from: from + start, to: to + start } : { buffer, from, to };
}

function messagesOf({ contents }: RecordView): readonly string[] {
  return [...new Set(contents.flatMap((content) => (content.kind === 'handshake' ? [content.name] : [])))];
}

function flightOf({ association }: AssociationDetail, record: RecordView): Anchor[] {
  const { handshake, flight, transmission } = record;
  if (handshake === null || flight === null || transmission === null) return [];
  const known = association.handshakes
    .find(({ number }) => number === handshake)
    ?.flights.find(({ number, sender }) => number === flight && sender === record.sender);
  return known ? [{ on: 'flight', at: placeOf(record), flight, transmission }] : [];
}

function bytesAt(at: RecordPlace, record: RecordView, { buffer, from, to, start }: NonNullable<Here['bytes']>): Anchor {
  const inside = buffer === 'packet' && from >= start && to <= start + record.length;
  if (inside) return { on: 'bytes', at, buffer: 'record', from: from - start, to: to - start };
  return { on: 'bytes', at, buffer, from, to };
}

function untilNext(detail: AssociationDetail, record: RecordView): { fromMs: number; toMs: number } {
  const { records, placeOf: index } = timelineOf(detail);
  const next = records[(index.get(record.record) ?? -1) + 1];
  return { fromMs: record.timeMs, toMs: Math.max(record.timeMs, next?.timeMs ?? record.timeMs) };
}

function isOn(anchor: Anchor, rule: string, at: RecordPlace | null): boolean {
  if (anchor.on !== 'finding' || anchor.rule !== rule) return false;
  return anchor.at === null || at === null ? anchor.at === at : nameOf(anchor.at) === nameOf(at);
}

function nameOf({ capture, packet, record }: RecordPlace): string {
  return `${capture} ${packet} ${record}`;
}
