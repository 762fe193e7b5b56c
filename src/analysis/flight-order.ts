/** The order of flights and of what is in them: by what messages are and by their message_seq (RFC 6347 §4.2.2, §4.2.4). */
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { greatest, least } from './extremes.ts';
import type { Flight, FlightPart } from './flight-parts.ts';
import { type HandshakeState, type MessageInstance, messageName } from './handshake-state.ts';

/** Names of parts that stayed closed. */
export const CLOSED_HANDSHAKE = 'Encrypted handshake message';
export const CLOSED_RECORDS = 'Encrypted records';

/** Client and server take turns; where two neighbours have one sender, the flight between was not captured. */
export function numberFlights(stages: readonly FlightPart[][]): Flight[] {
  const flights: Flight[] = [];
  const byRequest = stages[0]?.some((p) => p.message?.type === HANDSHAKE_TYPE.helloRequest) ?? false;
  let next = 1;
  for (const parts of stages) {
    const side = parts[0]?.side ?? 0;
    if (!byRequest) next = Math.max(next, leastNumber(parts, flights.length === 0));
    if ((next % 2 === 1) !== (byRequest ? side === 1 : side === 0)) next++;
    flights.push({ number: next++, side, parts: inOrder(parts), postHandshake: false });
  }
  return flights;
}

/** A message_seq larger than this is no count of cookie exchanges. */
const MAX_ROUNDS = 16;
const OPENS_CLIENT_KEYS: ReadonlySet<number> = new Set([
  HANDSHAKE_TYPE.certificate,
  HANDSHAKE_TYPE.clientKeyExchange,
  HANDSHAKE_TYPE.finished,
]);

/**
 * Where the capture lacks flights before this one, the message_seq of its hello tells how many: each side counts its
 * messages from 0, and before the ServerHello every flight has one (RFC 6347 §4.2.2).
 */
function leastNumber(parts: readonly FlightPart[], isFirst: boolean): number {
  if (has(parts, CLIENT_HELLO)) return 1 + 2 * leastSeq(parts, CLIENT_HELLO);
  if (has(parts, SERVER_HELLO)) return 2 + 2 * leastSeq(parts, SERVER_HELLO);
  if (!isFirst || parts[0]?.side !== 0 || !has(parts, OPENS_CLIENT_KEYS)) return 1;
  return 1 + 2 * leastSeq(parts, OPENS_CLIENT_KEYS);
}

const CLIENT_HELLO: ReadonlySet<number> = new Set([HANDSHAKE_TYPE.clientHello]);
const SERVER_HELLO: ReadonlySet<number> = new Set([HANDSHAKE_TYPE.serverHello]);

const has = (parts: readonly FlightPart[], types: ReadonlySet<number>): boolean =>
  parts.some((p) => p.message !== null && types.has(p.message.type));

/** The least message_seq of messages of these types; 0 where it is no count of rounds. */
function leastSeq(parts: readonly FlightPart[], types: ReadonlySet<number>): number {
  let seq = Number.POSITIVE_INFINITY;
  for (const { message } of parts) if (message && types.has(message.type)) seq = Math.min(seq, message.messageSeq);
  return seq <= MAX_ROUNDS ? seq : 0;
}

/**
 * Hellos before the ServerHello go to and fro: which round each belongs to. A ClientHello keeps its message_seq when it
 * is sent again, even where a copy was damaged; HelloVerifyRequest always has message_seq 0.
 */
export function rankHellos({ messages }: HandshakeState): ReadonlyMap<MessageInstance, number> {
  const rank = new Map<MessageInstance, number>();
  const hellos = messages.filter((m) => m.type === HANDSHAKE_TYPE.clientHello);
  const numbers = [...new Set(hellos.map((m) => m.messageSeq))].sort((a, b) => a - b);
  // The first message of a client has message_seq 0: what is before the lowest one is not in the capture.
  const lowest = numbers[0] ?? 0;
  const missing = lowest <= MAX_ROUNDS ? lowest : 0;
  for (const hello of hellos) rank.set(hello, missing + numbers.indexOf(hello.messageSeq));
  const requests = messages.filter(isRetryRequest).sort((a, b) => firstRecord(a) - firstRecord(b));
  const [first] = requests;
  const asksForFirst = first !== undefined && firstRecord(first) < least(hellos.map(firstRecord));
  const from = asksForFirst ? Math.max(0, missing - 1) : missing;
  // A server that asks once more than the client answers says the same thing again.
  const rounds = missing + Math.max(1, numbers.length - 1);
  for (const [i, request] of requests.entries()) rank.set(request, Math.min(from + i, rounds - 1));
  return rank;
}

const firstRecord = (message: MessageInstance): number => message.appearances[0]?.record ?? 0;

export function isRetryRequest(message: MessageInstance): boolean {
  return message.type === HANDSHAKE_TYPE.helloVerifyRequest || messageName(message) === 'HelloRetryRequest';
}

export function inOrder(parts: readonly FlightPart[]): FlightPart[] {
  const finished = parts.find((p) => p.message?.type === HANDSHAKE_TYPE.finished);
  const last = Math.max(0, greatest(parts.map((p) => (p.message ? p.message.messageSeq * 2 : 0))));
  for (const part of parts) {
    if (part.message) part.order = part.message.messageSeq * 2;
    else if (part.name === 'ChangeCipherSpec')
      part.order = finished?.message ? finished.message.messageSeq * 2 - 1 : last + 1;
    else if (part.name === 'Finished' && finished?.message) part.order = finished.message.messageSeq * 2;
    else part.order = part.name === CLOSED_HANDSHAKE ? last + 3 : last + 2;
  }
  return parts.toSorted((a, b) => a.order - b.order);
}
