/** Datagrams in a fixed order, whether they exist as objects or not, and the same in order of time. */
import type { Datagram, Route } from './datagram.ts';
import { copied } from './table-datagram.ts';

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
  /** Reads the bytes of those that are about to be looked at, where they are not at hand. */
  gather(indices: readonly number[]): void;
  /** Of the payload, on the wire, in bytes. */
  wireLength(index: number): number;
  /** Null for those that are kept whole. */
  plain(index: number): Route | null;
  /** Payload bytes that were on the wire but not in the file. */
  missing(index: number): number;
  /** Some were not captured whole. */
  readonly hasCut: boolean;
  /** Something else than UDP and IP carried some. */
  readonly hasCarriers: boolean;
  /** Hop limit, where the innermost IP header is that of the packet itself; null where something carried it. */
  hops(index: number): number | null;
  /** Of those that `plain` tells of. */
  readonly capture: number;
  /** Those that are kept whole, in order: all that have comments, lie in several pieces, or were seen at two points. */
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

  gather(indices: readonly number[]): void {
    this.#list.gather(indices.map((index) => this.#order[index] ?? -1));
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

  missing(index: number): number {
    return this.#list.missing(this.#order[index] ?? -1);
  }

  get hasCut(): boolean {
    return this.#list.hasCut;
  }

  get hasCarriers(): boolean {
    return this.#list.hasCarriers;
  }

  *[Symbol.iterator](): Generator<Datagram> {
    for (let i = 0; i < this.length; i++) yield copied(this.at(i));
  }
}

/** For those that exist as objects anyway. */
export class ListedDatagrams implements DatagramList {
  readonly capture = 0;
  readonly inOrderOfTime: boolean;
  readonly hasCut: boolean;
  readonly hasCarriers: boolean;
  readonly #all: readonly Datagram[];

  constructor(all: readonly Datagram[]) {
    this.#all = all;
    this.inOrderOfTime = all.every((d, i) => i === 0 || (all[i - 1]?.timeNs ?? 0n) <= d.timeNs);
    this.hasCut = all.some((d) => d.missing > 0);
    this.hasCarriers = all.some((d) => d.carriers.length > 0);
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

  gather(): void {}

  wireLength(index: number): number {
    return wireLengthOf(this.at(index));
  }

  plain(): null {
    return null;
  }

  hops(index: number): number | null {
    return hopsOf(this.at(index));
  }

  missing(index: number): number {
    return this.at(index).missing;
  }

  wholes(): Iterable<Datagram> {
    return this.#all;
  }

  [Symbol.iterator](): Iterator<Datagram> {
    return this.#all[Symbol.iterator]();
  }
}

export const wireLengthOf = ({ payload, missing }: Datagram): number => payload.length + missing;

export const hopsOf = ({ ip, carriers }: Datagram): number | null => (carriers.length === 0 ? (ip?.ttl ?? null) : null);
