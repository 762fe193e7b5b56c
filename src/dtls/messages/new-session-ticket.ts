/** NewSessionTicket (RFC 5077 §3.3, RFC 8446 §4.6.1). */
import type { ByteReader } from '../../wire/reader.ts';
import { decodeExtensions, type Extension } from '../extensions/extensions.ts';
import { isVersion13, type MessageContext } from './context.ts';

export interface NewSessionTicket {
  /** Seconds; before version 1.3 a hint, where 0 leaves it open. */
  readonly lifetimeSeconds: number;
  readonly ticket: Uint8Array;
  /** What a client adds to the age of the ticket; null before version 1.3, as are the rest. */
  readonly ageAdd: number | null;
  readonly nonce: Uint8Array | null;
  readonly extensions: readonly Extension[];
}

const seconds = (value: number): string => (value === 1 ? '1 second' : `${value} seconds`);

export function decodeNewSessionTicket(r: ByteReader, context: MessageContext): NewSessionTicket {
  if (!isVersion13(context)) {
    const lifetimeSeconds = r.uint32('ticket_lifetime_hint', seconds);
    const ticket = r.vector('ticket', 2);
    return { lifetimeSeconds, ticket, ageAdd: null, nonce: null, extensions: [] };
  }
  return {
    lifetimeSeconds: r.uint32('ticket_lifetime', seconds),
    ageAdd: r.uint32('ticket_age_add'),
    nonce: r.vector('ticket_nonce', 1),
    ticket: r.vector('ticket', 2),
    extensions: decodeExtensions(r, 'new_session_ticket'),
  };
}
