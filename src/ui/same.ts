/** What was selected, found again after keys were added or files were read once more. */
import type { ListedAssociation, ListedTrace } from '../analysis/listed-association.ts';
import type { AssociationDetail } from '../analysis/trace.ts';

/** A record by where it lies in the captures: that stays when records before it are found. */
export interface Place {
  readonly capture: number;
  readonly packet: number;
  readonly inDatagram: number;
}

/** The same captures are open: at most keys changed. */
export function sameCaptures(before: ListedTrace, after: ListedTrace): boolean {
  return before.captures.length === after.captures.length && hasCapturesOf(before, after);
}

function hasCapturesOf(before: ListedTrace, after: ListedTrace): boolean {
  return (
    before.captures.length <= after.captures.length &&
    before.captures.every(({ name, firstTime }, i) => {
      const other = after.captures[i];
      return name === other?.name && firstTime === other.firstTime;
    })
  );
}

/** The association with this id in the new trace, maybe under another id; null where the trace is a different one. */
export function sameAssociation(before: ListedTrace, after: ListedTrace, id: string | null): ListedAssociation | null {
  const old = before.associations.find((a) => a.id === id);
  if (!old || !hasCapturesOf(before, after)) return null;
  const isSame = (a: ListedAssociation) => a.startMs === old.startMs && a.clientRandom === old.clientRandom;
  return after.associations.find((a) => a.id === id && isSame(a)) ?? after.associations.find(isSame) ?? null;
}

export function placeOf(detail: AssociationDetail | null, record: number | null): Place | null {
  return detail?.records.find((r) => r.record === record) ?? null;
}

/** The number of the record at this place; with two capture points also of one that only arrives there. */
export function recordAt({ records }: AssociationDetail, { capture, packet, inDatagram }: Place): number | null {
  const isThere = (one: { readonly capture: number; readonly packet: number } | null) =>
    one?.capture === capture && one.packet === packet;
  const own = records.filter((r) => r.inDatagram === inDatagram);
  return (own.find(isThere) ?? own.find((r) => isThere(r.arrival)))?.record ?? null;
}
