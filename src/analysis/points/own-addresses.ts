/**
 * The address of each end as the point next to it has it, over time: what a NAT beyond makes of it stands only in
 * `transit`, so that an association keeps its addresses.
 */
import type { Endpoint } from '../../capture/datagram.ts';
import type { CaptureSurroundings } from '../../capture/surroundings.ts';
import type { UdpTraffic } from '../../capture/udp-traffic.ts';
import { countUpTo } from '../extremes.ts';
import type { Conversation } from './conversations.ts';
import type { Journeys } from './journeys.ts';
import type { TimeOf } from './match.ts';
import { endpointName, type Seen } from './sightings.ts';

interface Timeline {
  readonly times: number[];
  readonly addresses: Endpoint[];
}

export class OwnAddresses {
  readonly #near: readonly [Timeline, Timeline];

  constructor({ seen }: Conversation, journeys: readonly Journeys[], timeOf: TimeOf) {
    const near = (point: 0 | 1): Timeline => {
      const all = journeys.flatMap(({ direction, senderPoint }) =>
        seen[direction][point].map((one) => ({ time: timeOf(one), address: ownAddress(one, senderPoint === point) })),
      );
      const timeline: Timeline = { times: [], addresses: [] };
      for (const { time, address } of all.sort((a, b) => a.time - b.time)) {
        const last = timeline.addresses.at(-1);
        if (last && endpointName(last) === endpointName(address)) continue;
        timeline.times.push(time);
        timeline.addresses.push(address);
      }
      return timeline;
    };
    this.#near = [near(0), near(1)];
  }

  /** Of the end next to a point, at a time; null where that point has nothing of it. */
  at(point: 0 | 1, timeMs: number): Endpoint | null {
    const { times, addresses } = this.#near[point];
    return addresses[countUpTo(times, timeMs) - 1] ?? addresses[0] ?? null;
  }
}

const ownAddress = ({ datagram }: Seen, sends: boolean): Endpoint => (sends ? datagram.source : datagram.destination);

/** By the two addresses of a flow at one point: those that its datagrams have once they are merged. */
export type Renamed = Map<string, readonly [Endpoint, Endpoint]>;

/** Notes which flows of a conversation have other addresses now. */
export function noteNames(
  { flows, turned }: Conversation,
  journeys: readonly Journeys[],
  addresses: OwnAddresses,
  renamed: readonly [Renamed, Renamed],
): void {
  const [there] = journeys;
  for (const point of [0, 1] as const) {
    for (const flow of flows[point]) {
      // The point that the first end of the flow is next to.
      const near = ((there?.senderPoint ?? 0) ^ (turned.get(flow) ?? 0)) as 0 | 1;
      const own = [addresses.at(near, 0), addresses.at(near === 0 ? 1 : 0, 0)] as const;
      const [a, b] = [own[0] ?? flow.endpoints[0], own[1] ?? flow.endpoints[1]];
      if (endpointName(a) === endpointName(flow.endpoints[0]) && endpointName(b) === endpointName(flow.endpoints[1]))
        continue;
      renamed[point].set(nameOf(...flow.endpoints), [a, b]);
    }
  }
}

export function withOwnAddresses(surroundings: CaptureSurroundings, renamed: Renamed): CaptureSurroundings {
  if (renamed.size === 0) return surroundings;
  const udp = surroundings.udp.map((traffic): UdpTraffic => {
    const { a, b } = traffic;
    const [straight, turned] = [renamed.get(nameOf(a, b)), renamed.get(nameOf(b, a))];
    if (straight) return { ...traffic, a: straight[0], b: straight[1] };
    return turned ? { ...traffic, a: turned[1], b: turned[0] } : traffic;
  });
  return { ...surroundings, udp };
}

const nameOf = (a: Endpoint, b: Endpoint): string => `${endpointName(a)} ${endpointName(b)}`;
