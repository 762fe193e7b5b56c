/**
 * Since when an endpoint could read an epoch of its peer: since it had computed the keys (RFC 6347 §4.1, RFC 9147
 * §6.1). Keys follow from certain messages: those that it sent itself are certain to it, those of the peer are only if
 * something that it sent later needs them.
 */
import { hasEarlyData } from '../dtls/extensions/accessors.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { AssociationState } from './association-state.ts';
import { isAbbreviated } from './flight-parts.ts';
import type { HandshakeState, MessageInstance } from './handshake-state.ts';
import type { RecordTable, Side } from './record-table.ts';
import type { Certainty } from './story.ts';
import { type Streams, streamsOf } from './streams.ts';

export interface Readable {
  readonly atMs: number;
  readonly certainty: Certainty;
  /** Index. */
  readonly record: number;
}

/** Epochs of DTLS 1.3 (RFC 9147 §6.1). */
const EARLY = 1;
const HANDSHAKE = 2;
const APPLICATION = 3;

export class Readability {
  readonly #trace: AnalysedTrace;
  readonly #state: AssociationState;
  readonly #handshakes: ReadonlyMap<number, HandshakeState>;

  constructor(trace: AnalysedTrace, { state }: AnalysedAssociation) {
    this.#trace = trace;
    this.#state = state;
    this.#handshakes = new Map(state.handshakes.map((h) => [h.number, h]));
  }

  /** @param sender who writes in the epoch; the other side reads. */
  since(sender: Side, epoch: number): Readable | null {
    const found = this.#state.isVersion13
      ? inDtls13(this.#trace, this.#state, this.#handshakes.get(1), sender, epoch)
      : inDtls12(this.#handshakes.get(epoch), sender);
    if (!found) return null;
    const { record, received, shown } = found;
    const sentMs = this.#trace.timeMs(record);
    const atMs = received ? (this.#trace.arrivalMs(record) ?? sentMs) : sentMs;
    return { record, atMs, certainty: received && !shown ? 'inferred' : 'near-certain' };
  }
}

/** The record that gave the keys; whether the reader had to receive it, and if so, whether it acted on it. */
interface Source {
  readonly record: number;
  readonly received: boolean;
  readonly shown: boolean;
}

const sent = (record: number | null | undefined): Source | null =>
  record === null || record === undefined ? null : { record, received: false, shown: true };

const got = (record: number | null | undefined, shown: boolean): Source | null =>
  record === null || record === undefined ? null : { record, received: true, shown };

/** The keys come from the ClientKeyExchange, or, where a session is resumed, from the hellos (RFC 5246 §6.3, §7.3). */
function inDtls12(handshake: HandshakeState | undefined, sender: Side): Source | null {
  if (!handshake) return null;
  const resumed = isAbbreviated(handshake);
  const source = resumed
    ? handshake.find(1, HANDSHAKE_TYPE.serverHello)
    : handshake.find(0, HANDSHAKE_TYPE.clientKeyExchange);
  const maker: Side = resumed ? 1 : 0;
  const reader: Side = sender === 0 ? 1 : 0;
  const ccs = handshake.unnumbered.find((u) => u.side === reader && u.kind === 'changeCipherSpec');
  const usedKeys = ccs !== undefined || handshake.find(reader, HANDSHAKE_TYPE.finished) !== undefined;
  const record = source?.completedBy;
  if (maker === reader) return sent(record ?? ccs?.record);
  return got(record, usedKeys);
}

function inDtls13(
  trace: AnalysedTrace,
  state: AssociationState,
  handshake: HandshakeState | undefined,
  sender: Side,
  epoch: number,
): Source | null {
  if (!handshake || epoch > APPLICATION + handshake.messages.length) return null;
  const reader: Side = sender === 0 ? 1 : 0;
  const wrote = (from: number): number | undefined => firstSince(streamsOf(trace, state), reader, from);
  if (epoch === EARLY) return sender === 0 ? earlyData(handshake) : null;
  if (epoch === HANDSHAKE) {
    const hello = serverHello(handshake)?.completedBy;
    return reader === 1 ? sent(hello) : got(hello, wrote(HANDSHAKE) !== undefined);
  }
  if (epoch === APPLICATION) {
    const flight = serverFlightEnd(handshake);
    // Without keys, what the reader wrote under its own keys of this epoch shows that it has both.
    if (flight === null) return sent(wrote(APPLICATION));
    return reader === 1
      ? sent(flight)
      : got(flight, wroteAfterServerFlight(handshake) || wrote(APPLICATION) !== undefined);
  }
  const updates = handshake.messages.filter((m) => m.side === sender && m.type === HANDSHAKE_TYPE.keyUpdate);
  const update = updates.sort((a, b) => a.messageSeq - b.messageSeq)[epoch - APPLICATION - 1];
  return update ? got(update.completedBy, isAcknowledged(state, trace.records, update)) : null;
}

/** The first record of a side in this epoch or a later one. */
function firstSince({ all }: Streams, side: Side, epoch: number): number | undefined {
  let first: number | undefined;
  for (const stream of all)
    if (stream.side === side && stream.epoch >= epoch && (first === undefined || stream.first < first))
      first = stream.first;
  return first;
}

/** Only a server that accepts early data reads it, and after a HelloRetryRequest none does (RFC 8446 §4.2.10). */
function earlyData(handshake: HandshakeState): Source | null {
  const hello = handshake.messages.find((m) => m.type === HANDSHAKE_TYPE.clientHello && m.messageSeq === 0);
  const extensions = handshake.find(1, HANDSHAKE_TYPE.encryptedExtensions)?.decoded;
  if (extensions?.type !== 'EncryptedExtensions') return got(hello?.completedBy, false);
  return hasEarlyData(extensions.extensions) ? got(hello?.completedBy, true) : null;
}

function serverHello({ messages }: HandshakeState): MessageInstance | undefined {
  return messages.find(
    (m) => m.type === HANDSHAKE_TYPE.serverHello && m.decoded?.type === 'ServerHello' && !m.decoded.isHelloRetryRequest,
  );
}

/** The record that completed the server's flight up to its Finished; null where it is not known to be complete. */
function serverFlightEnd(handshake: HandshakeState): number | null {
  const finished = handshake.messages.find((m) => m.side === 1 && m.type === HANDSHAKE_TYPE.finished);
  const hello = serverHello(handshake);
  if (!finished || !hello) return null;
  let end = -1;
  for (const message of handshake.messages) {
    if (message.side !== 1 || message.messageSeq < hello.messageSeq || message.messageSeq > finished.messageSeq)
      continue;
    if (message.completedBy !== null) end = Math.max(end, message.completedBy);
  }
  return end < 0 ? null : end;
}

const wroteAfterServerFlight = ({ messages }: HandshakeState): boolean =>
  messages.some((m) => m.side === 0 && m.type === HANDSHAKE_TYPE.finished);

function isAcknowledged(state: AssociationState, table: RecordTable, message: MessageInstance): boolean {
  const records = new Set(message.appearances.map((a) => a.record));
  return [...state.carried].some(
    ([by, items]) =>
      table.columns.side[by] !== message.side &&
      items.some(
        (item) =>
          item.kind === 'ack' && item.recordNumbers.some((n) => records.has((state.recordWithNumber(by, n) ?? 0) - 1)),
      ),
  );
}
