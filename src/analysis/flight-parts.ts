/**
 * The parts of a handshake's flights: messages, ChangeCipherSpecs and encrypted handshake records that stayed
 * closed, each with the flight it belongs to. Decided by what the messages are, never by time (RFC 6347 §4.2.4).
 */
import type { CipherSuite } from '../crypto/suites.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { sameBytes } from '../wire/text.ts';
import { type HandshakeState, type MessageInstance, messageName, type Unnumbered } from './handshake-state.ts';
import type { RecordTable, Side } from './record-table.ts';

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
  const flights = number([...stages].sort(([a], [b]) => a - b).map(([, list]) => list));
  return [...flights, ...postHandshake(later, flights.at(-1)?.number ?? 0)];
}

/** What is written after the handshake of DTLS 1.3 has flights, timers and ACKs of its own (RFC 9147 §5.8.4). */
function isPostHandshake({ message }: FlightPart): boolean {
  return message !== null && message.epoch > HANDSHAKE_EPOCH;
}

const HANDSHAKE_EPOCH = 2;

/** One flight for each run of messages of one sender; numbered on, without taking turns. */
function postHandshake(parts: readonly FlightPart[], before: number): Flight[] {
  const inTime = parts.toSorted((a, b) => (a.occurrences[0]?.record ?? 0) - (b.occurrences[0]?.record ?? 0));
  const runs: FlightPart[][] = [];
  for (const part of inTime) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const together =
      last &&
      last.side === part.side &&
      (part.message?.messageSeq ?? 0) === (last.message?.messageSeq ?? 0) + 1 &&
      part.name === last.name;
    if (run && together) run.push(part);
    else runs.push([part]);
  }
  return runs.map((run, i) => ({ number: before + 1 + i, side: run[0]?.side ?? 0, parts: inOrder(run) }));
}

/** Client and server take turns; where two neighbours have one sender, the flight between was not captured. */
function number(stages: readonly FlightPart[][]): Flight[] {
  const flights: Flight[] = [];
  const clientIsOdd = !stages[0]?.some((p) => p.message?.type === HANDSHAKE_TYPE.helloRequest);
  let next = 1;
  for (const parts of stages) {
    const side = parts[0]?.side ?? 0;
    if ((next % 2 === 1) !== (clientIsOdd ? side === 0 : side === 1)) next++;
    flights.push({ number: next++, side, parts: inOrder(parts) });
  }
  return flights;
}

/**
 * Hellos before the ServerHello go to and fro: which round each belongs to. A ClientHello keeps its message_seq when it
 * is sent again, even where a copy was damaged; HelloVerifyRequest always has message_seq 0.
 */
function rankHellos({ messages }: HandshakeState): ReadonlyMap<MessageInstance, number> {
  const rank = new Map<MessageInstance, number>();
  const hellos = messages.filter((m) => m.type === HANDSHAKE_TYPE.clientHello);
  const numbers = [...new Set(hellos.map((m) => m.messageSeq))].sort((a, b) => a - b);
  for (const hello of hellos) rank.set(hello, numbers.indexOf(hello.messageSeq));
  // A server that asks once more than the client answers says the same thing again.
  const rounds = Math.max(1, numbers.length - 1);
  const requests = messages.filter(isRetryRequest).sort((a, b) => firstRecord(a) - firstRecord(b));
  for (const [i, request] of requests.entries()) rank.set(request, Math.min(i, rounds - 1));
  return rank;
}

const firstRecord = (message: MessageInstance): number => message.appearances[0]?.record ?? 0;

function isRetryRequest(message: MessageInstance): boolean {
  return message.type === HANDSHAKE_TYPE.helloVerifyRequest || messageName(message) === 'HelloRetryRequest';
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

function inOrder(parts: readonly FlightPart[]): FlightPart[] {
  const finished = parts.find((p) => p.message?.type === HANDSHAKE_TYPE.finished);
  const last = Math.max(0, ...parts.map((p) => (p.message ? p.message.messageSeq * 2 : 0)));
  for (const part of parts) {
    if (part.message) part.order = part.message.messageSeq * 2;
    else if (part.name === 'ChangeCipherSpec')
      part.order = finished?.message ? finished.message.messageSeq * 2 - 1 : last + 1;
    else part.order = part.name === CLOSED_HANDSHAKE ? last + 3 : last + 2;
  }
  return parts.toSorted((a, b) => a.order - b.order);
}

function partsOf(handshake: HandshakeState, table: RecordTable, timeMs: (record: number) => number): FlightPart[] {
  const parts: FlightPart[] = handshake.messages.map((message) => ({
    side: message.side,
    name: messageName(message),
    message,
    length: message.length,
    order: 0,
    occurrences: message.appearances,
  }));
  const suite = handshake.serverHello ? cipherSuite(handshake.serverHello.cipherSuite) : undefined;
  const { length } = table.columns;
  const unnumbered = new Map<string, { side: Side; name: string; occurrences: Occurrence[] }>();
  for (const { kind, side, record } of handshake.unnumbered) {
    const name = unnumberedName(kind, table.columns.length[record] ?? 0, handshake, suite);
    const key = `${side} ${name}`;
    const part = unnumbered.get(key) ?? { side, name, occurrences: [] };
    const from = placeOfUnnumbered(
      name,
      part.occurrences,
      (o) => length[o] === length[record] && timeMs(record) - timeMs(o) >= SHORTEST_TIMER_MS,
    );
    part.occurrences.push({ record, from, to: from + 1 });
    unnumbered.set(key, part);
  }
  for (const part of unnumbered.values()) parts.push({ ...part, message: null, length: 0, order: 0 });
  return parts;
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

function unnumberedName(
  kind: Unnumbered['kind'],
  recordLength: number,
  { isVersion13 }: HandshakeState,
  suite: CipherSuite | undefined,
): string {
  if (kind === 'changeCipherSpec') return 'ChangeCipherSpec';
  if (kind === 'ack') return 'ACK';
  return isVersion13 ? CLOSED_RECORDS : closedName(recordLength, suite);
}

/** header(13) and a Finished of 12 + 12 bytes, before protection adds to it. */
const HEADER = 13;
const FINISHED_PLAINTEXT = 24;
export const CLOSED_HANDSHAKE = 'Encrypted handshake message';
export const CLOSED_RECORDS = 'Encrypted records';

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
