/** IP addresses as text, each written once and then looked up, and the endpoints made of them. */
import { uint16, uint32 } from './big-endian.ts';
import type { Endpoint } from './datagram.ts';

/** Enough for any capture a person looks at; a scan of the whole Internet must not fill the memory. */
const LIMIT = 65_536;

interface Entry {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly endpoints: Map<number, Endpoint>;
}

export class AddressBook {
  readonly #entries = new Map<number, Entry[]>();
  #count = 0;

  /** `length` is 4 or 16. */
  text(bytes: Uint8Array, at: number, length: number): string {
    return this.#entry(bytes, at, length).text;
  }

  /** The same object for the same address and port, as long as the book is not full. */
  endpoint(bytes: Uint8Array, at: number, length: number, port: number): Endpoint {
    const entry = this.#entry(bytes, at, length);
    const known = entry.endpoints.get(port);
    if (known) return known;
    const endpoint = { address: entry.text, port };
    if (this.#count++ > LIMIT) this.#forget();
    entry.endpoints.set(port, endpoint);
    return endpoint;
  }

  #entry(bytes: Uint8Array, at: number, length: number): Entry {
    const key = length === 4 ? uint32(bytes, at) : mix(bytes, at);
    let bucket = this.#entries.get(key);
    if (bucket) {
      for (const entry of bucket) if (entry.bytes.length === length && same(entry.bytes, bytes, at)) return entry;
    }
    if (this.#count++ > LIMIT) {
      this.#forget();
      bucket = undefined;
    }
    const own = bytes.slice(at, at + length);
    const entry = { bytes: own, text: length === 4 ? ip4Text(own, 0) : ip6Text(own, 0), endpoints: new Map() };
    if (bucket) bucket.push(entry);
    else this.#entries.set(key, [entry]);
    return entry;
  }

  #forget(): void {
    this.#entries.clear();
    this.#count = 0;
  }
}

function mix(bytes: Uint8Array, at: number): number {
  let hash = 0;
  for (let i = 0; i < 16; i += 4) hash = (Math.imul(hash, 0x01000193) ^ uint32(bytes, at + i)) >>> 0;
  return hash;
}

function same(address: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < address.length; i++) if (address[i] !== bytes[at + i]) return false;
  return true;
}

/** Dotted decimal. */
export function ip4Text(bytes: Uint8Array, at: number): string {
  return `${bytes[at] ?? 0}.${bytes[at + 1] ?? 0}.${bytes[at + 2] ?? 0}.${bytes[at + 3] ?? 0}`;
}

/** The one canonical form: lower case, the first longest run of zero groups as `::` (RFC 5952 §4, §5). */
export function ip6Text(bytes: Uint8Array, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => uint16(bytes, at + 2 * i));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${ip4Text(bytes, at + 12)}`;
  }
  let start = 0;
  let length = 0;
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (to < 8 && groups[to] === 0) to++;
    if (to - from > length) {
      start = from;
      length = to - from;
    }
  }
  const words = groups.map((group) => group.toString(16));
  // A single zero group is not shortened (RFC 5952 §4.2.2).
  if (length < 2) return words.join(':');
  return `${words.slice(0, start).join(':')}::${words.slice(start + length).join(':')}`;
}
