/** From the addresses and ports of a packet to the route it takes, without making text of them again. */
import type { AddressBook } from './address.ts';
import { uint32 } from './big-endian.ts';
import type { Route } from './datagram.ts';
import type { IpHeader } from './ip.ts';

/** Ports, both addresses, and how long those are. */
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
  #words = new Uint32Array(64 * WORDS);
  /** Index into `#known` plus 1; 0 for none. */
  #slots = new Uint32Array(128);
  readonly #wanted = new Uint32Array(WORDS);

  constructor(addresses: AddressBook) {
    this.#addresses = addresses;
  }

  find(ip: IpHeader, sourcePort: number, destinationPort: number): Route {
    const slot = this.#slotOf(this.#read(ip, sourcePort, destinationPort));
    const found = this.#slots[slot] ?? 0;
    return this.#known[found - 1] ?? this.#add(slot, ip, sourcePort, destinationPort);
  }

  /** Their hash. */
  #read({ bytes, sourceAt, destinationAt, addressLength }: IpHeader, source: number, destination: number): number {
    const wanted = this.#wanted;
    wanted[0] = source * 0x10000 + destination;
    const words = addressLength >> 2;
    for (let i = 0; i < 4; i++) {
      wanted[1 + i] = i < words ? uint32(bytes, sourceAt + 4 * i) : 0;
      wanted[5 + i] = i < words ? uint32(bytes, destinationAt + 4 * i) : 0;
    }
    wanted[9] = addressLength;
    return this.#hash();
  }

  /** Where it is, or where it would be. */
  #slotOf(hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let known = this.#slots[slot] ?? 0; known !== 0; known = this.#slots[slot] ?? 0) {
      if (this.#isWanted((known - 1) * WORDS)) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #isWanted(at: number): boolean {
    for (let i = 0; i < WORDS; i++) if (this.#words[at + i] !== this.#wanted[i]) return false;
    return true;
  }

  #add(slot: number, ip: IpHeader, sourcePort: number, destinationPort: number): Route {
    const route: Route = {
      index: this.#count++,
      source: this.#addresses.endpoint(ip.bytes, ip.sourceAt, ip.addressLength, sourcePort),
      destination: this.#addresses.endpoint(ip.bytes, ip.destinationAt, ip.addressLength, destinationPort),
      ipVersion: ip.addressLength === 4 ? 4 : 6,
    };
    if (this.#known.length >= MOST_KNOWN) this.#forget();
    this.#slots[this.#known.length === 0 ? this.#slotOf(this.#hash()) : slot] = this.#known.length + 1;
    if (this.#known.length * WORDS >= this.#words.length) this.#words = grown(this.#words);
    this.#words.set(this.#wanted, this.#known.length * WORDS);
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
      slots[this.#slotOf(this.#hash())] = i + 1;
    }
  }

  #hash(): number {
    let hash = 0;
    for (let i = 0; i < WORDS; i++) hash = Math.imul(hash ^ (this.#wanted[i] ?? 0), 0x9e3779b1) ^ (hash >>> 15);
    return (hash ^ (hash >>> 13)) >>> 0;
  }
}

function grown(words: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(words.length * 2);
  larger.set(words);
  return larger;
}
