/** What a flight holds: the messages that were captured of it, and those that are known to have got lost each time. */
import type { AssociationDetail, FlightView } from '../analysis/trace.ts';

/** In the order of sending. */
export function flightMessages(
  { losses, messages }: AssociationDetail,
  handshake: number,
  { number, messages: captured }: Pick<FlightView, 'number' | 'messages'>,
): readonly string[] {
  const own = <T extends { readonly handshake: number | null; readonly flight: number | null }>(one: T) =>
    one.handshake === handshake && one.flight === number;
  const sent = messages.filter(own);
  const names = [...captured];
  for (const loss of losses.filter(own)) {
    // The record that shows the gap comes after it.
    const shows = loss.evidence.at(-1);
    const after = sent.find((m) => shows !== undefined && m.records.includes(shows));
    for (const name of loss.messages) {
      if (names.includes(name)) continue;
      const place = after ? names.indexOf(after.name) : -1;
      names.splice(place < 0 ? names.length : place, 0, name);
    }
  }
  return names;
}
