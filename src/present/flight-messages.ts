/** What a flight holds: the messages that were captured of it, and those that are known to have got lost each time. */
import type { AssociationDetail, FlightView } from '../analysis/trace.ts';

/** In the order of sending. */
export function flightMessages(
  detail: AssociationDetail,
  handshake: number,
  flight: Pick<FlightView, 'number' | 'messages'>,
): readonly string[] {
  // Asked for at every step of the playhead, and losses and messages may be thousands.
  const known = told.get(detail) ?? new Map<string, readonly string[]>();
  told.set(detail, known);
  const key = `${handshake}.${flight.number}`;
  const names = known.get(key) ?? inOrder(detail, handshake, flight);
  known.set(key, names);
  return names;
}

const told = new WeakMap<AssociationDetail, Map<string, readonly string[]>>();

function inOrder(
  { losses, messages }: AssociationDetail,
  handshake: number,
  { number, messages: captured }: Pick<FlightView, 'number' | 'messages'>,
): readonly string[] {
  const own = <T extends { readonly handshake: number | null; readonly flight: number | null }>(one: T) =>
    one.handshake === handshake && one.flight === number;
  const sent = new Map(messages.filter(own).flatMap((m) => m.records.map((record) => [record, m.name] as const)));
  const names = [...captured];
  for (const loss of losses.filter(own)) {
    // The record that shows the gap comes after it.
    const after = sent.get(loss.evidence.at(-1) ?? 0);
    for (const name of loss.messages) {
      if (names.includes(name)) continue;
      const place = after === undefined ? -1 : names.indexOf(after);
      names.splice(place < 0 ? names.length : place, 0, name);
    }
  }
  return names;
}
