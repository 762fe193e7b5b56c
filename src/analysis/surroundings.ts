/**
 * What the captures hold around an association, for whoever asks why it went as it did: other traffic between its
 * endpoints, ICMP errors, IP fragments that never became whole, TCP between the same hosts. Times are those of the trace.
 */
import type { Endpoint } from '../capture/datagram.ts';
import { pairName } from '../capture/inner-datagram.ts';
import type { CaptureSurroundings, IncompleteDatagram } from '../capture/surroundings.ts';
import type { TcpTraffic } from '../capture/tcp-traffic.ts';
import type { UdpTraffic } from '../capture/udp-traffic.ts';
import { type CaptureQuality, captureQuality, notesOf } from './capture-quality.ts';
import type { Side } from './record-table.ts';
import {
  type Clocked,
  type FlowSides,
  type IcmpFacts,
  type IncompleteFacts,
  icmpFacts,
  type Seen,
  type Sides,
  type Sight,
  sight,
  type TcpFacts,
  type TupleFacts,
  tcpFacts,
  tupleFacts,
} from './surrounding-facts.ts';

/** One capture, the point of the path at which it was taken, and its clock on the time of the trace. */
export interface SurroundedCapture {
  readonly surroundings: CaptureSurroundings;
  /** Captures of one point are added up; of several points the one that saw more counts. */
  readonly point: number;
  readonly toMs: (timeNs: bigint) => number;
}

export interface Surroundings {
  /** By capture. */
  readonly captures: readonly CaptureQuality[];
  /** What is not complete here, in sentences; mostly empty. */
  readonly notes: readonly string[];
  /** Datagrams that may be DTLS and whose UDP checksum is certainly wrong. */
  readonly damaged: readonly (Sight & { readonly source: Endpoint; readonly destination: Endpoint })[];
  isDamaged(capture: number, packet: number): boolean;
  /** All UDP conversations that are known of, those without DTLS too. */
  tuples(): readonly TupleFacts[];
  /** Seen from `a`: side 0 is what it sent. Null where nothing was captured between the two. */
  tupleFacts(a: Endpoint, b: Endpoint): TupleFacts | null;
  /** UDP conversations between the two addresses, whatever the ports. */
  tuplesBetween(addressA: string, addressB: string): readonly TupleFacts[];
  /** Errors that quote a datagram between the two, or one of what carried them; in order of time. */
  icmpFor(a: Endpoint, b: Endpoint): readonly IcmpFacts[];
  /** Those between the two, and those between their addresses of which the ports are not known. */
  incompleteFragments(a: Endpoint, b: Endpoint): readonly IncompleteFacts[];
  tcpBetween(addressA: string, addressB: string): readonly TcpFacts[];
}

/** What one capture says, with the place it has. */
interface Placed<T> {
  readonly facts: T;
  readonly capture: Clocked & { readonly point: number };
}

class SurroundingsIndex implements Surroundings {
  readonly captures: readonly CaptureQuality[];
  readonly notes: readonly string[];
  readonly damaged: Surroundings['damaged'];
  readonly #damaged: ReadonlySet<string>;
  readonly #udp = new Map<string, Placed<UdpTraffic>[]>();
  readonly #udpByAddresses = new Map<string, [Endpoint, Endpoint][]>();
  readonly #tcp = new Map<string, Placed<TcpTraffic>[]>();
  readonly #incomplete = new Map<string, Placed<IncompleteDatagram>[]>();

  constructor(captures: readonly SurroundedCapture[]) {
    this.captures = captures.map(({ surroundings }) => captureQuality(surroundings));
    this.notes = captures.flatMap(({ surroundings }) => notesOf(surroundings));
    this.damaged = captures.flatMap(({ surroundings, toMs }, capture) =>
      surroundings.damaged.map(({ timeNs, packet, source, destination }) => ({
        ...sight({ capture, toMs }, packet, timeNs),
        source,
        destination,
      })),
    );
    this.#damaged = new Set(this.damaged.map(({ capture, packet }) => `${capture} ${packet}`));
    for (const [capture, { surroundings, point, toMs }] of captures.entries()) {
      const place = { capture, point, toMs };
      for (const facts of surroundings.udp) this.#addUdp({ facts, capture: place });
      for (const facts of surroundings.tcp)
        push(this.#tcp, addressPair(facts.client, facts.server.address), { facts, capture: place });
      for (const facts of surroundings.incomplete)
        if (facts.source !== null && facts.destination !== null)
          push(this.#incomplete, addressPair(facts.source, facts.destination), { facts, capture: place });
    }
  }

  isDamaged(capture: number, packet: number): boolean {
    return this.#damaged.has(`${capture} ${packet}`);
  }

  tuples(): readonly TupleFacts[] {
    return [...this.#udpByAddresses.values()].flat().flatMap(([a, b]) => this.tupleFacts(a, b) ?? []);
  }

  tupleFacts(a: Endpoint, b: Endpoint): TupleFacts | null {
    const placed = this.#udp.get(pairName(a, b));
    if (!placed) return null;
    const points = byPoint(placed).map((seen) =>
      tupleFacts(
        a,
        b,
        seen.map((one) => seenFrom(a, one)),
      ),
    );
    return points.reduce((best, other) => richer(best, other));
  }

  tuplesBetween(addressA: string, addressB: string): readonly TupleFacts[] {
    const found = this.#udpByAddresses.get(addressPair(addressA, addressB)) ?? [];
    return found.flatMap(([a, b]) => {
      const [from, to] = a.address === addressA ? [a, b] : [b, a];
      return this.tupleFacts(from, to) ?? [];
    });
  }

  icmpFor(a: Endpoint, b: Endpoint): readonly IcmpFacts[] {
    return this.#withCarrier(a, b)
      .flatMap(({ ends, ofCarrier }) => {
        // Of several points, whatever the error came past: the one that saw more.
        const points = byPoint(this.#udp.get(pairName(ends[0], ends[1])) ?? []).map((seen) =>
          seen.flatMap(({ facts, capture }) =>
            facts.icmp.map((error) => icmpFacts(error, capture, isSame(error.source, ends[0]) ? 0 : 1, ofCarrier)),
          ),
        );
        return points.reduce((x, y) => (y.length > x.length ? y : x), []);
      })
      .sort((x, y) => x.timeMs - y.timeMs);
  }

  incompleteFragments(a: Endpoint, b: Endpoint): readonly IncompleteFacts[] {
    return this.#withCarrier(a, b)
      .flatMap(({ ends, ofCarrier }) =>
        (this.#incomplete.get(addressPair(ends[0].address, ends[1].address)) ?? []).flatMap(({ facts, capture }) => {
          const side = senderOf(facts, ends);
          if (side === 'other') return [];
          const { timeNs, packet, ...rest } = facts;
          return [{ ...rest, ...sight(capture, packet, timeNs), side, ofCarrier }];
        }),
      )
      .sort((x, y) => x.timeMs - y.timeMs);
  }

  tcpBetween(addressA: string, addressB: string): readonly TcpFacts[] {
    const byServer = new Map<string, Placed<TcpTraffic>[]>();
    for (const placed of this.#tcp.get(addressPair(addressA, addressB)) ?? []) {
      const { client, server } = placed.facts;
      push(byServer, `${client} ${server.address} ${server.port}`, placed);
    }
    return [...byServer.values()].flatMap((placed) => {
      const points = byPoint(placed).flatMap((seen) => {
        const [first, ...rest] = seen.map(({ facts, capture }) => ({ facts, clock: capture, turned: false }));
        return first ? [tcpFacts([first, ...rest])] : [];
      });
      return points.length > 0 ? [points.reduce((x, y) => (total(y.segments) > total(x.segments) ? y : x))] : [];
    });
  }

  #addUdp(placed: Placed<UdpTraffic>): void {
    const { a, b } = placed.facts;
    const name = pairName(a, b);
    if (!this.#udp.has(name)) push(this.#udpByAddresses, addressPair(a.address, b.address), [a, b]);
    push(this.#udp, name, placed);
  }

  /** The two endpoints, and those of what carried them. */
  #withCarrier(a: Endpoint, b: Endpoint): readonly { readonly ends: Sides<Endpoint>; readonly ofCarrier: boolean }[] {
    const outer = this.tupleFacts(a, b)?.outer;
    const own = { ends: [a, b] as const, ofCarrier: false };
    return outer ? [own, { ends: outer, ofCarrier: true }] : [own];
  }
}

export function surroundingsOf(captures: readonly SurroundedCapture[]): Surroundings {
  return new SurroundingsIndex(captures);
}

/** Of a trace that comes from no capture. */
export const NO_SURROUNDINGS: Surroundings = surroundingsOf([]);

function push<Key, T>(map: Map<Key, T[]>, key: Key, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function byPoint<T>(placed: readonly Placed<T>[]): readonly (readonly Placed<T>[])[] {
  const points = new Map<number, Placed<T>[]>();
  for (const one of placed) push(points, one.capture.point, one);
  return [...points.values()];
}

function seenFrom(a: Endpoint, { facts, capture }: Placed<UdpTraffic>): Seen<UdpTraffic> {
  return { facts, clock: capture, turned: !isSame(facts.a, a) };
}

/** Of two points each flow counts where more of it was seen, and of lists the longer one. */
function richer(x: TupleFacts, y: TupleFacts): TupleFacts {
  const stun =
    x.stun && y.stun
      ? { ...(y.stun.checks.length > x.stun.checks.length ? y.stun : x.stun), flows: more(x.stun.flows, y.stun.flows) }
      : (x.stun ?? y.stun);
  return { ...x, udp: more(x.udp, y.udp), stun, outer: x.outer ?? y.outer };
}

function more<Kind extends string>(x: Readonly<Record<Kind, FlowSides>>, y: Readonly<Record<Kind, FlowSides>>) {
  const merged: Record<Kind, FlowSides> = { ...x };
  for (const kind of Object.keys(x) as Kind[])
    merged[kind] = [larger(x[kind][0], y[kind][0]), larger(x[kind][1], y[kind][1])];
  return merged;
}

function larger(x: FlowSides[0], y: FlowSides[0]): FlowSides[0] {
  return (y?.datagrams ?? 0) > (x?.datagrams ?? 0) ? y : x;
}

function total([a, b]: FlowSides): number {
  return (a?.datagrams ?? 0) + (b?.datagrams ?? 0);
}

function senderOf({ source, ports }: IncompleteDatagram, [a, b]: Sides<Endpoint>): Side | null | 'other' {
  if (ports) {
    if (source === a.address && ports.source === a.port && ports.destination === b.port) return 0;
    return source === b.address && ports.source === b.port && ports.destination === a.port ? 1 : 'other';
  }
  if (a.address === b.address) return null;
  return source === a.address ? 0 : 1;
}

function isSame(x: Endpoint, y: Endpoint): boolean {
  return x.port === y.port && x.address === y.address;
}

function addressPair(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
