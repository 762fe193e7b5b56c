/** What an association waits for while it is read: by that it is told whose message came. */
import type { HandshakeFragment } from '../dtls/fragment.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import type { AssociationState } from './association-state.ts';
import type { Side } from './record-table.ts';

/** The client's hello is not answered beyond HelloVerifyRequest. */
export function awaitsServerHello({ handshakes }: AssociationState): boolean {
  return handshakes.every((h) => h.serverHello === null);
}

/** Only the server was heard yet: its answer was captured before the ClientHello, or a repeat of that is what comes. */
export function lacksClient(association: AssociationState): boolean {
  const hello = association.reading.known(1);
  return hello !== undefined && hello.messages.length > 0 && !association.clientWrote;
}

/** Later parts of this ClientHello have come, or a part of the one before the cookie; but nothing yet that has the random. */
export function lacksStartOf(
  association: AssociationState,
  { messageSeq, length }: Pick<HandshakeFragment, 'messageSeq' | 'length'>,
): boolean {
  if (association.hasRandom) return false;
  const hellos = association.reading.known(1)?.messages.filter((m) => m.type === HANDSHAKE_TYPE.clientHello) ?? [];
  const known = hellos.filter((m) => m.messageSeq === messageSeq);
  return known.some((m) => m.length === length) || (messageSeq > 0 && known.length === 0 && hellos.length > 0);
}

/** The client has said hello, and its server has said nothing yet. */
export function awaitsAnswer({ handshakes }: AssociationState): boolean {
  const hello = handshakes.find((h) => h.number === 1);
  return hello !== undefined && hello.clientHello !== null && hello.messages.every((m) => m.side === 0);
}

/** The first handshake is under way, and this side's message of that number has not come yet. */
export function expects(association: AssociationState, side: Side, messageSeq: number): boolean {
  if (association.numbers.last(side, 1) !== undefined) return false;
  const hello = association.handshakes.find((h) => h.number === 1);
  return (
    hello !== undefined &&
    !hello.messages.some((m) => m.side === side && m.messageSeq === messageSeq && m.assembly.complete)
  );
}

/** Whether this side has come far enough to write in this epoch. */
export function mayWrite({ handshakes, rolesKnown }: AssociationState, side: Side, epoch: number): boolean {
  const handshake = handshakes.find((h) => h.number === epoch);
  if (!handshake) return !rolesKnown;
  return handshake.unnumbered.some((u) => u.side === side) || handshake.serverHello !== null;
}
