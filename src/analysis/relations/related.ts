/** The relations found so far, and what all who look for more need to know of an association. */
import type { AnalysedAssociation, AnalysedTrace } from '../analyse.ts';
import type { Side } from '../record-table.ts';
import type { Certainty, RelationKind, RelationView } from '../story.ts';

/** More relations of one association than this say nothing new: one address may open thousands. */
const MAX_RELATIONS = 64;

const FATAL = 2;
const CLOSE_NOTIFY = 0;

export interface Found {
  readonly kind: RelationKind;
  readonly with: AnalysedAssociation | null;
  /** Index of the record that shows it. */
  readonly record: number;
  readonly certainty: Certainty;
  readonly says: string;
}

export class Related {
  readonly trace: AnalysedTrace;
  readonly #found = new Map<number, RelationView[]>();

  constructor(trace: AnalysedTrace) {
    this.trace = trace;
  }

  add(of: AnalysedAssociation, { kind, with: other, record, certainty, says }: Found): void {
    const list = this.#found.get(of.state.index) ?? [];
    this.#found.set(of.state.index, list);
    if (list.length >= MAX_RELATIONS) return;
    list.push({
      kind,
      with: other?.state.id ?? null,
      timeMs: this.trace.timeMs(record),
      packet: this.trace.packetOf(record),
      certainty,
      says,
    });
  }

  has(of: AnalysedAssociation, other: AnalysedAssociation): boolean {
    return (this.#found.get(of.state.index) ?? []).some((r) => r.with === other.state.id);
  }

  views(): ReadonlyMap<number, readonly RelationView[]> {
    for (const list of this.#found.values()) list.sort((a, b) => a.timeMs - b.timeMs);
    return this.#found;
  }
}

export const firstRecord = ({ state }: AnalysedAssociation): number => state.records[0] ?? 0;
export const lastRecord = ({ state }: AnalysedAssociation): number => state.records.at(-1) ?? 0;

/** It had keys in use: its handshake was done, or application data shows that it had been before the capture began. */
export function isEstablished(association: AnalysedAssociation): boolean {
  const { applicationRecords } = association.state;
  return (
    association.establishedBy !== null ||
    ([0, 1] as const).every((side) => applicationRecords.some((r) => r.side === side))
  );
}

/** One side, or any, ended it before that record: with a fatal alert, or by its own close_notify. */
export function endedBefore({ state }: AnalysedAssociation, record: number, by: Side): boolean {
  return state.alerts.some(
    (a) => a.record < record && (a.level === FATAL || (a.code === CLOSE_NOTIFY && a.side === by)),
  );
}
