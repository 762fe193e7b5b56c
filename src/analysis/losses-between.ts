/** Losses between two capture points: one of them has the datagram, the other does not. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { effectsOf } from './effects.ts';
import { lacksOf } from './lacks.ts';
import { whatOf } from './losses-after.ts';
import { PieceIndex } from './piece-index.ts';
import { namesOf, placesOf } from './places.ts';
import { hasTransits, transitOf } from './rare-traits.ts';
import { Recall } from './recall.ts';
import { SENDERS } from './record-table.ts';
import type { LossView } from './story.ts';

export function lossesBetween(trace: AnalysedTrace, association: AnalysedAssociation): LossView[] {
  if (!hasTransits(trace)) return [];
  const c = trace.records.columns;
  const groups = new Map<string, number[]>();
  for (const record of association.state.records) {
    if (!neverArrived(trace, record)) continue;
    const key = `${c.datagram.get(record)} ${c.epoch[record]}`;
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  const overlooked = groups.size > 0 ? overlookedIn(trace, association) : new Set<number>();
  return [...groups.values()].map((records) =>
    lossOf(
      trace,
      association,
      records,
      records.some((r) => overlooked.has(r)),
    ),
  );
}

/** The point nearer to the receiver does not have it, nor anything made of it. */
function neverArrived(trace: AnalysedTrace, record: number): boolean {
  const transit = transitOf(trace, record);
  return transit !== undefined && transit.arrivedNs === null && !transit.altered;
}

const told = new Recall<AnalysedAssociation['handshakes'], ReadonlySet<number>>();

/**
 * Records that the receiver's capture lacks although some of them must have come: their receiver went on, and nothing
 * that did come holds what they carry.
 */
export function overlookedIn(trace: AnalysedTrace, association: AnalysedAssociation): ReadonlySet<number> {
  const before = told.get(association.handshakes);
  if (before) return before;
  const overlooked = new Set<number>();
  told.set(association.handshakes, overlooked);
  const effects = effectsOf(trace, association);
  for (const flight of association.handshakes.flatMap((h) => h.flights)) {
    const answered = flight.transmissions.findIndex((t) => {
      const effect = effects.get(t);
      return effect?.kind === 'answered' || (effect?.kind === 'accepted' && effect.by !== null);
    });
    const units = flight.transmissions.slice(0, answered + 1).flatMap((t) => t.units);
    const absent = units.filter((u) => neverArrived(trace, u.record));
    if (absent.length === 0) continue;
    const lacks = lacksOf(
      flight,
      units.filter((u) => !neverArrived(trace, u.record)),
    );
    const never = new PieceIndex(lacks);
    for (const { record, pieces } of absent) if (pieces.some((p) => never.overlaps(p))) overlooked.add(record);
  }
  return overlooked;
}

function lossOf(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  records: readonly number[],
  overlooked: boolean,
): LossView {
  const c = trace.records.columns;
  const [first = 0] = records;
  const proven = !overlooked && (trace.datagramOf(first).transit?.proven ?? false);
  const places = placesOf(association);
  const home = places.get(first);
  const peer = SENDERS[c.side[first] === 0 ? 1 : 0];
  return {
    sender: SENDERS[c.side[first] ?? 0] ?? 'client',
    epoch: c.epoch[first] ?? 0,
    ...whatOf(trace, records),
    messages: namesOf(records.flatMap((r) => places.get(r)?.unit ?? [])),
    where: 'between',
    inferred: !proven,
    certainty: proven ? 'seen' : 'inferred',
    handshake: home?.handshake.state.number ?? null,
    flight: home?.flight.number ?? null,
    transmission: home?.transmission.number ?? null,
    reason: proven
      ? 'The capture nearer to its sender has it, the one nearer to its receiver does not: it was lost between them.'
      : overlooked
        ? `The capture nearer to its receiver does not have it, but the ${peer} went on as if it had come: that capture may have missed it.`
        : 'The capture nearer to its receiver does not have it, but may not have been recording then.',
    evidence: records.map((r) => r + 1),
  };
}
