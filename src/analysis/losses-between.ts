/** Losses between two capture points: one of them has the datagram, the other does not. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { whatOf } from './losses-after.ts';
import { namesOf, placesOf } from './places.ts';
import { SENDERS } from './record-table.ts';
import type { LossView } from './story.ts';

export function lossesBetween(trace: AnalysedTrace, association: AnalysedAssociation): LossView[] {
  const c = trace.records.columns;
  const groups = new Map<string, number[]>();
  for (const record of association.state.records) {
    const { transit } = trace.datagramOf(record);
    if (!transit || transit.arrivedNs !== null || transit.altered) continue;
    const key = `${c.datagram[record]} ${c.epoch[record]}`;
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  return [...groups.values()].map((records) => lossOf(trace, association, records));
}

function lossOf(trace: AnalysedTrace, association: AnalysedAssociation, records: readonly number[]): LossView {
  const c = trace.records.columns;
  const [first = 0] = records;
  const proven = trace.datagramOf(first).transit?.proven ?? false;
  const places = placesOf(association);
  const home = places.get(first);
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
      : 'The capture nearer to its receiver does not have it, but may not have been recording then.',
    evidence: records.map((r) => r + 1),
  };
}
