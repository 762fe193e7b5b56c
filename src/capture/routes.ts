/** From the addresses and ports of a packet to the route it takes, without making text of them again. */
import type { AddressBook } from './address.ts';
import type { Datagram, Route } from './datagram.ts';
import { NO_CARRIERS } from './frame.ts';
import type { IpHeader } from './ip.ts';

/** Ports, both addresses of IPv6, and what carries it. */
const WORDS = 10;
/** Slots for each route, at least. */
const SPARE = 2;
/** More are found again by no number: a scan of the whole Internet must not fill the memory. */
const MOST_KNOWN = 1 << 18;

/** An open hash table over words: the routes of a busy server are looked up millions of times. */
export class Routes {
  readonly #addresses: AddressBook;
  #count = 0;
  #known: Route[] = [];
  #words = new Int32Array(64 * WORDS);
  /** Of each known route, how many words it has. */
  #lengths = new Uint8Array(64);
  /** Index into `#known` plus 1; 0 for none. */
  #slots = new Uint32Array(128);
  readonly #wanted = new Int32Array(WORDS);
  /** By their names. There are as many as kinds of tunnels, and of tunnels in tunnels. */
  readonly #carriers = new Map<string, number>();
  /** Of datagrams found inside others, by all that tells them apart. */
  readonly #inner = new Map<string, Route>();
  /** How many words are wanted. */
  #length = 0;

  constructor(addresses: AddressBook) {
    this.#addresses = addresses;
  }

  find(ip: IpHeader, sourcePort: number, destinationPort: number, carriers: readonly string[]): Route {
    const slot = this.#slotOf(this.#read(ip, sourcePort, destinationPort, carriers));
    const found = this.#slots[slot] ?? 0;
    return this.#known[found - 1] ?? this.#add(slot, ip, sourcePort, destinationPort, carriers);
  }

  /** Of a datagram that was found inside another, whose ends no IP header names; null where it has none. */
  ofInner({ source, destination, ip, carriers, tag }: Datagram): Route | null {
    if (!ip) return null;
    const ends = `${source.address} ${source.port} ${destination.address} ${destination.port}`;
    const name = `${ends} ${ip.version}\n${carriers.join('\n')}\n${tag}`;
    let route = this.#inner.get(name);
    if (!route) {
      if (this.#inner.size >= MOST_KNOWN) this.#inner.clear();
      route = { index: this.#count++, source, destination, ipVersion: ip.version, carriers, tag };
      this.#inner.set(name, route);
    }
    return route;
  }

  /** Their hash. */
  #read(
    { bytes, sourceAt, destinationAt, addressLength }: IpHeader,
    source: number,
    destination: number,
    carriers: readonly string[],
  ): number {
    const wanted = this.#wanted;
    const words = addressLength >> 2;
    wanted[0] = (source << 16) | destination;
    for (let i = 0; i < words; i++) {
      wanted[1 + i] = word(bytes, sourceAt + 4 * i);
      wanted[1 + words + i] = word(bytes, destinationAt + 4 * i);
    }
    this.#length = 1 + 2 * words;
    if (carriers.length > 0) wanted[this.#length++] = this.#numberOf(carriers);
    return this.#hash();
  }

  #numberOf(carriers: readonly string[]): number {
    const name = carriers.join('\n');
    const number = this.#carriers.get(name) ?? this.#carriers.size;
    this.#carriers.set(name, number);
    return number;
  }

  /** Where it is, or where it would be. */
  #slotOf(hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let known = this.#slots[slot] ?? 0; known !== 0; known = this.#slots[slot] ?? 0) {
      if (this.#isWanted(known - 1)) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #isWanted(known: number): boolean {
    const length = this.#length;
    if (this.#lengths[known] !== length) return false;
    const at = known * WORDS;
    for (let i = 0; i < length; i++) if (this.#words[at + i] !== this.#wanted[i]) return false;
    return true;
  }

  #add(slot: number, ip: IpHeader, sourcePort: number, destinationPort: number, carriers: readonly string[]): Route {
    const route: Route = {
      index: this.#count++,
      source: this.#addresses.endpoint(ip.bytes, ip.sourceAt, ip.addressLength, sourcePort),
      destination: this.#addresses.endpoint(ip.bytes, ip.destinationAt, ip.addressLength, destinationPort),
      ipVersion: ip.addressLength === 4 ? 4 : 6,
      carriers: carriers.length === 0 ? NO_CARRIERS : carriers,
      tag: '',
    };
    if (this.#known.length >= MOST_KNOWN) this.#forget();
    this.#slots[this.#known.length === 0 ? this.#slotOf(this.#hash()) : slot] = this.#known.length + 1;
    if (this.#known.length >= this.#lengths.length) this.#grow();
    this.#words.set(this.#wanted, this.#known.length * WORDS);
    this.#lengths[this.#known.length] = this.#length;
    this.#known.push(route);
    if (this.#known.length * SPARE > this.#slots.length) this.#spread();
    return route;
  }

  #forget(): void {
    this.#known = [];
    this.#slots.fill(0);
  }

  #spread(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    this.#slots = slots;
    for (let i = 0; i < this.#known.length; i++) {
      this.#wanted.set(this.#words.subarray(i * WORDS, (i + 1) * WORDS));
      this.#length = this.#lengths[i] ?? 0;
      slots[this.#slotOf(this.#hash())] = i + 1;
    }
  }

  #grow(): void {
    const [words, lengths] = [this.#words, this.#lengths];
    this.#words = new Int32Array(words.length * 2);
    this.#words.set(words);
    this.#lengths = new Uint8Array(lengths.length * 2);
    this.#lengths.set(lengths);
  }

  #hash(): number {
    let hash = 0;
    for (let i = 0; i < this.#length; i++) hash = Math.imul(hash ^ (this.#wanted[i] ?? 0), 0x9e3779b1) ^ (hash >>> 15);
    return (hash ^ (hash >>> 13)) >>> 0;
  }
}

const word = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
