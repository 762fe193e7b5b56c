/** Associations of one client with one server, one after the other, from different ports. */
import type { AnalysedAssociation } from '../analyse.ts';
import { firstRecord, lastRecord, type Related } from './related.ts';

/** Later than this, a new association is news of its own. */
const JUST_BEFORE_MS = 60_000;

export function noteSameClient(related: Related): void {
  const { trace } = related;
  const lastOf = new Map<string, AnalysedAssociation>();
  const byRandom = new Map<string, AnalysedAssociation>();
  for (const association of trace.analysed) {
    const { state } = association;
    if (!state.rolesKnown) continue;
    const twin = state.randoms.map((r) => byRandom.get(r)).find((a) => a !== undefined);
    const [client, server] = state.endpoints;
    const key = `${client.address} ${server.address}:${server.port}`;
    const before = lastOf.get(key);
    const record = firstRecord(association);
    if (twin && !related.has(association, twin)) {
      const says = `The ClientHello of ${twin.state.id} goes on here: the client’s address changed before the handshake was done.`;
      related.add(association, { kind: 'same-client', with: twin, record, certainty: 'seen', says });
    } else if (before && isNext(related, before, association) && !related.has(association, before)) {
      const says = `The same client address talked to this server in ${before.state.id} just before, from port ${before.state.endpoints[0].port}.`;
      related.add(association, { kind: 'same-client', with: before, record, certainty: 'inferred', says });
    }
    lastOf.set(key, association);
    for (const random of state.randoms) byRandom.set(random, association);
  }
}

function isNext({ trace }: Related, before: AnalysedAssociation, association: AnalysedAssociation): boolean {
  if (before.state.endpoints[0].port === association.state.endpoints[0].port) return false;
  const pauseMs = trace.timeMs(firstRecord(association)) - trace.timeMs(lastRecord(before));
  return pauseMs >= 0 && pauseMs <= JUST_BEFORE_MS;
}
