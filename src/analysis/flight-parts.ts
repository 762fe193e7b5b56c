/**
 * The parts of a handshake's flights: messages, ChangeCipherSpecs and encrypted handshake records that stayed
 * closed, each with the flight it belongs to. Decided by what the messages are, never by time (RFC 6347 §4.2.4).
 */
import type { CipherSuite } from '../crypto/suites.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { sameBytes } from '../wire/text.ts';
import { CLOSED_HANDSHAKE, CLOSED_RECORDS, isRetryRequest, numberFlights, rankHellos } from './flight-order.ts';
import { type HandshakeState, type MessageInstance, messageName, type Unnumbered } from './handshake-state.ts';
import { isPostHandshake, postHandshakeFlights } from './post-handshake-flights.ts';
import { REASONS, type RecordTable, type Side } from './record-table.ts';

export { CLOSED_HANDSHAKE, CLOSED_RECORDS };

export interface Occurrence {
  readonly record: number;
  /** Byte range of the message; [0, 1) for a part without message_seq. */
  readonly from: number;
  readonly to: number;
}

export interface FlightPart {
  readonly side: Side;
  readonly name: string;
  /** Null for ChangeCipherSpec and closed records. */
  readonly message: MessageInstance | null;
  readonly length: number;
  /** A record that failed authentication although the keys opened others: what it held cannot be told. */
  readonly damaged: boolean;
  /** Place within the flight, ascending. */
  order: number;
  /** In order of capture. */
  readonly occurrences: readonly Occurrence[];
}

export interface Flight {
  /** RFC 6347 §4.2.4, from 1. */
  readonly number: number;
  readonly side: Side;
  /** Ascending by `order`. */
  readonly parts: readonly FlightPart[];
  /** Written after the handshake of DTLS 1.3, with a timer and ACKs of its own: it takes no part in the handshake. */
  readonly postHandshake: boolean;
}

/** Stages of a handshake after the hellos: the server's hello flight, the client's answer, the server's last. */
const STAGE = { helloRequest: 0, serverHello: 1000, clientKeys: 1001, serverLast: 1002 } as const;

const SERVER_HELLO_FLIGHT: ReadonlySet<number> = new Set([
  HANDSHAKE_TYPE.serverHello,
  HANDSHAKE_TYPE.certificate,
  HANDSHAKE_TYPE.certificateStatus,
  HANDSHAKE_TYPE.supplementalData,
  HANDSHAKE_TYPE.serverKeyExchange,
  HANDSHAKE_TYPE.certificateRequest,
  HANDSHAKE_TYPE.serverHelloDone,
]);

/** The server skipped the key exchange: decided by what it sent, or by the session id it echoed (RFC 5246 §7.3). */
export function isAbbreviated(handshake: HandshakeState): boolean {
  const { messages, serverHello, clientHello, unnumbered, isVersion13 } = handshake;
  if (isVersion13) return false;
  const keyExchange = messages.some(
    (m) =>
      m.type === HANDSHAKE_TYPE.serverHelloDone ||
      m.type === HANDSHAKE_TYPE.clientKeyExchange ||
      m.type === HANDSHAKE_TYPE.serverKeyExchange ||
      m.type === HANDSHAKE_TYPE.certificate,
  );
  if (keyExchange || !serverHello) return false;
  const echoed =
    clientHello !== null && serverHello.sessionId.length > 0 && sameBytes(serverHello.sessionId, clientHello.sessionId);
  return echoed || unnumbered.some((u) => u.side === 1) || handshake.find(1, HANDSHAKE_TYPE.finished) !== undefined;
}

export function flightsOf(handshake: HandshakeState, table: RecordTable, timeMs: (record: number) => number): Flight[] {
  const parts = partsOf(handshake, table, timeMs);
  const helloRank = rankHellos(handshake);
  const abbreviated = isAbbreviated(handshake);
  const stages = new Map<number, FlightPart[]>();
  const later: FlightPart[] = [];
  for (const part of parts) {
    if (handshake.isVersion13 && isPostHandshake(part)) {
      later.push(part);
      continue;
    }
    const stage = stageOf(part, handshake, abbreviated, helloRank);
    const list = stages.get(stage);
    if (list) list.push(part);
    else stages.set(stage, [part]);
  }
  const flights = numberFlights([...stages].sort(([a], [b]) => a - b).map(([, list]) => list));
  return [...flights, ...postHandshakeFlights(later, flights.at(-1)?.number ?? 0, timeMs)];
}

/** A HelloVerifyRequest or HelloRetryRequest: its server keeps no state and no timer (RFC 6347 §4.2.1). */
export function isStateless({ parts }: Flight): boolean {
  return parts.some((p) => p.message !== null && isRetryRequest(p.message));
}

/** Nothing answers it, so its sender waits for nothing: the flight that ends the handshake (RFC 6347 §4.2.4, RFC 9147 §7). */
export function isLastFlight({ side, parts }: Flight, handshake: HandshakeState): boolean {
  if (handshake.isVersion13) return parts.every((p) => p.name === 'ACK');
  const ends = parts.some((p) => p.name === 'Finished' || p.name === 'ChangeCipherSpec');
  return ends && side === (isAbbreviated(handshake) ? 0 : 1);
}

function stageOf(
  { message, side, name }: FlightPart,
  handshake: HandshakeState,
  abbreviated: boolean,
  helloRank: ReadonlyMap<MessageInstance, number>,
): number {
  if (message?.type === HANDSHAKE_TYPE.helloRequest) return STAGE.helloRequest;
  if (message?.type === HANDSHAKE_TYPE.clientHello) return 1 + 2 * (helloRank.get(message) ?? 0);
  if (message && isRetryRequest(message)) return 2 + 2 * (helloRank.get(message) ?? 0);
  if (side === 0) return STAGE.clientKeys;
  if (handshake.isVersion13) return name === 'ACK' ? STAGE.serverLast : STAGE.serverHello;
  if (abbreviated || (message && SERVER_HELLO_FLIGHT.has(message.type))) return STAGE.serverHello;
  return STAGE.serverLast;
}

function partsOf(handshake: HandshakeState, table: RecordTable, timeMs: (record: number) => number): FlightPart[] {
  const parts: FlightPart[] = handshake.messages.map((message) => ({
    side: message.side,
    name: messageName(message),
    message,
    length: message.length,
    damaged: false,
    order: 0,
    occurrences: message.appearances,
  }));
  const suite = handshake.serverHello ? cipherSuite(handshake.serverHello.cipherSuite) : undefined;
  const { length } = table.columns;
  const unnumbered: { side: Side; name: string; damaged: boolean; occurrences: Occurrence[] }[] = [];
  const acknowledged = new Set<number>();
  for (const { kind, side, record, names = [] } of handshake.unnumbered) {
    const name = unnumberedName(kind, length.get(record), handshake, suite);
    const damaged = kind === 'closed' && isDamaged(side, record, handshake, table);
    // There are few: they differ in nothing else.
    const known = unnumbered.find((p) => p.side === side && p.name === name && p.damaged === damaged);
    const part = known ?? { side, name, damaged, occurrences: [] };
    if (!known) unnumbered.push(part);
    const later = (o: number) => timeMs(record) - timeMs(o) >= SHORTEST_TIMER_MS;
    const from =
      kind === 'ack'
        ? placeOfAck(
            part.occurrences,
            names.some((n) => !acknowledged.has(n)),
            later,
          )
        : placeOfUnnumbered(name, part.occurrences, (o) => length.get(o) === length.get(record) && later(o));
    for (const n of names) acknowledged.add(n);
    part.occurrences.push({ record, from, to: from + 1 });
  }
  for (const { side, name, damaged, occurrences } of unnumbered)
    parts.push({ side, name, message: null, length: 0, damaged, order: 0, occurrences });
  return parts;
}

function isDamaged(side: Side, record: number, { messages }: HandshakeState, { columns }: RecordTable): boolean {
  const failed = REASONS[(columns.reason[record] ?? 0) - 1] === 'authentication-failed';
  return failed && messages.some((m) => m.side === side && m.epoch === columns.epoch[record]);
}

/** No stack in use waits less than this before it repeats a flight. */
const SHORTEST_TIMER_MS = 40;

/**
 * What stays closed has no offsets. In DTLS 1.3 every record counts as something new; in 1.2 a record that repeats an
 * earlier one in length, a timer later, is a repeat, and any other is another piece.
 */
function placeOfUnnumbered(
  name: string,
  before: readonly Occurrence[],
  mayRepeat: (record: number) => boolean,
): number {
  if (name === CLOSED_RECORDS) return before.length;
  if (name !== CLOSED_HANDSHAKE) return 0;
  return before.find((o) => mayRepeat(o.record))?.from ?? before.length;
}

/**
 * An ACK is said again when another copy of the Finished has come. Several at once that name the same, one for each
 * record that came, are one answer.
 */
function placeOfAck(before: readonly Occurrence[], isNew: boolean, later: (record: number) => boolean): number {
  const last = before.at(-1);
  return !last || isNew || later(last.record) ? 0 : last.from + 1;
}

function unnumberedName(
  kind: Unnumbered['kind'],
  recordLength: number,
  { isVersion13 }: HandshakeState,
  suite: CipherSuite | undefined,
): string {
  if (kind === 'changeCipherSpec') return 'ChangeCipherSpec';
  if (kind === 'ack') return 'ACK';
  if (kind === 'finished') return 'Finished';
  return isVersion13 ? CLOSED_RECORDS : closedName(recordLength, suite);
}

/** header(13) and a Finished of 12 + 12 bytes, before protection adds to it. */
const HEADER = 13;
const FINISHED_PLAINTEXT = 24;

/** The first encrypted handshake record of an epoch is its Finished, if it has the size of one. */
function closedName(recordLength: number, suite: CipherSuite | undefined): string {
  const sizes = suite ? protectedSizes(FINISHED_PLAINTEXT, suite) : [];
  return sizes.includes(recordLength - HEADER) ? 'Finished' : CLOSED_HANDSHAKE;
}

/** Lengths that a plaintext of this size may have once protected; CBC depends on encrypt-then-MAC. */
export function protectedSizes(plaintext: number, { protection }: CipherSuite): readonly number[] {
  if (!protection) return [];
  if (protection.kind === 'aead') return [protection.explicitNonceLength + plaintext + protection.tagLength];
  if (protection.kind === 'null') return [plaintext + protection.macLength];
  const block = 16;
  const padded = (n: number) => (Math.floor(n / block) + 1) * block;
  return [block + padded(plaintext + protection.macLength), block + padded(plaintext) + protection.macLength];
}
