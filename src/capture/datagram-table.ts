/**
 * The datagrams of a capture as columns of numbers, some 20 bytes for each; an object is made when somebody looks at
 * one. What says more than the columns hold, such as a datagram out of a tunnel or of joined fragments, is kept whole.
 */
import { roomFor } from './columns/growth.ts';
import { NarrowColumn } from './columns/narrow-column.ts';
import { NearColumn } from './columns/near-column.ts';
import type { Datagram, Endpoint, Piece, PlainDatagram, Route } from './datagram.ts';
import { NO_CARRIERS } from './frame.ts';
import { FrameStore, type StoredSource } from './frame-store.ts';
import { NO_COMMENTS } from './packet.ts';

/** Datagrams in a fixed order. Iterating gives objects that can be copied property by property. */
export interface DatagramList extends Iterable<Datagram> {
  readonly length: number;
  /** No earlier one is later. */
  readonly inOrderOfTime: boolean;
  /** Made anew for each call, mostly: two calls give two objects, whose properties are looked up and cannot be spread. */
  at(index: number): Datagram;
  packet(index: number): number;
  /** Milliseconds since `originNs`. */
  timeMs(index: number, originNs: bigint): number;
  /** The payload; a view that may hold only until the next call. */
  payload(index: number): Uint8Array;
  /** Of the payload, on the wire, in bytes. */
  wireLength(index: number): number;
  /** Null for those that are kept whole. */
  plain(index: number): Route | null;
  /** Hop limit, where the innermost IP header is that of the packet itself; null where something carried it. */
  hops(index: number): number | null;
  /** Of those that `plain` tells of. */
  readonly capture: number;
  /** Those that are kept whole, in order: all that have comments, or came out of something. */
  wholes(): Iterable<Datagram>;
}

/** The same in order of time; files may hold packets out of order. Equal times keep the order of the file. */
export function inTime(list: DatagramList): DatagramList {
  if (list.inOrderOfTime) return list;
  const originNs = list.at(0).timeNs;
  const times = Float64Array.from({ length: list.length }, (_, i) => list.timeMs(i, originNs));
  const order = Uint32Array.from({ length: list.length }, (_, i) => i);
  order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  return new OrderedDatagrams(list, order);
}

/** A list in another order. */
class OrderedDatagrams implements DatagramList {
  readonly inOrderOfTime = true;
  readonly #list: DatagramList;
  readonly #order: Uint32Array;

  constructor(list: DatagramList, order: Uint32Array) {
    this.#list = list;
    this.#order = order;
  }

  get length(): number {
    return this.#order.length;
  }

  get capture(): number {
    return this.#list.capture;
  }

  wholes(): Iterable<Datagram> {
    return this.#list.wholes();
  }

  at(index: number): Datagram {
    return this.#list.at(this.#order[index] ?? -1);
  }

  packet(index: number): number {
    return this.#list.packet(this.#order[index] ?? -1);
  }

  timeMs(index: number, originNs: bigint): number {
    return this.#list.timeMs(this.#order[index] ?? -1, originNs);
  }

  payload(index: number): Uint8Array {
    return this.#list.payload(this.#order[index] ?? -1);
  }

  wireLength(index: number): number {
    return this.#list.wireLength(this.#order[index] ?? -1);
  }

  plain(index: number): Route | null {
    return this.#list.plain(this.#order[index] ?? -1);
  }

  hops(index: number): number | null {
    return this.#list.hops(this.#order[index] ?? -1);
  }

  *[Symbol.iterator](): Generator<Datagram> {
    for (let i = 0; i < this.length; i++) yield copied(this.at(i));
  }
}

/** For those that exist as objects anyway. */
export class ListedDatagrams implements DatagramList {
  readonly capture = 0;
  readonly inOrderOfTime: boolean;
  readonly #all: readonly Datagram[];

  constructor(all: readonly Datagram[]) {
    this.#all = all;
    this.inOrderOfTime = all.every((d, i) => i === 0 || (all[i - 1]?.timeNs ?? 0n) <= d.timeNs);
  }

  get length(): number {
    return this.#all.length;
  }

  at(index: number): Datagram {
    const datagram = this.#all[index];
    if (!datagram) throw new RangeError(`there is no datagram ${index}`);
    return datagram;
  }

  packet(index: number): number {
    return this.at(index).packet;
  }

  timeMs(index: number, originNs: bigint): number {
    return Number(this.at(index).timeNs - originNs) / 1e6;
  }

  payload(index: number): Uint8Array {
    return this.at(index).payload;
  }

  wireLength(index: number): number {
    return wireLengthOf(this.at(index));
  }

  plain(): null {
    return null;
  }

  hops(index: number): number | null {
    return hopsOf(this.at(index));
  }

  wholes(): Iterable<Datagram> {
    return this.#all;
  }

  [Symbol.iterator](): Iterator<Datagram> {
    return this.#all[Symbol.iterator]();
  }
}

type Columns = {
  /** Of the frame, where frames are kept. */
  place: Float64Array;
  /** At most 64 KB, as what is longer is kept whole (`Delivery`); so are the payload, and where it begins. */
  frameLength: Uint16Array;
  payloadLength: Uint16Array;
  ttl: Uint8Array;
  ipId: Uint16Array;
};

const allocate = (capacity: number, places: boolean): Columns => ({
  place: new Float64Array(places ? capacity : 0),
  frameLength: new Uint16Array(capacity),
  payloadLength: new Uint16Array(capacity),
  ttl: new Uint8Array(capacity),
  ipId: new Uint16Array(capacity),
});

export class DatagramTable implements DatagramList {
  length = 0;
  inOrderOfTime = true;
  /** The part of the file that was read so far, which tells how many rows will come; null while nobody knows. */
  readShare: number | null = null;
  #capture: number;
  #room = 0;
  #columns = allocate(0, true);
  readonly #packets = new NearColumn(2);
  /** Nanoseconds since `#originNs`; for those that are kept whole, what the one before has. */
  readonly #times = new NearColumn(4);
  /** Index of the route plus 1; 0 for those that are kept whole. */
  readonly #routeOf = new NarrowColumn(2);
  /** Of the frame, in the file. */
  readonly #offsets = new NearColumn(4);
  /** Of the payload, in the frame: behind all headers, which mostly take less than 255 bytes. */
  readonly #payloadFrom = new NarrowColumn(1);
  #originNs = 0n;
  #asked = { originNs: -1n, ns: 0 };
  #lastAt = Number.NEGATIVE_INFINITY;
  #lastNs: bigint | null = null;
  readonly #routes: Route[] = [];
  readonly #whole = new Map<number, Datagram>();
  readonly #frames: FrameStore;

  constructor(capture: number, source: StoredSource, keptBytes?: number) {
    this.#capture = capture;
    this.#frames = new FrameStore(source, keptBytes);
  }

  addPlain(datagram: PlainDatagram): number {
    const { frameFrom, frameTo, payloadFrom, at, route } = datagram;
    const index = this.#next();
    const c = this.#columns;
    if (this.#routes.length === 0) {
      this.#originNs = datagram.originNs;
      this.#asked = { originNs: -1n, ns: 0 };
    }
    this.#packets.add(index, datagram.packet);
    this.#times.add(index, at);
    this.#routeOf.set(index, route.index + 1);
    this.#offsets.add(index, datagram.frameOffset);
    this.#payloadFrom.set(index, payloadFrom - frameFrom);
    c.frameLength[index] = frameTo - frameFrom;
    c.payloadLength[index] = datagram.payloadTo - payloadFrom;
    c.ttl[index] = datagram.ttl;
    c.ipId[index] = datagram.ipId ?? 0;
    this.#routes[route.index] = route;
    if (this.#frames.isKeeping) {
      const place = this.#frames.keep(datagram.bytes, frameFrom, frameTo);
      if (this.#frames.isKeeping) c.place[index] = place;
      else c.place = new Float64Array();
    }
    if (this.#lastNs !== null) this.#compare(datagram.originNs + BigInt(at));
    else if (at < this.#lastAt) this.inOrderOfTime = false;
    this.#lastAt = at;
    return index;
  }

  /** Keeps it as it is. */
  add(datagram: Datagram): number {
    const index = this.#next();
    this.#packets.add(index, datagram.packet);
    this.#times.add(index, index === 0 ? 0 : this.#times.get(index - 1));
    this.#offsets.add(index, datagram.frameOffset);
    this.#whole.set(index, datagram);
    if (this.#lastNs === null && index > 0) this.#lastNs = this.#originNs + BigInt(this.#lastAt);
    this.#compare(datagram.timeNs);
    return index;
  }

  get capture(): number {
    return this.#capture;
  }

  wholes(): Iterable<Datagram> {
    return this.#whole.values();
  }

  /** The number of its capture, once it is known how many there were before it. */
  renumber(capture: number): void {
    if (capture === this.#capture) return;
    this.#capture = capture;
    for (const [index, datagram] of this.#whole) this.#whole.set(index, { ...datagram, capture });
  }

  at(index: number): Datagram {
    return this.#whole.get(index) ?? this.#made(index);
  }

  packet(index: number): number {
    return this.#packets.get(index);
  }

  timeMs(index: number, originNs: bigint): number {
    // Both are whole numbers of nanoseconds, so the sum is as exact as their difference.
    if (this.#routeOf.get(index) !== 0) return (this.#times.get(index) + this.#since(originNs)) / 1e6;
    return Number(this.at(index).timeNs - originNs) / 1e6;
  }

  /** From that time to the origin of the column; the same is asked for again and again. */
  #since(originNs: bigint): number {
    if (originNs !== this.#asked.originNs)
      this.#asked = { originNs, ns: this.#originNs - originNs === 0n ? 0 : Number(this.#originNs - originNs) };
    return this.#asked.ns;
  }

  payload(index: number): Uint8Array {
    const whole = this.#whole.get(index);
    if (whole) return whole.payload;
    return this.#view(index, this.payloadFrom(index), this.payloadLength(index));
  }

  plain(index: number): Route | null {
    return this.#routes[this.#routeOf.get(index) - 1] ?? null;
  }

  wireLength(index: number): number {
    const whole = this.#whole.get(index);
    return whole ? wireLengthOf(whole) : this.payloadLength(index);
  }

  hops(index: number): number | null {
    const whole = this.#whole.get(index);
    return whole ? hopsOf(whole) : this.ttl(index);
  }

  *[Symbol.iterator](): Generator<Datagram> {
    for (let i = 0; i < this.length; i++) yield copied(this.at(i));
  }

  #view(index: number, from: number, length: number): Uint8Array {
    return this.#frames.view(this.#columns.place[index] ?? 0, this.frameOffset(index), from, length);
  }

  #made(index: number): Datagram {
    const route = this.plain(index);
    if (index >= this.length || !route) throw new RangeError(`there is no datagram ${index}`);
    return new TableDatagram(this, index, route);
  }

  /** Of the columns; see `TableDatagram`. */
  timeNs(index: number): bigint {
    return this.#originNs + BigInt(this.#times.get(index));
  }

  frame(index: number): Uint8Array {
    return this.#view(index, 0, this.#columns.frameLength[index] ?? 0).slice();
  }

  frameOffset(index: number): number {
    return this.#offsets.get(index);
  }

  payloadFrom(index: number): number {
    return this.#payloadFrom.get(index);
  }

  payloadLength(index: number): number {
    return this.#columns.payloadLength[index] ?? 0;
  }

  ttl(index: number): number {
    return this.#columns.ttl[index] ?? 0;
  }

  ipId(index: number): number {
    return this.#columns.ipId[index] ?? 0;
  }

  #next(): number {
    const index = this.length++;
    if (index >= this.#room) this.#grow(roomFor(index, this.readShare));
    return index;
  }

  #grow(room: number): void {
    const old = this.#columns;
    const columns = allocate(room, this.#frames.isKeeping);
    for (const key of Object.keys(old) as (keyof Columns)[])
      if (key !== 'place' || this.#frames.isKeeping) columns[key].set(old[key]);
    this.#columns = columns;
    for (const column of [this.#packets, this.#times, this.#routeOf, this.#offsets, this.#payloadFrom])
      column.makeRoom(room);
    this.#room = room;
  }

  #compare(timeNs: bigint): void {
    if (this.#lastNs !== null && timeNs < this.#lastNs) this.inOrderOfTime = false;
    this.#lastNs = timeNs;
  }
}

/** A row of the table, seen as a datagram. What it says is looked up when it is asked for; its bytes, once. */
class TableDatagram implements Datagram {
  readonly #table: DatagramTable;
  readonly #index: number;
  readonly #route: Route;
  #frame: Uint8Array | null = null;

  constructor(table: DatagramTable, index: number, route: Route) {
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
    return NO_CARRIERS;
  }

  get tag(): string {
    return '';
  }

  get payload(): Uint8Array {
    const from = this.#table.payloadFrom(this.#index);
    return this.frame.subarray(from, from + this.#table.payloadLength(this.#index));
  }

  get missing(): number {
    return 0;
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

const wireLengthOf = ({ payload, missing }: Datagram): number => payload.length + missing;

const hopsOf = ({ ip, carriers }: Datagram): number | null => (carriers.length === 0 ? (ip?.ttl ?? null) : null);

/** The same as an object that can be copied property by property. */
function copied(datagram: Datagram): Datagram {
  if (!(datagram instanceof TableDatagram)) return datagram;
  const { capture, packet, timeNs, source, destination, directed, carriers, tag, missing } = datagram;
  const { payload, pieces, frame, frameOffset, comments, ip } = datagram;
  return {
    ...{ capture, packet, timeNs, source, destination, directed, carriers, tag, missing },
    ...{ payload, pieces, frame, frameOffset, comments, ip },
  };
}
