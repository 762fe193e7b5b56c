/**
 * One handshake while its records are read: its messages, reassembled, and the parameters they agree on.
 * Handshake n of an association is written in epoch n - 1 and opens epoch n (RFC 6347 §4.1).
 */
import type { HandshakeFragment } from '../dtls/fragment.ts';
import type { ClientHello } from '../dtls/messages/client-hello.ts';
import type { MessageContext } from '../dtls/messages/index.ts';
import type { ServerHello } from '../dtls/messages/server-hello.ts';
import type { Added } from '../dtls/reassembly.ts';
import { HANDSHAKE_TYPE, handshakeTypeName } from '../dtls/registry.ts';
import { type Agreed, type MessageHeader, MessageInstance, messageContext } from './message-instance.ts';
import type { Side } from './record-table.ts';

export type { MessageInstance } from './message-instance.ts';

/** A fragment without its place in the record. */
export type BareFragment = Omit<HandshakeFragment, 'at' | 'fault'>;

/** Where a fragment was seen, and what it added to its message. */
export interface Arrived {
  /** Index of its record. */
  readonly record: number;
  readonly fragmentOffset: number;
  /** How many bytes of it there are: less than it claims where its record ends first. */
  readonly extent: number;
  readonly added: Added;
}

/** A ChangeCipherSpec, or an encrypted handshake record that stayed closed: parts of a flight without message_seq. */
export interface Unnumbered {
  /**
   * 'finished': a closed record with a connection ID, which hides its type; but the first of an epoch is the Finished.
   * 'ack': an ACK of DTLS 1.3 that names the client's last flight, and so ends the handshake (RFC 9147 §5.7).
   */
  readonly kind: 'changeCipherSpec' | 'closed' | 'finished' | 'ack';
  readonly side: Side;
  readonly record: number;
  /** The records with a Finished that an ACK names. */
  readonly names?: readonly number[];
}

/** HelloRetryRequest is a ServerHello with a certain random (RFC 8446 §4.1.3). */
export function messageName({ type, decoded }: Pick<MessageInstance, 'type' | 'decoded'>): string {
  return decoded?.type === 'ServerHello' && decoded.isHelloRetryRequest ? 'HelloRetryRequest' : handshakeTypeName(type);
}

/** More variants of one message_seq than this are kept together: somebody is making them up. */
const MAX_VARIANTS = 16;
/** And no more of any kind: further parts are told apart from none. */
export const MOST_VARIANTS = 256;

/** Hellos need no others to be read. */
const READ_ALONE: ReadonlySet<number> = new Set([
  HANDSHAKE_TYPE.clientHello,
  HANDSHAKE_TYPE.serverHello,
  HANDSHAKE_TYPE.helloVerifyRequest,
]);
/** More ServerHellos than this are no server's. */
const MAX_READINGS = 4;

const NO_MESSAGES: MessageInstance[] = [];

export class HandshakeState {
  readonly number: number;
  readonly messages: MessageInstance[] = [];
  readonly unnumbered: Unnumbered[] = [];
  clientHello: ClientHello | null = null;
  serverHello: ServerHello | null = null;
  /** Set from `serverHello` and the suite table by the association. */
  keyExchange: string | null = null;
  isVersion13 = false;
  readonly #bySeq = new Map<number, MessageInstance[]>();
  #readings = 0;

  constructor(number: number) {
    this.number = number;
  }

  /**
   * Which of its messages a fragment belongs to, by its place in `messages`: the next one that is free where it is the
   * first of another; null where there are too many.
   */
  place(side: Side, fragment: BareFragment): number | null {
    const key = fragment.messageSeq * 2 + side;
    const variants = this.#bySeq.get(key) ?? NO_MESSAGES;
    const same = variants.filter((m) => m.type === fragment.msgType && m.length === fragment.length);
    const agreeing =
      same.find((m) => m.assembly.holds(fragment.fragmentOffset, fragment.body)) ??
      same.find((m) => !this.#contradicts(m, fragment));
    // Only a whole message proves that it is another one (a second HelloVerifyRequest with a new cookie);
    // a fragment that differs is a contradiction within the message.
    const whole = fragment.fragmentLength === fragment.length;
    const home = agreeing ?? (whole && variants.length < MAX_VARIANTS ? undefined : same[0]);
    if (home) return home.index;
    return variants.length >= MOST_VARIANTS ? null : this.messages.length;
  }

  /** Whether these very bytes were seen in this handshake already. */
  knows(side: Side, fragment: BareFragment): boolean {
    return (this.#bySeq.get(fragment.messageSeq * 2 + side) ?? []).some(
      (m) =>
        m.type === fragment.msgType &&
        m.length === fragment.length &&
        m.assembly.holds(fragment.fragmentOffset, fragment.body),
    );
  }

  /** The message in this place of `messages`, made where it is the next one. */
  message(place: number, header: MessageHeader): MessageInstance {
    const known = this.messages[place];
    if (known) return known;
    const message = new MessageInstance(header, this.messages.length);
    const key = header.messageSeq * 2 + header.side;
    const variants = this.#bySeq.get(key);
    if (variants) variants.push(message);
    else this.#bySeq.set(key, [message]);
    this.messages.push(message);
    return message;
  }

  /** Adds what a fragment brought; true when it completes the message for the first time. */
  add(message: MessageInstance, { record, fragmentOffset, extent, added }: Arrived): boolean {
    message.assembly.take(added.fresh);
    message.conflict ??= added.conflict;
    message.full ||= added.full;
    message.noteAppearance(record, fragmentOffset, fragmentOffset + extent);
    if (message.completedBy !== null || !message.assembly.complete) return false;
    message.completedBy = record;
    message.readBy(this.#agreed);
    return true;
  }

  /** Decodes again what came before the ServerHello that tells how it is to be read; returns those messages. */
  readAgain(): readonly MessageInstance[] {
    if (this.#readings >= MAX_READINGS) return [];
    this.#readings++;
    const early = this.messages.filter((m) => m.completedBy !== null && !READ_ALONE.has(m.type));
    for (const message of early) message.readBy(this.#agreed);
    return early;
  }

  get #agreed(): Agreed {
    const { serverHello, keyExchange } = this;
    return { serverHello, keyExchange };
  }

  /** What the decoders of later messages need to know of the earlier ones. */
  context(side: Side): MessageContext {
    return messageContext(this.#agreed, side);
  }

  find(side: Side, type: number): MessageInstance | undefined {
    return this.messages.find((m) => m.side === side && m.type === type);
  }

  has(type: number): boolean {
    return this.messages.some((m) => m.type === type);
  }

  get cookieExchange(): boolean {
    return this.has(HANDSHAKE_TYPE.helloVerifyRequest);
  }

  #contradicts(message: MessageInstance, fragment: BareFragment): boolean {
    const end = fragment.fragmentOffset + fragment.body.length;
    return message.assembly.pieces.some((piece) => {
      const from = Math.max(piece.from, fragment.fragmentOffset);
      const to = Math.min(piece.from + piece.bytes.length, end);
      for (let i = from; i < to; i++)
        if (piece.bytes[i - piece.from] !== fragment.body[i - fragment.fragmentOffset]) return true;
      return false;
    });
  }
}
