/**
 * The datagrams of a capture as columns of numbers, some 40 bytes for each; an object is made when somebody looks at
 * one. What says more than the columns hold, such as a datagram out of a tunnel or of joined fragments, is kept whole.
 */
import type { CaptureSource, Datagram, PlainDatagram, Route } from './datagram.ts';
import { FrameStore } from './frame-store.ts';
import { NO_CARRIERS } from './frame.ts';
import { NO_COMMENTS } from './packet.ts';

/** Datagrams in a fixed order. */
export interface DatagramList extends Iterable<Datagram> {
  readonly length: number;
  /** No earlier one is later. */
  readonly inOrderOfTime: boolean;
  /** Made anew for each call, mostly: two calls give two objects. */
  at(index: number): Datagram;
  packet(index: number): number;
  /** Milliseconds since `originNs`. */
  timeMs(index: number, originNs: bigint): number;
  /** The payload; a view that may hold only until the next call. */
  payload(index: number): Uint8Array;
  /** Null for those that are kept whole. */
  plain(index: number): Route | null;
}

/** For those that exist as objects anyway. */
export class ListedDatagrams implements DatagramList {
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

  plain(): null {
    return null;
  }

  [Symbol.iterator](): Iterator<Datagram> {
    return this.#all[Symbol.iterator]();
  }
}

type Columns = {
  packet: Uint32Array;
  /** Nanoseconds since `#originNs`; NaN for those that are kept whole. */
  at: Float64Array;
  route: Uint32Array;
  /** Of the frame, in the file. */
  offset: Float64Array;
  /** Of the frame, where frames are kept. */
  place: Float64Array;
  frameLength: Uint16Array;
  /** Of the payload, in the frame. */
  payloadFrom: Uint16Array;
  payloadLength: Uint16Array;
  ttl: Uint8Array;
  ipId: Uint16Array;
};

const allocate = (capacity: number, places: boolean): Columns => ({
  packet: new Uint32Array(capacity),
  at: new Float64Array(capacity),
  route: new Uint32Array(capacity),
  offset: new Float64Array(capacity),
  place: new Float64Array(places ? capacity : 0),
  frameLength: new Uint16Array(capacity),
  payloadFrom: new Uint16Array(capacity),
  payloadLength: new Uint16Array(capacity),
  ttl: new Uint8Array(capacity),
  ipId: new Uint16Array(capacity),
});

export class DatagramTable implements DatagramList {
  length = 0;
  inOrderOfTime = true;
  #capture: number;
  #columns = allocate(1024, true);
  #originNs = 0n;
  #lastAt = Number.NEGATIVE_INFINITY;
  #lastNs: bigint | null = null;
  readonly #routes: Route[] = [];
  readonly #whole = new Map<number, Datagram>();
  readonly #frames: FrameStore;

  constructor(capture: number, source: Pick<CaptureSource, 'readAt'>, keptBytes?: number) {
    this.#capture = capture;
    this.#frames = new FrameStore(source, keptBytes);
  }

  addPlain(datagram: PlainDatagram): number {
    const { frameFrom, frameTo, payloadFrom, at, route } = datagram;
    const index = this.#next();
    const c = this.#columns;
    if (this.#routes.length === 0) this.#originNs = datagram.originNs;
    c.packet[index] = datagram.packet;
    c.at[index] = at;
    c.route[index] = route.index;
    c.offset[index] = datagram.frameOffset;
    c.frameLength[index] = frameTo - frameFrom;
    c.payloadFrom[index] = payloadFrom - frameFrom;
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
    this.#columns.packet[index] = datagram.packet;
    this.#columns.at[index] = Number.NaN;
    this.#whole.set(index, datagram);
    if (this.#lastNs === null && index > 0) this.#lastNs = this.#originNs + BigInt(this.#lastAt);
    this.#compare(datagram.timeNs);
    return index;
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
    return this.#columns.packet[index] ?? 0;
  }

  timeMs(index: number, originNs: bigint): number {
    const at = this.#columns.at[index] ?? Number.NaN;
    // Both are whole numbers of nanoseconds, so the sum is as exact as their difference.
    if (!Number.isNaN(at)) return (at + Number(this.#originNs - originNs)) / 1e6;
    return Number(this.at(index).timeNs - originNs) / 1e6;
  }

  payload(index: number): Uint8Array {
    const whole = this.#whole.get(index);
    if (whole) return whole.payload;
    const c = this.#columns;
    return this.#view(index, c.payloadFrom[index] ?? 0, c.payloadLength[index] ?? 0);
  }

  plain(index: number): Route | null {
    if (Number.isNaN(this.#columns.at[index] ?? Number.NaN)) return null;
    return this.#routes[this.#columns.route[index] ?? -1] ?? null;
  }

  *[Symbol.iterator](): Generator<Datagram> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  #view(index: number, from: number, length: number): Uint8Array {
    const { place, offset } = this.#columns;
    return this.#frames.view(place[index] ?? 0, offset[index] ?? 0, from, length);
  }

  #made(index: number): Datagram {
    const c = this.#columns;
    const route = this.#routes[c.route[index] ?? -1];
    if (index >= this.length || !route) throw new RangeError(`there is no datagram ${index}`);
    const packet = c.packet[index] ?? 0;
    const frameOffset = c.offset[index] ?? 0;
    const payloadFrom = c.payloadFrom[index] ?? 0;
    const length = c.payloadLength[index] ?? 0;
    const id = route.ipVersion === 4 ? (c.ipId[index] ?? 0) : null;
    const lazily = new LazyBytes(() => this.#view(index, 0, c.frameLength[index] ?? 0).slice(), payloadFrom, length);
    return {
      capture: this.#capture,
      packet,
      timeNs: this.#originNs + BigInt(c.at[index] ?? 0),
      source: route.source,
      destination: route.destination,
      directed: true,
      carriers: NO_CARRIERS,
      tag: '',
      get payload() {
        return lazily.payload;
      },
      missing: 0,
      pieces: [{ packet, from: 0, fileOffset: frameOffset + payloadFrom, length }],
      get frame() {
        return lazily.frame;
      },
      frameOffset,
      comments: NO_COMMENTS,
      ip: { ttl: c.ttl[index] ?? 0, id, version: route.ipVersion },
    };
  }

  #next(): number {
    const index = this.length++;
    if (index >= this.#columns.packet.length) {
      const old = this.#columns;
      const columns = allocate(index * 2, this.#frames.isKeeping);
      for (const key of Object.keys(old) as (keyof Columns)[])
        if (key !== 'place' || this.#frames.isKeeping) columns[key].set(old[key]);
      this.#columns = columns;
    }
    return index;
  }

  #compare(timeNs: bigint): void {
    if (this.#lastNs !== null && timeNs < this.#lastNs) this.inOrderOfTime = false;
    this.#lastNs = timeNs;
  }
}

/** Read when they are asked for, and then once. */
class LazyBytes {
  #frame: Uint8Array | null = null;
  readonly #read: () => Uint8Array;
  readonly #from: number;
  readonly #length: number;

  constructor(read: () => Uint8Array, from: number, length: number) {
    this.#read = read;
    this.#from = from;
    this.#length = length;
  }

  get frame(): Uint8Array {
    this.#frame ??= this.#read();
    return this.#frame;
  }

  get payload(): Uint8Array {
    return this.frame.subarray(this.#from, this.#from + this.#length);
  }
}
