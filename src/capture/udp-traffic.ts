/** What else than DTLS goes between two endpoints, by kind and direction: STUN, RTP, TURN, QUIC, and ICMP about it. */
import { uint8, uint16 } from './big-endian.ts';
import type { Datagram, Endpoint, PlainDatagram } from './datagram.ts';
import { firstByteKind } from './demultiplex.ts';
import { FirstSights, type Waiting } from './first-sights.ts';
import { type Direction, Flows } from './flow.ts';
import type { IcmpError } from './icmp.ts';
import { Recent, type Worth } from './recent.ts';
import { isStun } from './stun.ts';
import { type StunChecks, StunCounter } from './stun-checks.ts';

/** By RFC 7983 §7 and RFC 5761 §4, so far as the bytes do not contradict it. `dtls` is what may be DTLS. */
export type UdpKind = 'dtls' | 'stun' | 'rtp' | 'rtcp' | 'turn-channel' | 'zrtp' | 'other';

export interface UdpTraffic {
  /** `a` is the endpoint that was seen first as a sender (or as the sender of what ICMP quotes): direction 0. */
  readonly a: Endpoint;
  readonly b: Endpoint;
  readonly flows: Flows<UdpKind>;
  /**
   * The endpoints between which it was carried, such as a TURN client and its server, in the order of `a` and `b`;
   * null where it went as it is.
   */
  readonly outer: readonly [Endpoint, Endpoint] | null;
  /** Null without Binding messages. */
  readonly stun: StunChecks | null;
  /** Errors that quote a datagram between the two, the first of them. */
  readonly icmp: readonly IcmpError[];
  readonly icmpCount: number;
}

const NO_ERRORS: readonly IcmpError[] = [];

class Conversation implements UdpTraffic {
  readonly a: Endpoint;
  readonly b: Endpoint;
  readonly flows = new Flows<UdpKind>();
  outer: readonly [Endpoint, Endpoint] | null = null;
  stun: StunCounter | null = null;
  icmp: readonly IcmpError[] = NO_ERRORS;
  icmpCount = 0;

  constructor(a: Endpoint, b: Endpoint) {
    this.a = a;
    this.b = b;
  }

  see(datagram: Datagram, kind: UdpKind, direction: Direction): void {
    const { packet, timeNs, payload, missing } = datagram;
    this.flows.see(kind, direction, packet, timeNs, payload.length + missing);
    if (kind !== 'stun') return;
    const counter = this.stun ?? new StunCounter();
    if (counter.see(datagram, direction)) this.stun = counter;
  }

  /** What waited for others between the same two. */
  add({ source, sights }: Waiting): void {
    const turned = !isFrom(this, source);
    for (const { kind, direction, packet, timeNs, length } of sights)
      this.flows.see(kind, turned === (direction === 0) ? 1 : 0, packet, timeNs, length);
  }

  /** DTLS with anything beside it, and ICE that succeeded: a storm of others must not push these out. */
  get worth(): Worth {
    const isDtls = this.flows.has('dtls');
    const isAlone = this.flows.kinds.length === 1 && this.icmpCount === 0;
    if ((isDtls && !isAlone) || this.stun?.flows.has('success')) return 'keep';
    return isDtls ? 'nothing' : 'count';
  }
}

/** 4096 conversations at most. */
const LIMITS = { generation: 1024, kept: 2048 };
const MOST_ICMP = 64;
const MOST_NAMED = 8192;

export class UdpTable {
  readonly #recent = new Recent<Conversation>(LIMITS, (conversation) => conversation.worth);
  readonly #first = new FirstSights((waiting) => this.#conversationOf(waiting).add(waiting));
  /** By the endpoints' objects, which are the same for the same endpoint nearly always: names are rarely made. */
  #byObject = new Map<Endpoint, Map<Endpoint, Conversation>>();
  /** By the index of the route. */
  #byRoute: Conversation[] = [];
  #named = 0;
  #turns = 0;
  #last: Conversation | null = null;

  see(datagram: Datagram, outermost: Datagram | null): void {
    const { source, destination, payload, missing } = datagram;
    const kind = kindOf(payload, missing);
    let conversation = this.#last;
    if (!conversation || !isBetween(conversation, source, destination)) {
      const known = this.#byObject.get(source)?.get(destination);
      // Only what can be told in numbers can wait.
      const mayWait = !known && kind !== 'stun' && !outermost;
      if (mayWait) {
        const { packet, timeNs } = datagram;
        const length = payload.length + missing;
        if (this.#first.add({ source, destination, packet, timeNs, length }, kind)) return;
      }
      conversation = known ?? this.#find(source, destination);
      this.#last = conversation;
    }
    const direction = isFrom(conversation, source) ? 0 : 1;
    conversation.see(datagram, kind, direction);
    // A flight in a STUN attribute goes between the same two.
    if (outermost && !conversation.outer && !isBetween(conversation, outermost.source, outermost.destination))
      conversation.outer = outerOf(outermost, direction);
  }

  /** The same for a datagram that may be DTLS, and lies as it is in UDP. */
  seePlain({ route, packet, originNs, at, payloadFrom, payloadTo, missing }: PlainDatagram): void {
    const { source, destination } = route;
    const length = payloadTo - payloadFrom + missing;
    let conversation = this.#turns === this.#recent.turns ? this.#byRoute[route.index] : undefined;
    if (!conversation) {
      const known = this.#byObject.get(source)?.get(destination);
      if (!known) {
        const first = { source, destination, packet, timeNs: originNs + BigInt(at), length };
        if (this.#first.add(first, 'dtls')) return;
      }
      conversation = known ?? this.#find(source, destination);
      this.#last = conversation;
      this.#byRoute[route.index] = conversation;
    }
    const direction = isFrom(conversation, source) ? 0 : 1;
    conversation.flows.seeAt('dtls', direction, packet, originNs, at, length);
  }

  icmp(error: IcmpError): void {
    const conversation = this.#find(error.source, error.destination);
    conversation.icmpCount++;
    if (conversation.icmpCount <= MOST_ICMP) conversation.icmp = [...conversation.icmp, error];
  }

  get forgotten(): number {
    return this.#recent.forgotten + this.#first.forgotten;
  }

  /** Call once, after the last packet. */
  result(): readonly UdpTraffic[] {
    for (const waiting of this.#first.takeAll()) this.#conversationOf(waiting).add(waiting);
    return [...this.#recent.values()];
  }

  #find(source: Endpoint, destination: Endpoint): Conversation {
    if (this.#turns !== this.#recent.turns || this.#named >= MOST_NAMED) this.#forgetObjects();
    const named = this.#byObject.get(source)?.get(destination);
    if (named) return named;
    const waiting = this.#first.take(source, destination);
    const conversation = this.#conversationOf(waiting ?? { source, destination });
    if (waiting) conversation.add(waiting);
    if (this.#turns !== this.#recent.turns) this.#forgetObjects();
    this.#keepObjects(source, destination, conversation);
    return conversation;
  }

  #conversationOf({ source, destination }: Pick<Waiting, 'source' | 'destination'>): Conversation {
    const name = nameOf(source, destination);
    const known = this.#recent.find(name);
    if (known) return known;
    const conversation = new Conversation(source, destination);
    this.#recent.add(name, conversation);
    return conversation;
  }

  #keepObjects(source: Endpoint, destination: Endpoint, conversation: Conversation): void {
    this.#named++;
    const known = this.#byObject.get(source);
    if (known) known.set(destination, conversation);
    else this.#byObject.set(source, new Map([[destination, conversation]]));
  }

  #forgetObjects(): void {
    this.#byRoute = [];
    this.#byObject = new Map();
    this.#named = 0;
    this.#turns = this.#recent.turns;
    this.#last = null;
  }
}

function isBetween({ a, b }: Conversation, source: Endpoint, destination: Endpoint): boolean {
  return (a === source && b === destination) || (a === destination && b === source);
}

function outerOf({ source, destination }: Datagram, direction: Direction): readonly [Endpoint, Endpoint] {
  return direction === 0 ? [source, destination] : [destination, source];
}

function isFrom({ a }: Conversation, source: Endpoint): boolean {
  return a === source || (a.port === source.port && a.address === source.address);
}

/** The same for both directions. */
function nameOf(one: Endpoint, other: Endpoint): string {
  const inOrder = one.address < other.address || (one.address === other.address && one.port <= other.port);
  const [a, b] = inOrder ? [one, other] : [other, one];
  return `${a.address} ${b.address} ${a.port * 0x10000 + b.port}`;
}

const CHANNEL_HEADER_LENGTH = 4;
const RTP_HEADER_LENGTH = 12;

function kindOf(payload: Uint8Array, missing: number): UdpKind {
  const kind = firstByteKind(uint8(payload, 0));
  if (payload.length === 0) return 'other';
  switch (kind) {
    case 'stun':
      return isStun(payload, 0, payload.length) ? 'stun' : 'other';
    case 'turn-channel': {
      // QUIC begins with the same bytes; over UDP there are at most 3 bytes of padding (RFC 8656 §12.5).
      const padding = payload.length + missing - CHANNEL_HEADER_LENGTH - uint16(payload, 2);
      return padding >= 0 && padding <= 3 ? 'turn-channel' : 'other';
    }
    case 'rtp': {
      const type = uint8(payload, 1);
      if (type >= 192 && type <= 223) return 'rtcp';
      return payload.length >= RTP_HEADER_LENGTH ? 'rtp' : 'other';
    }
    case 'quic-or-other':
      return 'other';
    default:
      return kind;
  }
}
