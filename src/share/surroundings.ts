/**
 * What a capture holds around the shared datagrams, as a link carries it: how much else went between the same endpoints,
 * ICMP errors about them, fragments that never became whole, damage. Numbers and times, and the endpoints of the trace.
 */
import type { ChosenPackets } from '../analysis/chosen-packets.ts';
import type { Endpoint } from '../capture/datagram.ts';
import type { Flow, Flows } from '../capture/flow.ts';
import type { IcmpError } from '../capture/icmp.ts';
import type { StunChecks } from '../capture/stun-checks.ts';
import type { CaptureSurroundings } from '../capture/surroundings.ts';
import type { UdpTraffic } from '../capture/udp-traffic.ts';
import type { FlowTable, ShareClock } from './gather.ts';

/** Times are nanoseconds since time 0. Endpoints are indices into those of the trace. */
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

/** By capture. */
export function surroundingsOf(
  captures: readonly ChosenPackets[],
  flows: FlowTable,
  clock: ShareClock,
): readonly SharedSurroundings[] {
  return captures.map(({ facts }) => ofCapture(facts.surroundings, flows, clock));
}

function ofCapture(around: CaptureSurroundings, flows: FlowTable, clock: ShareClock): SharedSurroundings {
  const sight = ({ timeNs, packet }: { readonly timeNs: bigint; readonly packet: number }): SharedSight => ({
    time: Number(timeNs - clock.originNs),
    packet,
  });
  const known = around.udp.filter(({ a, b }) => bothKnown(flows, a, b));
  const addresses = new Set(known.flatMap(({ a, b, outer }) => [a, b, ...(outer ?? [])].map((e) => e.address)));
  return {
    udp: around.udp.flatMap((udp) => sharedUdp(udp, flows, clock, sight) ?? []).slice(0, MOST_SHARED),
    incomplete: around.incomplete.slice(0, MOST_SHARED).flatMap(({ source, destination, timeNs, packet, ...rest }) =>
      source !== null && destination !== null && addresses.has(source) && addresses.has(destination)
        ? [
            {
              ...rest,
              at: sight({ timeNs, packet }),
              source: flows.address(source),
              destination: flows.address(destination),
            },
          ]
        : [],
    ),
    damaged: around.damaged.slice(0, MOST_SHARED).flatMap(({ source, destination, ...at }) => {
      const ends = bothKnown(flows, source, destination);
      return ends ? [{ at: sight(at), source: ends[0], destination: ends[1] }] : [];
    }),
    cutPackets: around.cutPackets,
    clockSteps: {
      count: around.clockSteps.count,
      largest: Number(around.clockSteps.largestNs),
      firstPacket: around.clockSteps.firstPacket,
    },
  };
}

function bothKnown(flows: FlowTable, a: Endpoint, b: Endpoint): readonly [number, number] | null {
  const [from, to] = [flows.known(a), flows.known(b)];
  return from === null || to === null ? null : [from, to];
}

function sharedUdp(
  { a, b, flows: kinds, outer, icmp, icmpCount, stun }: UdpTraffic,
  flows: FlowTable,
  clock: ShareClock,
  sight: (at: { readonly timeNs: bigint; readonly packet: number }) => SharedSight,
): SharedUdp | null {
  const ends = bothKnown(flows, a, b);
  if (!ends) return null;
  return {
    a: ends[0],
    b: ends[1],
    outer: outer?.map((end) => flows.endpoint(end)) ?? null,
    counts: countsOf(kinds, clock),
    icmp: icmp.flatMap((error) => sharedIcmp(error, flows, sight) ?? []),
    icmpCount,
    stun: stun && sharedStun(stun, clock, sight),
  };
}

function sharedIcmp(
  { timeNs, packet, source, destination, from, ...rest }: IcmpError,
  flows: FlowTable,
  sight: (at: { readonly timeNs: bigint; readonly packet: number }) => SharedSight,
): SharedIcmp | null {
  const ends = bothKnown(flows, source, destination);
  return (
    ends && {
      ...rest,
      at: sight({ timeNs, packet }),
      source: ends[0],
      destination: ends[1],
      from: flows.address(from),
    }
  );
}

function sharedStun(
  { flows, checks, usernames, controlling }: StunChecks,
  clock: ShareClock,
  sight: (at: { readonly timeNs: bigint; readonly packet: number }) => SharedSight,
): SharedStun {
  const names = new Map<string, string>();
  const numbered = (ufrag: string): string => {
    if (!names.has(ufrag)) names.set(ufrag, `u${names.size + 1}`);
    return names.get(ufrag) ?? '';
  };
  return {
    counts: countsOf(flows, clock),
    checks: checks.map(({ timeNs, packet, ...rest }) => ({ ...rest, at: sight({ timeNs, packet }) })),
    usernames: usernames.map(({ timeNs, packet, direction, ufrags }) => ({
      at: sight({ timeNs, packet }),
      direction,
      ufrags: ufrags.split(':').map(numbered).join(':'),
    })),
    controlling,
  };
}

function countsOf<Kind extends string>(flows: Flows<Kind>, clock: ShareClock): readonly SharedFlowCount[] {
  return flows.kinds.flatMap((kind) =>
    flows.of(kind).flatMap((flow: Flow | null, direction) =>
      flow
        ? [
            {
              kind,
              direction: direction === 0 ? (0 as const) : (1 as const),
              datagrams: flow.datagrams,
              first: { time: Number(flow.firstNs - clock.originNs), packet: flow.firstPacket },
              last: { time: Number(flow.lastNs - clock.originNs), packet: flow.lastPacket },
              largest: flow.largest,
              largestPacket: flow.largestPacket,
            },
          ]
        : [],
    ),
  );
}
