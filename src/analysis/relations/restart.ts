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
  const lastOf = new Map<string, Last>();
  for (const association of related.trace.analysed) {
    const { state } = association;
    if (!state.rolesKnown) continue;
    const [client, server] = state.endpoints;
    const key = `${client.address} ${server.address}:${server.port}`;
    const before = lastOf.get(key);
    if (before) noteRestart(related, before, association, offers);
    if (isEstablished(association)) lastOf.set(key, { association, silence: null });
  }
}

interface Last {
  readonly association: AnalysedAssociation;
  /** Worked out once, however many handshakes follow; null as long as none did. */
  silence: Silence | null;
}

/** How the association ended for its client. */
interface Silence {
  /** What it sent last, and had no answer to; without alerts, for nobody has to answer a close_notify. */
  readonly records: readonly number[];
  readonly usuallyAnswered: boolean;
  /** When ICMP said that the server's port is unreachable. */
  readonly unreachableMs: readonly number[];
}

function silenceAfter({ trace }: Related, association: AnalysedAssociation): Silence {
  const { contentType } = trace.records.columns;
  const records = unanswered(trace, association, 0).filter((r) => contentType[r] !== CONTENT_TYPE.alert);
  const [first] = records;
  if (first === undefined) return { records, usuallyAnswered: false, unreachableMs: [] };
  const [client, server] = association.state.endpoints;
  const errors = trace.surroundings.icmpFor(client, server).filter((e) => e.kind === 'port-unreachable');
  return {
    records,
    usuallyAnswered: usuallyAnswered(association, 0, first),
    unreachableMs: errors.map((e) => e.timeMs),
  };
}

function noteRestart(related: Related, last: Last, association: AnalysedAssociation, offers: Offers): void {
  const { trace } = related;
  const { association: before } = last;
  const hello = firstRecord(association);
  // Whoever moved may be unanswered for that alone.
  if (lastRecord(before) > hello || before.state.addressChanges.length > 0 || !answeredBeyondCookie(association))
    return;
  last.silence ??= silenceAfter(related, before);
  const [first] = last.silence.records;
  if (first === undefined) return;
  const waitedMs = trace.timeMs(hello) - trace.timeMs(first);
  const offer = offers.get(association.state.index);
  const refused = offer !== undefined && offer.from === before && !offer.accepted;
  const unreachable = last.silence.unreachableMs.some((t) => t >= trace.timeMs(first) && t <= trace.timeMs(hello));
  if (waitedMs < NO_ANSWER_MS && !unreachable) return;
  if (!refused && !unreachable && !last.silence.usuallyAnswered) return;
  const count = last.silence.records.length;
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
