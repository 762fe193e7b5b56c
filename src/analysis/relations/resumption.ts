/** Sessions that go on in another association: by session ID, by ticket, or by the PSK of DTLS 1.3. */
import { preSharedKey, sessionTicket } from '../../dtls/extensions/accessors.ts';
import { HANDSHAKE_TYPE } from '../../dtls/registry.ts';
import { sameBytes, toHex } from '../../wire/text.ts';
import type { AnalysedAssociation } from '../analyse.ts';
import { isAbbreviated } from '../flight-parts.ts';
import type { HandshakeState } from '../handshake-state.ts';
import type { Related } from './related.ts';

/** Whose session each association offered to resume, by index; and whether the server took it. */
export type Offers = ReadonlyMap<number, { readonly from: AnalysedAssociation; readonly accepted: boolean }>;

/** A client offers one or two identities; a long list is no client's. */
const MAX_IDENTITIES = 16;

/** A session that a handshake offered to resume. */
export interface SessionOffer {
  readonly association: AnalysedAssociation;
  readonly from: AnalysedAssociation;
  /** How it was resumed; null where the server did not. */
  readonly by: string | null;
  /** Index of the record with the ServerHello that took it. */
  readonly record: number | null;
}

/** Collects who resumes whose session, while the messages of each association are at hand. */
export class SessionOffers {
  readonly #sessions = new Map<string, AnalysedAssociation>();
  readonly #tickets = new Map<string, AnalysedAssociation>();
  readonly #offers: SessionOffer[] = [];

  get all(): readonly SessionOffer[] {
    return this.#offers;
  }

  /** To be called for all associations in their order. */
  take(association: AnalysedAssociation): void {
    for (const handshake of association.state.handshakes) {
      const found = resumedFrom(handshake, this.#sessions, this.#tickets);
      if (!found || found.from === association) continue;
      this.#offers.push({ association, ...found, record: found.by === null ? null : acceptedIn(handshake) });
    }
    remember(association, this.#sessions, this.#tickets);
  }
}

export function noteResumptions(related: Related): Offers {
  const offers = new Map<number, { from: AnalysedAssociation; accepted: boolean }>();
  for (const { association, from, by, record } of related.trace.sessionOffers) {
    offers.set(association.state.index, { from, accepted: by !== null });
    if (by !== null) noteResumed(related, association, from, by, record);
  }
  return offers;
}

function noteResumed(
  related: Related,
  association: AnalysedAssociation,
  from: AnalysedAssociation,
  by: string,
  record: number | null,
): void {
  const at = { record: record ?? association.state.records[0] ?? 0, certainty: 'seen' } as const;
  const ports = samePort(association, from) ? 'from the same port' : 'from a new port';
  const name = association.state.id;
  related.add(association, {
    ...at,
    kind: 'resumes',
    with: from,
    says: `It resumes the session of ${from.state.id} ${by}, ${ports}.`,
  });
  related.add(from, {
    ...at,
    kind: 'resumed-by',
    with: association,
    says: `${name} resumes its session ${by}, ${ports}.`,
  });
}

function samePort({ state: a }: AnalysedAssociation, { state: b }: AnalysedAssociation): boolean {
  return a.endpoints[0].address === b.endpoints[0].address && a.endpoints[0].port === b.endpoints[0].port;
}

/** What a client may offer later: the session ID that the server gave it, and its tickets. */
function remember(
  association: AnalysedAssociation,
  sessions: Map<string, AnalysedAssociation>,
  tickets: Map<string, AnalysedAssociation>,
): void {
  for (const handshake of association.state.handshakes) {
    const { serverHello } = handshake;
    if (serverHello && serverHello.sessionId.length > 0 && !handshake.isVersion13 && !isAbbreviated(handshake))
      sessions.set(toHex(serverHello.sessionId), association);
    for (const { type, decoded } of handshake.messages)
      if (type === HANDSHAKE_TYPE.newSessionTicket && decoded?.type === 'NewSessionTicket' && decoded.ticket.length > 0)
        tickets.set(toHex(decoded.ticket), association);
  }
}

/** Whose session the ClientHello offers; `by` says how it was resumed, null where the server did not. */
function resumedFrom(
  handshake: HandshakeState,
  sessions: ReadonlyMap<string, AnalysedAssociation>,
  tickets: ReadonlyMap<string, AnalysedAssociation>,
): { from: AnalysedAssociation; by: string | null } | null {
  const { clientHello, serverHello } = handshake;
  if (!clientHello) return null;
  const identities = preSharedKey(clientHello.extensions)?.identities.slice(0, MAX_IDENTITIES) ?? [];
  const selected = (serverHello && preSharedKey(serverHello.extensions)?.selectedIdentity) ?? null;
  const psks = identities.map(({ identity }) => tickets.get(toHex(identity)));
  const chosen = selected === null ? undefined : psks[selected];
  if (chosen) return { from: chosen, by: 'by the ticket that it got there (PSK)' };
  const resumed = serverHello !== null && isAbbreviated(handshake);
  const ticket = sessionTicket(clientHello.extensions);
  const byTicket = ticket && ticket.length > 0 ? tickets.get(toHex(ticket)) : undefined;
  if (byTicket) return { from: byTicket, by: resumed ? 'by its ticket' : null };
  const bySession = clientHello.sessionId.length > 0 ? sessions.get(toHex(clientHello.sessionId)) : undefined;
  const echoed = resumed && sameBytes(serverHello.sessionId, clientHello.sessionId);
  if (bySession) return { from: bySession, by: echoed ? 'by its session ID' : null };
  const offered = psks.find((p) => p !== undefined);
  return offered ? { from: offered, by: null } : null;
}

function acceptedIn({ messages }: HandshakeState): number | null {
  return (
    messages.find(
      (m) =>
        m.type === HANDSHAKE_TYPE.serverHello && m.decoded?.type === 'ServerHello' && !m.decoded.isHelloRetryRequest,
    )?.completedBy ?? null
  );
}
