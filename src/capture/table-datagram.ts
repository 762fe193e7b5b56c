/** A row of a table of datagrams, as the datagram that it stands for. */
import type { Datagram, Endpoint, Piece, Route } from './datagram.ts';
import { NO_COMMENTS } from './packet.ts';

/** What a table tells of each row, by its index. */
export interface Rows {
  readonly capture: number;
  packet(index: number): number;
  timeNs(index: number): bigint;
  frame(index: number): Uint8Array;
  /** Of the frame, in the file. */
  frameOffset(index: number): number;
  /** Of the payload, in the frame. */
  payloadFrom(index: number): number;
  payloadLength(index: number): number;
  /** Of the payload, in bytes. */
  missing(index: number): number;
  ttl(index: number): number;
  ipId(index: number): number;
}

/** A row of the table, seen as a datagram. What it says is looked up when it is asked for; its bytes, once. */
export class TableDatagram implements Datagram {
  readonly #table: Rows;
  readonly #index: number;
  readonly #route: Route;
  #frame: Uint8Array | null = null;

  constructor(table: Rows, index: number, route: Route) {
    this.#table = table;
    this.#index = index;
    this.#route = route;
  }

  get capture(): number {
    return this.#table.capture;
  }

  get packet(): number {
    return this.#table.packet(this.#index);
  }

  get timeNs(): bigint {
    return this.#table.timeNs(this.#index);
  }

  get source(): Endpoint {
    return this.#route.source;
  }

  get destination(): Endpoint {
    return this.#route.destination;
  }

  get directed(): true {
    return true;
  }

  get carriers(): readonly string[] {
    return this.#route.carriers;
  }

  get tag(): string {
    return this.#route.tag;
  }

  get payload(): Uint8Array {
    const from = this.#table.payloadFrom(this.#index);
    return this.frame.subarray(from, from + this.#table.payloadLength(this.#index));
  }

  get missing(): number {
    return this.#table.missing(this.#index);
  }

  get pieces(): readonly [Piece] {
    const fileOffset = this.#table.frameOffset(this.#index) + this.#table.payloadFrom(this.#index);
    return [{ packet: this.packet, from: 0, fileOffset, length: this.#table.payloadLength(this.#index) }];
  }

  get frame(): Uint8Array {
    this.#frame ??= this.#table.frame(this.#index);
    return this.#frame;
  }

  get frameOffset(): number {
    return this.#table.frameOffset(this.#index);
  }

  get comments(): readonly string[] {
    return NO_COMMENTS;
  }

  get ip(): NonNullable<Datagram['ip']> {
    const { ipVersion: version } = this.#route;
    const id = version === 4 ? this.#table.ipId(this.#index) : null;
    return { ttl: this.#table.ttl(this.#index), id, version };
  }
}

/** The same as an object that can be copied property by property. */
export function copied(datagram: Datagram): Datagram {
  if (!(datagram instanceof TableDatagram)) return datagram;
  const { capture, packet, timeNs, source, destination, directed, carriers, tag, missing } = datagram;
  const { payload, pieces, frame, frameOffset, comments, ip } = datagram;
  return {
    ...{ capture, packet, timeNs, source, destination, directed, carriers, tag, missing },
    ...{ payload, pieces, frame, frameOffset, comments, ip },
  };
}
