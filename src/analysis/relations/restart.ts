/** A server that lost its state: silent to records under the old keys, but ready for new handshakes. */
import { CONTENT_TYPE } from '../../dtls/record.ts';
import type { AnalysedAssociation } from '../analyse.ts';
import { unanswered, usuallyAnswered } from './answering.ts';
import { answeredBeyondCookie } from './quartet.ts';
import { firstRecord, isEstablished, lastRecord, type Related } from './related.ts';
import type { Offers } from './resumption.ts';

/** An answer that takes longer than this is none; the slowest servers on the longest paths are quicker. */
const NO_ANSWER_MS = 500;

export function noteRestarts(related: Related, offers: Offers): void {
  /** By address of the client and endpoint of the server: the association that the client used last. */
  const lastOf = new Map<string, AnalysedAssociation>();
  for (const association of related.trace.analysed) {
    const { state } = association;
    if (!state.rolesKnown) continue;
    const [client, server] = state.endpoints;
    const key = `${client.address} ${server.address}:${server.port}`;
    const before = lastOf.get(key);
    if (before) noteRestart(related, before, association, offers);
    if (isEstablished(association)) lastOf.set(key, association);
  }
}

function noteRestart(
  related: Related,
  before: AnalysedAssociation,
  association: AnalysedAssociation,
  offers: Offers,
): void {
  const { trace } = related;
  const hello = firstRecord(association);
  // Whoever moved may be unanswered for that alone.
  if (lastRecord(before) > hello || before.state.addressChanges.length > 0 || !answeredBeyondCookie(association))
    return;
  // Nobody has to answer a close_notify.
  const [first, ...more] = unanswered(trace, before, 0).filter(
    (record) => trace.records.columns.contentType[record] !== CONTENT_TYPE.alert,
  );
  if (first === undefined) return;
  const waitedMs = trace.timeMs(hello) - trace.timeMs(first);
  const offer = offers.get(association.state.index);
  const refused = offer !== undefined && offer.from === before && !offer.accepted;
  const [client, server] = before.state.endpoints;
  const unreachable = trace.surroundings
    .icmpFor(client, server)
    .some((e) => e.kind === 'port-unreachable' && e.timeMs >= trace.timeMs(first) && e.timeMs <= trace.timeMs(hello));
  if (waitedMs < NO_ANSWER_MS && !unreachable) return;
  if (!refused && !unreachable && !usuallyAnswered(before, 0, first)) return;
  const count = more.length + 1;
  const silent = count === 1 ? 'a record' : `${count} records`;
  const signs = [refused ? 'it refused the session' : '', unreachable ? 'its port was unreachable' : ''].filter(
    Boolean,
  );
  const [oldId, newId] = [before.state.id, association.state.id];
  const common = {
    kind: 'server-restart',
    record: hello,
    certainty: signs.length > 0 ? 'near-certain' : 'inferred',
  } as const;
  const because = signs.length > 0 ? `, and ${signs.join(' and ')}` : '';
  related.add(before, {
    ...common,
    with: association,
    says: `The server lost its state: it answered ${silent} under these keys with silence, but opened ${newId}${because}.`,
  });
  related.add(association, {
    ...common,
    with: before,
    says: `The server lost its state: it answered ${silent} under the keys of ${oldId} with silence, but this handshake at once${because}.`,
  });
}
