/**
 * The messages of one association, put together from what its records carry. All of it follows from what a
 * `ReadingLog` holds: it may be forgotten, and read from there again.
 */
import { cipherSuite } from '../crypto/suites.ts';
import { type Added, MessageAssembly } from '../dtls/reassembly.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { Carriage } from './carriage.ts';
import type { Carried } from './carried.ts';
import {
  type Arrived,
  type BareFragment,
  HandshakeState,
  type MessageInstance,
  type Unnumbered,
} from './handshake-state.ts';
import type { MessageHeader } from './message-instance.ts';
import type { RecordTable, Side } from './record-table.ts';

/** A fragment as it is put in its place. */
export interface ReadFragment extends BareFragment {
  /** Index of its record. */
  readonly record: number;
  readonly side: Side;
  readonly epoch: number;
  /** Number of the handshake that it counts for. */
  readonly handshake: number;
  /** False where it can be part of no message. */
  readonly usable: boolean;
}

/** A fragment that is to be put in its place, with no more of its bytes than were not known before. */
export interface PlacedFragment extends Arrived {
  /** Number of the handshake that it counts for. */
  readonly handshake: number;
  /** The place of its message in `HandshakeState.messages`; null where it is part of none. */
  readonly place: number | null;
  /** It is the first of its message. */
  readonly first: boolean;
  /** Of its message, or of itself where it is part of none. */
  readonly header: MessageHeader;
  readonly fragmentLength: number;
}

/** What became of a fragment. */
export interface Placed {
  readonly handshake: HandshakeState;
  /** Null where it is part of none, or there are too many. */
  readonly message: MessageInstance | null;
  readonly completed: boolean;
  /** After a ServerHello: messages that had come before it, now read as it says. */
  readonly readAgain: readonly MessageInstance[];
}

/** What a reading asks of the association when all was read. */
export interface Finishing {
  readonly isVersion13: boolean;
  /** The number (1-based) of the record that an ACK in record `by` names; null if it was not captured. */
  recordWithNumber(by: number, name: { readonly epoch: number; readonly sequenceNumber: number }): number | null;
}

const NOTHING: readonly MessageInstance[] = [];
const NOTHING_ADDED: Added = { fresh: [], conflict: null, full: false };

export class AssociationReading {
  /** Ascending by number once `finish` was called. */
  readonly handshakes: HandshakeState[] = [];
  /** What each record carries, by record index; application data only in short. */
  readonly carried: Carriage;
  readonly #table: RecordTable;
  readonly #byNumber = new Map<number, HandshakeState>();

  constructor(table: RecordTable) {
    this.#table = table;
    this.carried = new Carriage(table);
  }

  /** The handshake with this number, made where it is the first one asked for. */
  handshake(number: number): HandshakeState {
    let handshake = this.#byNumber.get(number);
    if (!handshake) {
      handshake = new HandshakeState(number);
      this.#byNumber.set(number, handshake);
      this.handshakes.push(handshake);
    }
    return handshake;
  }

  /** The handshake with this number, if anything was read of it. */
  known(number: number): HandshakeState | undefined {
    return this.#byNumber.get(number);
  }

  /** The message in this place of a handshake. */
  messageAt(handshake: number, place: number): MessageInstance {
    const message = this.known(handshake)?.messages[place];
    if (!message) throw new RangeError('no message has this place');
    return message;
  }

  /** Where a fragment belongs, and what of it is new there. */
  place(fragment: ReadFragment): PlacedFragment {
    const { record, side, epoch, msgType: type, messageSeq, length, fragmentOffset, fragmentLength, body } = fragment;
    const handshake = this.handshake(fragment.handshake);
    const place = fragment.usable ? handshake.place(side, fragment) : null;
    const known = place === null ? undefined : handshake.messages[place];
    const assembly = known?.assembly ?? new MessageAssembly(length);
    return {
      record,
      handshake: fragment.handshake,
      place,
      first: place !== null && !known,
      header: known ?? { side, type, messageSeq, length, epoch },
      fragmentOffset,
      fragmentLength,
      extent: body.length,
      added: place === null ? NOTHING_ADDED : assembly.weigh(fragmentOffset, body, record),
    };
  }

  addFragment(fragment: PlacedFragment): Placed {
    const { record, place, header, fragmentOffset, fragmentLength } = fragment;
    const { type, messageSeq, length } = header;
    const handshake = this.handshake(fragment.handshake);
    const message = place === null ? null : handshake.message(place, header);
    this.carried.add(record, { kind: 'fragment', type, messageSeq, length, fragmentOffset, fragmentLength, message });
    const completed = message !== null && handshake.add(message, fragment);
    return { handshake, message, completed, readAgain: completed ? noteHello(handshake, message) : NOTHING };
  }

  addItem(record: number, item: Carried): void {
    this.carried.add(record, item);
  }

  addUnnumbered(handshake: number, unnumbered: Unnumbered): void {
    this.handshake(handshake).unnumbered.push(unnumbered);
  }

  /** Puts in order what may have been opened late. Called once everything was read. */
  finish(association: Finishing): void {
    this.handshakes.sort((a, b) => a.number - b.number);
    if (association.isVersion13) this.#noteFinalAcks(association);
    for (const handshake of this.handshakes) {
      handshake.unnumbered.sort((a, b) => a.record - b.record);
      for (const message of handshake.messages) message.appearances.sort((a, b) => a.record - b.record);
    }
  }

  /** The server's ACK of the client's Finished is the last flight of DTLS 1.3 (RFC 9147 §5.7). */
  #noteFinalAcks(association: Finishing): void {
    const handshake = this.handshake(1);
    handshake.isVersion13 = true;
    for (const [record, items] of this.carried) {
      if (this.#table.columns.side[record] !== 1) continue;
      const names = items.flatMap((item) => (item.kind === 'ack' ? item.recordNumbers : []));
      const finished = names
        .map((n) => (association.recordWithNumber(record, n) ?? 0) - 1)
        .filter((named) =>
          (this.carried.get(named) ?? []).some(
            (item) => item.kind === 'fragment' && item.type === HANDSHAKE_TYPE.finished,
          ),
        );
      if (finished.length > 0) handshake.unnumbered.push({ kind: 'ack', side: 1, record, names: finished });
    }
  }
}

/** Hellos tell how other messages are to be read; those that came before a ServerHello are read again. */
function noteHello(handshake: HandshakeState, message: MessageInstance): readonly MessageInstance[] {
  if (message.type !== HANDSHAKE_TYPE.clientHello && message.type !== HANDSHAKE_TYPE.serverHello) return NOTHING;
  const { decoded } = message;
  if (decoded?.type === 'ClientHello') handshake.clientHello = decoded;
  if (decoded?.type !== 'ServerHello') return NOTHING;
  handshake.serverHello = decoded;
  handshake.keyExchange = cipherSuite(decoded.cipherSuite)?.keyExchange ?? null;
  // The network may have delivered it after messages that depend on it.
  return handshake.readAgain();
}
