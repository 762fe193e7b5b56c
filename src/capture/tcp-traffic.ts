/** Which hosts talked TCP with each other, and when: whether TCP got through where UDP did not. */
import type { TcpSegment } from './carriers.ts';
import type { Endpoint } from './datagram.ts';
import { type Direction, type FlowPair, Flows } from './flow.ts';
import { endpointName } from './inner-datagram.ts';
import { Recent } from './recent.ts';

const SYN = 2;
const RST = 4;
const ACK = 16;
const HTTPS = 443;

/** All connections from one address to one port of another. */
export interface TcpTraffic {
  readonly client: string;
  readonly server: Endpoint;
  /** A SYN said who is the client; else the lower port is taken for the server's. */
  readonly opened: boolean;
  /** The server accepted a connection, or answered in one that was open before the capture. */
  readonly answered: boolean;
  readonly resets: number;
  /** Segments from the client and from the server; sizes are those of their payloads. */
  readonly segments: FlowPair;
}

class Connections implements TcpTraffic {
  readonly client: string;
  readonly server: Endpoint;
  opened = false;
  answered = false;
  resets = 0;
  readonly flows = new Flows<'tcp'>();

  constructor(client: string, server: Endpoint) {
    this.client = client;
    this.server = server;
  }

  get segments(): FlowPair {
    return this.flows.of('tcp');
  }

  see({ flags, packet, timeNs, payload, missing }: TcpSegment, direction: Direction): void {
    if ((flags & SYN) !== 0) this.opened = true;
    if ((flags & RST) !== 0) this.resets++;
    else if (direction === 1) this.answered = true;
    this.flows.see('tcp', direction, packet, timeNs, payload.length + missing);
  }
}

const LIMITS = { generation: 1024, kept: 2048 };

export class TcpTable {
  /** HTTPS outlives what else there is: a VPN falls back to it. */
  readonly #recent = new Recent<Connections>(LIMITS, ({ server }) => (server.port === HTTPS ? 'keep' : 'count'));
  #last: { source: Endpoint; destination: Endpoint; entry: Connections; direction: Direction } | null = null;
  #turns = 0;

  see(segment: TcpSegment): void {
    const { source, destination } = segment;
    const last = this.#last;
    const isSyn = (segment.flags & SYN) !== 0;
    if (last && !isSyn && this.#turns === this.#recent.turns) {
      // The same objects as long as the address book holds them, so names are rarely made.
      if (last.source === source && last.destination === destination) {
        last.entry.see(segment, last.direction);
        return;
      }
      if (last.source === destination && last.destination === source) {
        last.entry.see(segment, last.direction === 0 ? 1 : 0);
        return;
      }
    }
    const { entry, direction } = this.#find(segment);
    entry.see(segment, direction);
    this.#last = { source, destination, entry, direction };
    this.#turns = this.#recent.turns;
  }

  get forgotten(): number {
    return this.#recent.forgotten;
  }

  result(): readonly TcpTraffic[] {
    return [...this.#recent.values()];
  }

  #find({ source, destination, flags }: TcpSegment): { entry: Connections; direction: Direction } {
    const forth = nameOf(source.address, destination);
    const back = nameOf(destination.address, source);
    if ((flags & SYN) === 0) {
      // Who is who may have been told by a SYN before.
      const known = this.#recent.find(forth);
      if (known?.opened) return { entry: known, direction: 0 };
      const turned = this.#recent.find(back);
      if (turned?.opened) return { entry: turned, direction: 1 };
    }
    const direction = directionOf(source, destination, flags);
    const name = direction === 0 ? forth : back;
    let entry = this.#recent.find(name);
    if (!entry) {
      entry =
        direction === 0 ? new Connections(source.address, destination) : new Connections(destination.address, source);
      this.#recent.add(name, entry);
    }
    return { entry, direction };
  }
}

function nameOf(client: string, server: Endpoint): string {
  return `${client} ${endpointName(server)}`;
}

/** 0 where the client sent this. */
function directionOf(source: Endpoint, destination: Endpoint, flags: number): Direction {
  if ((flags & SYN) !== 0) return (flags & ACK) === 0 ? 0 : 1;
  return destination.port <= source.port ? 0 : 1;
}
