/**
 * Where datagrams wait whose endpoints were hardly seen before. Captures are full of conversations of one question and
 * one answer; to give each of them an object of its own would cost more than reading the packet.
 */
import type { Datagram, Endpoint } from './datagram.ts';
import type { Direction } from './flow.ts';
import type { UdpKind } from './udp-traffic.ts';

/** A power of two. */
const SLOTS = 2048;
const MOST_WAITING = 2;
/** So many that had to make room are handed on before others are forgotten: a small capture loses nothing. */
const MOST_HANDED_ON = 2048;

/** One datagram; reused. */
class Sight {
  kind: UdpKind = 'other';
  direction: Direction = 0;
  packet = 0;
  timeNs = 0n;
  length = 0;
}

/** What is noted of a datagram; its payload on the wire is `length` bytes long. */
export type Sighted = Pick<Datagram, 'source' | 'destination' | 'packet' | 'timeNs'> & { readonly length: number };

class Slot {
  source: Endpoint | null = null;
  destination: Endpoint | null = null;
  count = 0;
  readonly sights: readonly Sight[] = Array.from({ length: MOST_WAITING }, () => new Sight());
}

/** Holds during the call. */
export interface Waiting {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly sights: readonly Readonly<Sight>[];
}

export class FirstSights {
  /** Conversations that had to make room for others and were not handed on; those of DTLS alone say nothing here. */
  forgotten = 0;
  #handedOn = 0;
  readonly #handOn: (waiting: Waiting) => void;
  /** Made when first used: most captures need few. */
  readonly #slots: (Slot | null)[] = new Array(SLOTS).fill(null);

  constructor(handOn: (waiting: Waiting) => void) {
    this.#handOn = handOn;
  }

  /** False if this one need not wait: enough of these endpoints do, or of another kind. `take` those then. */
  add({ source, destination, packet, timeNs, length }: Sighted, kind: UdpKind): boolean {
    const place = placeOf(source) ^ placeOf(destination);
    let slot = this.#slots[place];
    if (!slot) {
      slot = new Slot();
      this.#slots[place] = slot;
    }
    let direction = directionIn(slot, source, destination);
    if (direction === null) {
      if (slot.count > 0) this.#makeRoom(slot);
      slot.source = source;
      slot.destination = destination;
      slot.count = 0;
      direction = 0;
    }
    const sight = slot.sights[slot.count];
    if (!sight || (slot.count > 0 && slot.sights[0]?.kind !== kind)) return false;
    slot.count++;
    sight.kind = kind;
    sight.direction = direction;
    sight.packet = packet;
    sight.timeNs = timeNs;
    sight.length = length;
    return true;
  }

  /** What waits between the two, in any direction; it waits no longer. */
  take(source: Endpoint, destination: Endpoint): Waiting | null {
    const slot = this.#slots[placeOf(source) ^ placeOf(destination)];
    if (!slot || directionIn(slot, source, destination) === null) return null;
    return emptied(slot);
  }

  /** All that waits. */
  *takeAll(): IterableIterator<Waiting> {
    for (const slot of this.#slots) {
      const waiting = slot && emptied(slot);
      if (waiting) yield waiting;
    }
  }

  #makeRoom(slot: Slot): void {
    if (this.#handedOn >= MOST_HANDED_ON) {
      if (slot.sights[0]?.kind !== 'dtls') this.forgotten++;
      return;
    }
    this.#handedOn++;
    const waiting = emptied(slot);
    if (waiting) this.#handOn(waiting);
  }
}

function emptied(slot: Slot): Waiting | null {
  const { source, destination, count, sights } = slot;
  slot.source = slot.destination = null;
  slot.count = 0;
  return source && destination ? { source, destination, sights: sights.slice(0, count) } : null;
}

/** Null if others wait there. */
function directionIn({ source, destination }: Slot, from: Endpoint, to: Endpoint): Direction | null {
  if (!source || !destination) return null;
  if (isSame(source, from) && isSame(destination, to)) return 0;
  return isSame(source, to) && isSame(destination, from) ? 1 : null;
}

function isSame(x: Endpoint, y: Endpoint): boolean {
  return x === y || (x.port === y.port && x.address === y.address);
}

/** Spreads ports and the ends of addresses; no need for more. */
function placeOf({ address, port }: Endpoint): number {
  const { length } = address;
  const end =
    (address.charCodeAt(length - 1) << 8) ^ (address.charCodeAt(length - 2) << 4) ^ address.charCodeAt(length - 3);
  return (Math.imul(port ^ (end << 4), 0x9e3779b1) >>> 20) & (SLOTS - 1);
}
