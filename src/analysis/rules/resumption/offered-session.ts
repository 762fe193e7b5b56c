/** The session that a ClientHello offers to resume, and the association that it came from. */
import { preSharedKey, sessionTicket, supportedVersions } from '../../../dtls/extensions/accessors.ts';
import type { ClientHello } from '../../../dtls/messages/client-hello.ts';
import { VERSION } from '../../../dtls/registry.ts';
import { printable, sameBytes } from '../../../wire/text.ts';
import type { Subject } from '../subject.ts';

export interface OfferedSession {
  readonly by: 'session ID' | 'ticket' | 'PSK ticket';
  /** The association in which the server gave it out; null where that is not in this trace. */
  readonly from: Subject | null;
  /** What the server said of its lifetime, in seconds; null where it said nothing. */
  readonly lifetimeSeconds: number | null;
}

/** Tickets of servers are longer than the identities of people, and random. */
const SHORTEST_TICKET = 32;
/** Identities in a ClientHello that are looked at. */
const MAX_IDENTITIES = 8;

/** Null where it offers none, or nothing tells that what it offers is a session. */
export function offeredSession(subject: Subject, hello: ClientHello): OfferedSession | null {
  const identities = preSharedKey(hello.extensions)?.identities.slice(0, MAX_IDENTITIES) ?? [];
  const ticket = sessionTicket(hello.extensions);
  if (hello.sessionId.length === 0 && identities.length === 0 && !ticket?.length) return null;
  const others = [...subject.all.ofClient(subject), ...subject.all.onQuartet(subject)].filter(
    (o) => o.a.startMs < subject.a.startMs,
  );
  for (const { identity } of identities) {
    const found = withTicket(others, identity);
    if (found) return { by: 'PSK ticket', ...found };
  }
  if (ticket && ticket.length > 0)
    return { by: 'ticket', ...(withTicket(others, ticket) ?? { from: null, lifetimeSeconds: null }) };
  const from = others.find((o) => gaveSession(o, hello.sessionId)) ?? null;
  const offers13 = supportedVersions(hello.extensions).includes(VERSION.dtls13);
  // A client of DTLS 1.3 may fill the field with anything (RFC 8446 §4.1.2).
  if (hello.sessionId.length > 0 && (from || !offers13)) return { by: 'session ID', from, lifetimeSeconds: null };
  const isTicket = identities.some(
    ({ identity }) => identity.length >= SHORTEST_TICKET && printable(identity) === null,
  );
  return isTicket ? { by: 'PSK ticket', from: null, lifetimeSeconds: null } : null;
}

function withTicket(others: readonly Subject[], ticket: Uint8Array) {
  for (const from of others)
    for (const { decoded } of from.said('NewSessionTicket', 'server'))
      if (decoded.ticket.length > 0 && sameBytes(decoded.ticket, ticket))
        return { from, lifetimeSeconds: decoded.lifetimeSeconds || null };
  return null;
}

function gaveSession({ serverHello }: Subject, sessionId: Uint8Array): boolean {
  return sessionId.length > 0 && serverHello !== null && sameBytes(serverHello.sessionId, sessionId);
}
