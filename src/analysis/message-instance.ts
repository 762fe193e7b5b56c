/** One message of a handshake, put together from fragments and decoded when somebody asks what it says. */
import { clientCertificateTypes, serverCertificateTypes } from '../dtls/extensions/accessors.ts';
import { decodeHandshakeBody, type HandshakeMessage, type MessageContext } from '../dtls/messages/index.ts';
import { negotiatedVersion, type ServerHello } from '../dtls/messages/server-hello.ts';
import { MessageAssembly } from '../dtls/reassembly.ts';
import { ByteReader } from '../wire/reader.ts';
import type { Side } from './record-table.ts';

/** Where one fragment of a message was seen. */
export interface Appearance {
  /** Index of the record. */
  readonly record: number;
  readonly from: number;
  readonly to: number;
}

/** What was agreed on by the time a message was complete. */
export interface Agreed {
  readonly serverHello: ServerHello | null;
  readonly keyExchange: string | null;
}

const NOWHERE: Appearance[] = [];

/** What tells a message from others. */
export interface MessageHeader {
  readonly side: Side;
  readonly type: number;
  readonly messageSeq: number;
  readonly length: number;
  /** Of the record that brought its first fragment. */
  readonly epoch: number;
}

export class MessageInstance implements MessageHeader {
  readonly side: Side;
  readonly type: number;
  readonly messageSeq: number;
  readonly length: number;
  readonly epoch: number;
  /** Its place in `HandshakeState.messages`. */
  readonly index: number;
  readonly assembly: MessageAssembly;
  appearances = NOWHERE;
  /** Index of the record that brought its last missing byte; null while incomplete. */
  completedBy: number | null = null;
  /** Offset of the first byte on which two transmissions disagree. */
  conflict: number | null = null;
  /** It came in so many pieces that some were not kept: it never becomes complete. */
  full = false;
  #agreed: Agreed | null = null;
  #decoded: HandshakeMessage | null = null;

  constructor({ side, type, messageSeq, length, epoch }: MessageHeader, index: number) {
    this.side = side;
    this.type = type;
    this.messageSeq = messageSeq;
    this.length = length;
    this.epoch = epoch;
    this.index = index;
    this.assembly = new MessageAssembly(length);
  }

  /** Null while it is incomplete. */
  get decoded(): HandshakeMessage | null {
    if (!this.#decoded && this.#agreed) {
      const body = new ByteReader('message', this.assembly.body());
      this.#decoded = decodeHandshakeBody(this.type, body, messageContext(this.#agreed, this.side));
    }
    return this.#decoded;
  }

  noteAppearance(record: number, from: number, to: number): void {
    const appearance = { record, from, to };
    // A list of one takes no room for more: most messages are seen once.
    if (this.appearances.length === 0) this.appearances = [appearance];
    else this.appearances.push(appearance);
  }

  /** It is complete, and to be read as the hellos so far say. */
  readBy(agreed: Agreed): void {
    this.#agreed = agreed;
    this.#decoded = null;
  }
}

/** What the decoders of later messages need to know of the earlier ones. */
export function messageContext({ serverHello, keyExchange }: Agreed, side: Side): MessageContext {
  const types = serverHello && {
    serverCertificateType: serverCertificateTypes(serverHello.extensions)?.[0],
    clientCertificateType: clientCertificateTypes(serverHello.extensions)?.[0],
  };
  const sender = side === 0 ? 'client' : 'server';
  return {
    version: serverHello && negotiatedVersion(serverHello),
    keyExchange,
    sender,
    ...(types?.serverCertificateType === undefined ? {} : { serverCertificateType: types.serverCertificateType }),
    ...(types?.clientCertificateType === undefined ? {} : { clientCertificateType: types.clientCertificateType }),
  };
}
