/**
 * The datagrams of a capture as columns of numbers, some 20 bytes for each; an object is made when somebody looks at
 * one. What says more than the columns hold, such as a datagram of joined fragments or with a comment, is kept whole.
 */
import { roomFor } from './columns/growth.ts';
import { NarrowColumn } from './columns/narrow-column.ts';
import { NearColumn } from './columns/near-column.ts';
import { SparseColumn } from './columns/sparse-column.ts';
import type { Datagram, PlainDatagram, Route } from './datagram.ts';
import { type DatagramList, hopsOf, wireLengthOf } from './datagram-list.ts';
import { FrameStore, type StoredSource } from './frame-store.ts';
import { copied, type Rows, TableDatagram } from './table-datagram.ts';

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

export class DatagramTable implements DatagramList, Rows {
  length = 0;
  inOrderOfTime = true;
  hasCut = false;
  hasCarriers = false;
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
  /** Payload bytes that are not in the file: mostly of none, or of all that are long. */
  readonly #missing = new SparseColumn();
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
    this.hasCarriers ||= route.carriers.length > 0;
    if (datagram.missing > 0) {
      this.#missing.set(index, datagram.missing);
      this.hasCut = true;
    }
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
    this.hasCut ||= datagram.missing > 0;
    this.hasCarriers ||= datagram.carriers.length > 0;
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

  gather(indices: readonly number[]): void {
    if (this.#frames.isKeeping) return;
    const plain = indices.filter((index) => this.plain(index));
    this.#frames.gather(
      plain.map((index) => ({ offset: this.frameOffset(index), length: this.#columns.frameLength[index] ?? 0 })),
    );
  }

  plain(index: number): Route | null {
    return this.#routes[this.#routeOf.get(index) - 1] ?? null;
  }

  wireLength(index: number): number {
    const whole = this.#whole.get(index);
    return whole ? wireLengthOf(whole) : this.payloadLength(index) + this.#missing.get(index);
  }

  hops(index: number): number | null {
    const route = this.plain(index);
    if (route) return route.carriers.length === 0 ? this.ttl(index) : null;
    const whole = this.#whole.get(index);
    return whole ? hopsOf(whole) : null;
  }

  missing(index: number): number {
    return this.#whole.get(index)?.missing ?? this.#missing.get(index);
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
