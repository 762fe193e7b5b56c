/**
 * Associations on the same quartet (RFC 6347 §4.2.8, RFC 9147 §5.11). A new handshake replaces the old association
 * only when it is done: until then the old keys stay valid, or anybody could end it with one spoofed ClientHello.
 */
import { HANDSHAKE_TYPE } from '../../dtls/registry.ts';
import type { AnalysedAssociation } from '../analyse.ts';
import { endedBefore, firstRecord, isEstablished, type Related } from './related.ts';

/** Handshakes on a quartet that are looked back upon, past those that came to nothing. */
const MAX_LOOK_BACK = 8;
/** Two ClientHellos that cross are no further apart than this on any path; further apart, one got lost. */
const CROSSING_MS = 1000;
/** The longest that a ClientHello without answer is still being waited for. */
const STILL_OPENING_MS = 60_000;

export function noteQuartets(related: Related): void {
  for (const association of related.trace.analysed) {
    const before = predecessor(related, association);
    if (!before) continue;
    if (rolesSwapped(before, association)) noteSwapped(related, before, association);
    else noteNewHandshake(related, before, association);
  }
}

/** The association on the quartet that mattered until then: the last one that was established, else the last one. */
function predecessor({ trace }: Related, { state }: AnalysedAssociation): AnalysedAssociation | null {
  const last = state.replaces ? (trace.analysed[state.replaces.index] ?? null) : null;
  let candidate = last;
  for (let i = 0; candidate && i < MAX_LOOK_BACK; i++) {
    if (isEstablished(candidate)) return candidate;
    const earlier = candidate.state.replaces;
    candidate = earlier ? (trace.analysed[earlier.index] ?? null) : null;
  }
  return last;
}

function rolesSwapped({ state: before }: AnalysedAssociation, { state }: AnalysedAssociation): boolean {
  const [client, server] = state.endpoints;
  const [oldClient, oldServer] = before.endpoints;
  if (!before.rolesKnown || !state.rolesKnown) return false;
  const same = (a: typeof client, b: typeof client) => a.address === b.address && a.port === b.port;
  return same(client, oldServer) && same(server, oldClient);
}

/** The end that was, or was meant to be, the server sends a ClientHello of its own. */
function noteSwapped(related: Related, before: AnalysedAssociation, association: AnalysedAssociation): void {
  const { trace } = related;
  const hello = firstRecord(association);
  const { side } = trace.records.columns;
  const answered = before.state.records.some((r) => r < hello && side[r] === 1);
  const apartMs = trace.timeMs(hello) - trace.timeMs(firstRecord(before));
  const name = before.state.id;
  if (answered || apartMs > STILL_OPENING_MS) {
    const says = `The server of ${name} opens this handshake: the roles are reversed.`;
    related.add(association, { kind: 'role-reversal', with: before, record: hello, certainty: 'seen', says });
    return;
  }
  const certainty = apartMs <= CROSSING_MS ? 'near-certain' : 'inferred';
  for (const [one, other] of [
    [before, association],
    [association, before],
  ] as const) {
    const says = `Both ends sent a ClientHello before either had seen the other’s: ${other.state.id} goes the other way.`;
    related.add(one, { kind: 'simultaneous', with: other, record: hello, certainty, says });
  }
}

function noteNewHandshake(related: Related, before: AnalysedAssociation, association: AnalysedAssociation): void {
  const hello = firstRecord(association);
  const old = before.state.id;
  if (!isEstablished(before) || endedBefore(before, hello, 0)) {
    const says = isEstablished(before)
      ? `The client came back on the same ports after ${old} was closed.`
      : `The client tries again on the same ports: ${old} was never established.`;
    related.add(association, { kind: 'same-client', with: before, record: hello, certainty: 'seen', says });
    return;
  }
  const done = association.establishedBy;
  if (done === null) {
    const how = answeredBeyondCookie(association) ? 'it was not completed' : 'it did not get past the hellos';
    const says = `A new handshake on the ports of ${old}, which stays valid: ${how}.`;
    related.add(association, { kind: 'same-client', with: before, record: hello, certainty: 'near-certain', says });
    return;
  }
  const packet = related.trace.packetOf(done);
  const seen = { record: done, certainty: 'near-certain' } as const;
  related.add(association, {
    ...seen,
    kind: 'replaces',
    with: before,
    says: `A new handshake on the same ports while ${old} lived: it took its place when it was done, in packet ${packet}.`,
  });
  related.add(before, {
    ...seen,
    kind: 'replaced-by',
    with: association,
    says: `It stayed valid until the handshake of ${association.state.id} on the same ports was done, in packet ${packet}.`,
  });
}

/** The server went on after the cookie: with its ServerHello it spends state on this client. */
export function answeredBeyondCookie({ state }: AnalysedAssociation): boolean {
  return state.handshakes.some((h) =>
    h.messages.some((m) => m.side === 1 && m.type !== HANDSHAKE_TYPE.helloVerifyRequest && !isRetry(m.decoded)),
  );
}

const isRetry = (decoded: { readonly type: string } | null): boolean =>
  decoded?.type === 'ServerHello' && 'isHelloRetryRequest' in decoded && decoded.isHelloRetryRequest === true;
