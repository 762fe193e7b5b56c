/** What is around DTLS, in milliseconds of the trace and seen from an endpoint `a` towards an endpoint `b`. */
import type { Endpoint } from '../capture/datagram.ts';
import type { Flow, FlowPair, Flows } from '../capture/flow.ts';
import type { IcmpError, IcmpKind, QuotedRecord } from '../capture/icmp.ts';
import type { BindingKind, StunChecks, StunKind } from '../capture/stun-checks.ts';
import type { IncompleteDatagram } from '../capture/surroundings.ts';
import type { TcpTraffic } from '../capture/tcp-traffic.ts';
import type { UdpKind, UdpTraffic } from '../capture/udp-traffic.ts';
import type { Side } from './record-table.ts';

export type { BindingKind, IcmpKind, StunKind, UdpKind };

/** One packet of a capture. */
export interface Sight {
  readonly capture: number;
  readonly packet: number;
  readonly timeMs: number;
}

export interface FlowFacts {
  readonly datagrams: number;
  readonly first: Sight;
  readonly last: Sight;
  /** Payload bytes on the wire. */
  readonly largest: { readonly capture: number; readonly packet: number; readonly bytes: number };
}

/** What `a` sent, and what `b` sent. */
export type Sides<T> = readonly [T, T];
export type FlowSides = Sides<FlowFacts | null>;

export interface StunCheckFacts extends Sight {
  readonly side: Side;
  readonly kind: BindingKind;
  /** Such as 487 (Role Conflict); null for all but errors. */
  readonly code: number | null;
}

export interface StunFacts {
  readonly flows: Readonly<Record<StunKind, FlowSides>>;
  /** The first ones all, then some of them, evenly over the time. */
  readonly checks: readonly StunCheckFacts[];
  /** Each time a side's requests named other user fragments: after the first, ICE was restarted. */
  readonly usernames: readonly (Sight & { readonly side: Side; readonly ufrags: string })[];
  /** The controlling side, as its last request says. */
  readonly controlling: Side | null;
}

export interface TupleFacts {
  readonly a: Endpoint;
  readonly b: Endpoint;
  readonly udp: Readonly<Record<UdpKind, FlowSides>>;
  /** Null without connectivity checks. */
  readonly stun: StunFacts | null;
  /** Where it was carried between other endpoints, such as a TURN client and its server: those. */
  readonly outer: Sides<Endpoint> | null;
}

export interface IcmpFacts extends Sight {
  readonly version: 4 | 6;
  readonly type: number;
  readonly code: number;
  readonly kind: IcmpKind;
  readonly mtu: number | null;
  /** Address of whoever sent the error. */
  readonly from: string;
  /** Who had sent the datagram that was not delivered. */
  readonly side: Side;
  readonly udpLength: number;
  readonly ipLength: number;
  readonly record: QuotedRecord | null;
  /** It is about the carrier (`TupleFacts.outer`), perhaps about something else inside it. */
  readonly ofCarrier: boolean;
}

export interface IncompleteFacts extends Sight, Omit<IncompleteDatagram, 'timeNs' | 'packet'> {
  /** Who sent it; null where both endpoints have one address and the ports are unknown. */
  readonly side: Side | null;
  readonly ofCarrier: boolean;
}

export interface TcpFacts {
  /** An address. */
  readonly client: string;
  readonly server: Endpoint;
  readonly opened: boolean;
  readonly answered: boolean;
  readonly resets: number;
  /** Of the client and of the server. */
  readonly segments: FlowSides;
}

/** One capture and its clock. */
export interface Clocked {
  readonly capture: number;
  readonly toMs: (timeNs: bigint) => number;
}

/** Facts of a capture about two endpoints; `turned` where they are the other way round there. */
export interface Seen<T> {
  readonly facts: T;
  readonly clock: Clocked;
  readonly turned: boolean;
}

const UDP_KINDS: readonly UdpKind[] = ['dtls', 'stun', 'rtp', 'rtcp', 'turn-channel', 'zrtp', 'other'];
const STUN_KINDS: readonly StunKind[] = [
  'request',
  'success',
  'error',
  'indication',
  'nomination',
  'dtls-offered',
  'dtls-carried',
];

export function sight({ capture, toMs }: Clocked, packet: number, timeNs: bigint): Sight {
  return { capture, packet, timeMs: toMs(timeNs) };
}

/** Captures of one point, added up. */
export function tupleFacts(a: Endpoint, b: Endpoint, seen: readonly Seen<UdpTraffic>[]): TupleFacts {
  const checks = seen.flatMap(({ facts, ...rest }) => (facts.stun ? [{ facts: facts.stun, ...rest }] : []));
  const carried = seen.find(({ facts }) => facts.outer !== null);
  return {
    a,
    b,
    udp: flowsOf(UDP_KINDS, seen),
    stun: checks.length > 0 ? stunFacts(checks) : null,
    outer: carried?.facts.outer ? oriented(carried.facts.outer, carried.turned) : null,
  };
}

export function tcpFacts(seen: readonly [Seen<TcpTraffic>, ...Seen<TcpTraffic>[]]): TcpFacts {
  const { client, server } = seen[0].facts;
  return {
    client,
    server,
    opened: seen.some(({ facts }) => facts.opened),
    answered: seen.some(({ facts }) => facts.answered),
    resets: seen.reduce((sum, { facts }) => sum + facts.resets, 0),
    segments: added(seen.map(({ facts, clock }) => ({ pair: facts.segments, clock, turned: false }))),
  };
}

export function icmpFacts(error: IcmpError, clock: Clocked, side: Side, ofCarrier: boolean): IcmpFacts {
  const { timeNs, packet, source: _, destination: __, ...rest } = error;
  return { ...rest, ...sight(clock, packet, timeNs), side, ofCarrier };
}

/** The earliest first datagram of both sides; null where there is none. */
export function firstOf([a, b]: FlowSides): Sight | null {
  return !a || (b && b.first.timeMs < a.first.timeMs) ? (b?.first ?? null) : a.first;
}

/** The latest last datagram of both sides. */
export function lastOf([a, b]: FlowSides): Sight | null {
  return !a || (b && b.last.timeMs > a.last.timeMs) ? (b?.last ?? null) : a.last;
}

function stunFacts(seen: readonly Seen<StunChecks>[]): StunFacts {
  const all = <T extends { readonly timeNs: bigint; readonly packet: number; readonly direction: Side }>(
    listOf: (facts: StunChecks) => readonly T[],
  ) =>
    seen
      .flatMap(({ facts, clock, turned }) =>
        listOf(facts).map(({ timeNs, packet, direction, ...rest }) => ({
          ...rest,
          ...sight(clock, packet, timeNs),
          side: sideOf(direction, turned),
        })),
      )
      .sort((x, y) => x.timeMs - y.timeMs);
  const last = seen.findLast(({ facts }) => facts.controlling !== null);
  return {
    flows: flowsOf(STUN_KINDS, seen),
    checks: all((facts) => facts.checks),
    usernames: all((facts) => facts.usernames),
    controlling: last && last.facts.controlling !== null ? sideOf(last.facts.controlling, last.turned) : null,
  };
}

function flowsOf<Kind extends string>(
  kinds: readonly Kind[],
  seen: readonly Seen<{ readonly flows: Flows<Kind> }>[],
): Readonly<Record<Kind, FlowSides>> {
  const of = (kind: Kind) =>
    added(seen.map(({ facts, clock, turned }) => ({ pair: facts.flows.of(kind), clock, turned })));
  return Object.fromEntries(kinds.map((kind) => [kind, of(kind)])) as Record<Kind, FlowSides>;
}

function added(pairs: readonly { readonly pair: FlowPair; readonly clock: Clocked; readonly turned: boolean }[]) {
  let sum: FlowSides = [null, null];
  for (const { pair, clock, turned } of pairs) {
    const [a, b] = oriented(pair, turned);
    sum = [plus(sum[0], a && flowFacts(a, clock)), plus(sum[1], b && flowFacts(b, clock))];
  }
  return sum;
}

function plus(x: FlowFacts | null, y: FlowFacts | null): FlowFacts | null {
  if (!x || !y) return x ?? y;
  return {
    datagrams: x.datagrams + y.datagrams,
    first: y.first.timeMs < x.first.timeMs ? y.first : x.first,
    last: y.last.timeMs > x.last.timeMs ? y.last : x.last,
    largest: y.largest.bytes > x.largest.bytes ? y.largest : x.largest,
  };
}

function flowFacts(flow: Flow, clock: Clocked): FlowFacts {
  return {
    datagrams: flow.datagrams,
    first: sight(clock, flow.firstPacket, flow.firstNs),
    last: sight(clock, flow.lastPacket, flow.lastNs),
    largest: { capture: clock.capture, packet: flow.largestPacket, bytes: flow.largest },
  };
}

function oriented<T>([one, other]: readonly [T, T], turned: boolean): Sides<T> {
  return turned ? [other, one] : [one, other];
}

function sideOf(direction: 0 | 1, turned: boolean): Side {
  return turned === (direction === 0) ? 1 : 0;
}
