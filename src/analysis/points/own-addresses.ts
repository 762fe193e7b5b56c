/**
 * The address of each end as the point next to it has it, over time: what a NAT beyond makes of it stands only in
 * `transit`, so that an association keeps its addresses.
 */
import type { Endpoint } from '../../capture/datagram.ts';
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
