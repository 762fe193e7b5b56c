/**
 * What a capture holds around the shared datagrams, as a link carries it: how much else went between the same endpoints,
 * ICMP errors about them, fragments that never became whole, damage. Numbers and times, and the endpoints of the trace.
 */
import type { ChosenPackets } from '../analysis/chosen-packets.ts';
import type { Endpoint } from '../capture/datagram.ts';
import type { Flow, Flows } from '../capture/flow.ts';
import type { IcmpError } from '../capture/icmp.ts';
import type { StunChecks } from '../capture/stun-checks.ts';
import type { CaptureSurroundings, IncompleteDatagram } from '../capture/surroundings.ts';
import type { UdpTraffic } from '../capture/udp-traffic.ts';
import { type ShareClock, unitOf } from './clock.ts';
import type { FlowTable } from './flow-table.ts';
import { LONGEST_TEXT } from './limits.ts';

/** Times are in units of the clock of the capture, since time 0. Endpoints are indices into those of the trace. */
export interface SharedSurroundings {
  readonly udp: readonly SharedUdp[];
  readonly incomplete: readonly SharedIncomplete[];
  readonly damaged: readonly { readonly at: SharedSight; readonly source: number; readonly destination: number }[];
  readonly cutPackets: number;
  readonly clockSteps: { readonly count: number; readonly largest: number; readonly firstPacket: number | null };
}

export interface SharedSight {
  readonly time: number;
  readonly packet: number;
}

export interface SharedFlowCount {
  readonly kind: string;
  readonly direction: 0 | 1;
  readonly datagrams: number;
  readonly first: SharedSight;
  readonly last: SharedSight;
  readonly largest: number;
  readonly largestPacket: number;
}

export interface SharedUdp {
  readonly a: number;
  readonly b: number;
  /** What carried it, such as a TURN client and its server, in the order of `a` and `b`; null mostly. */
  readonly outer: readonly number[] | null;
  readonly counts: readonly SharedFlowCount[];
  readonly icmp: readonly SharedIcmp[];
  readonly icmpCount: number;
  readonly stun: SharedStun | null;
}

export interface SharedIcmp {
  readonly at: SharedSight;
  readonly version: 4 | 6;
  readonly type: number;
  readonly code: number;
  readonly kind: string;
  readonly mtu: number | null;
  readonly source: number;
  readonly destination: number;
  readonly udpLength: number;
  readonly ipLength: number;
  readonly record: { readonly contentType: number; readonly epoch: number; readonly sequenceNumber: number } | null;
  /** As the addresses of the trace are shown. */
  readonly from: string;
}

export interface SharedStun {
  readonly counts: readonly SharedFlowCount[];
  readonly checks: readonly {
    readonly at: SharedSight;
    readonly direction: 0 | 1;
    readonly kind: string;
    readonly code: number | null;
  }[];
  /** User fragments as numbers: which are the same is all that counts. */
  readonly usernames: readonly { readonly at: SharedSight; readonly direction: 0 | 1; readonly ufrags: string }[];
  readonly controlling: 0 | 1 | null;
}

export interface SharedIncomplete {
  readonly at: SharedSight;
  readonly layer: 'IP' | '6LoWPAN';
  readonly packets: readonly number[];
  readonly source: string;
  readonly destination: string;
  readonly protocol: number | null;
  readonly ports: { readonly source: number; readonly destination: number } | null;
  readonly hasFirst: boolean;
  readonly bytesHeld: number;
  readonly length: number | null;
}

const MOST_SHARED = 64;
const MOST_CHECKS = 300;

/** By capture. */
export function surroundingsOf(
  captures: readonly ChosenPackets[],
  flows: FlowTable,
  clock: ShareClock,
): readonly SharedSurroundings[] {
  return captures.map(({ facts }) => new Around(flows, clock, clock.digitsOf(facts)).of(facts.surroundings));
}

interface Seen {
  readonly timeNs: bigint;
  readonly packet: number;
}

/** Each part is named, so that nothing else that is known of it goes along. */
class Around {
  readonly #flows: FlowTable;
  readonly #clock: ShareClock;
  readonly #digits: number;

  constructor(flows: FlowTable, clock: ShareClock, digits: number) {
    this.#flows = flows;
    this.#clock = clock;
    this.#digits = digits;
  }

  of({ udp, incomplete, damaged, cutPackets, clockSteps }: CaptureSurroundings): SharedSurroundings {
    const known = udp.filter(({ a, b }) => this.#ends(a, b) !== null);
    const addresses = new Set(known.flatMap(({ a, b, outer }) => [a, b, ...(outer ?? [])].map((e) => e.address)));
    return {
      udp: known.slice(0, MOST_SHARED).flatMap((one) => this.#udp(one) ?? []),
      incomplete: this.#inRange(incomplete)
        .flatMap((one) => this.#incomplete(one, addresses) ?? [])
        .slice(0, MOST_SHARED),
      damaged: this.#inRange(damaged)
        .flatMap(({ source, destination, ...seen }) => {
          const ends = this.#ends(source, destination);
          return ends ? [{ at: this.#sight(seen), source: ends[0], destination: ends[1] }] : [];
        })
        .slice(0, MOST_SHARED),
      cutPackets,
      clockSteps: {
        count: clockSteps.count,
        largest: Number(clockSteps.largestNs / unitOf(this.#digits)),
        firstPacket: clockSteps.firstPacket,
      },
    };
  }

  #ends(a: Endpoint, b: Endpoint): readonly [number, number] | null {
    const [from, to] = [this.#flows.known(a), this.#flows.known(b)];
    return from === null || to === null ? null : [from, to];
  }

  #sight({ timeNs, packet }: Seen): SharedSight {
    return { time: this.#clock.time(timeNs, this.#digits), packet };
  }

  #inRange<T extends Seen>(seen: readonly T[]): readonly T[] {
    return seen.filter((one) => this.#clock.inRange(one));
  }

  #udp({ a, b, flows, outer, icmp, icmpCount, stun }: UdpTraffic): SharedUdp | null {
    const ends = this.#ends(a, b);
    if (!ends) return null;
    return {
      a: ends[0],
      b: ends[1],
      outer: outer?.map((end) => this.#flows.endpoint(end)) ?? null,
      counts: this.#counts(flows),
      icmp: this.#inRange(icmp)
        .flatMap((error) => this.#icmp(error) ?? [])
        .slice(0, MOST_SHARED),
      icmpCount,
      stun: stun && this.#stun(stun),
    };
  }

  #icmp(error: IcmpError): SharedIcmp | null {
    const { version, type, code, kind, mtu, source, destination, udpLength, ipLength, record, from } = error;
    const ends = this.#ends(source, destination);
    if (!ends) return null;
    return {
      at: this.#sight(error),
      ...{ version, type, code, kind, mtu, udpLength, ipLength },
      record: record && {
        contentType: record.contentType,
        epoch: record.epoch,
        sequenceNumber: record.sequenceNumber,
      },
      source: ends[0],
      destination: ends[1],
      from: this.#flows.address(from),
    };
  }

  #stun({ flows, checks, usernames, controlling }: StunChecks): SharedStun {
    const names = new Map<string, string>();
    const numbered = (ufrag: string): string => {
      if (!names.has(ufrag)) names.set(ufrag, `u${names.size + 1}`);
      return names.get(ufrag) ?? '';
    };
    return {
      counts: this.#counts(flows),
      checks: this.#inRange(checks)
        .slice(0, MOST_CHECKS)
        .map(({ direction, kind, code, ...seen }) => ({ direction, kind, code, at: this.#sight(seen) })),
      usernames: this.#inRange(usernames)
        .slice(0, MOST_CHECKS)
        .map(({ direction, ufrags, ...seen }) => ({
          direction,
          ufrags: ufrags.split(':').map(numbered).join(':'),
          at: this.#sight(seen),
        })),
      controlling,
    };
  }

  #incomplete(one: IncompleteDatagram, addresses: ReadonlySet<string>): SharedIncomplete | null {
    const { layer, packets, source, destination, protocol, ports, hasFirst, bytesHeld, length } = one;
    if (source === null || destination === null || !addresses.has(source) || !addresses.has(destination)) return null;
    return {
      at: this.#sight(one),
      ...{ layer, protocol, hasFirst, bytesHeld, length },
      packets: packets.slice(0, LONGEST_TEXT),
      source: this.#flows.address(source),
      destination: this.#flows.address(destination),
      ports: ports && { source: ports.source, destination: ports.destination },
    };
  }

  #counts<Kind extends string>(flows: Flows<Kind>): readonly SharedFlowCount[] {
    return flows.kinds.flatMap((kind) =>
      flows.of(kind).flatMap((flow: Flow | null, index) => {
        if (!flow) return [];
        const { datagrams, largest, largestPacket } = flow;
        const first = this.#sight({ timeNs: flow.firstNs, packet: flow.firstPacket });
        const last = this.#sight({ timeNs: flow.lastNs, packet: flow.lastPacket });
        return [{ kind, direction: index === 0 ? 0 : 1, datagrams, first, last, largest, largestPacket } as const];
      }),
    );
  }
}
