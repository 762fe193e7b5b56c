/** What a rule sees of the whole trace: all associations, and who shares addresses with whom. */
import type { Endpoint } from '../../capture/datagram.ts';
import type { AnalysedTrace } from '../analyse.ts';
import type { SdpFingerprint } from '../sdp.ts';
import type { CaptureSummary } from '../trace.ts';
import { type AssociationFacts, Subject } from './subject.ts';

/** Neighbours that are looked at: bounds the work where thousands of associations share an address. */
const MAX_NEIGHBOURS = 32;

export class TraceSubject {
  readonly trace: AnalysedTrace;
  readonly captures: readonly CaptureSummary[];
  readonly captureEndMs: number;
  /** When the trace begins, in milliseconds since 1970. */
  /** Null where it is not known when the trace was captured. */
  readonly originMs: number | null;
  /** Of the session descriptions that the user gave; mostly none. */
  readonly fingerprints: readonly SdpFingerprint[];
  readonly subjects: readonly Subject[];
  readonly #byQuartet = new Map<string, Subject[]>();
  readonly #byClientAddress = new Map<string, Subject[]>();
  readonly #byClientEndpoint = new Map<string, Subject[]>();
  readonly #byServer = new Map<string, Subject[]>();
  readonly #byHosts = new Map<string, Subject[]>();
  readonly #byClientAndServer = new Map<string, Subject[]>();

  constructor(
    trace: AnalysedTrace,
    facts: readonly AssociationFacts[],
    around: {
      readonly captures: readonly CaptureSummary[];
      readonly captureEndMs: number;
      readonly originMs: number | null;
      readonly fingerprints?: readonly SdpFingerprint[];
    },
  ) {
    this.trace = trace;
    this.captures = around.captures;
    this.captureEndMs = around.captureEndMs;
    this.originMs = around.originMs;
    this.fingerprints = around.fingerprints ?? [];
    this.subjects = trace.analysed.flatMap((analysed, i) => {
      const fact = facts[i];
      return fact ? [new Subject(trace, analysed, fact, this)] : [];
    });
    for (const subject of this.subjects) {
      const { client, server } = subject.a;
      add(this.#byQuartet, quartet(client, server), subject);
      add(this.#byClientAddress, client.address, subject);
      add(this.#byClientEndpoint, endpointKey(client), subject);
      add(this.#byServer, endpointKey(server), subject);
      add(this.#byHosts, hosts(client, server), subject);
      add(this.#byClientAndServer, clientAndServer(client, server), subject);
    }
  }

  /** Other associations on the same two endpoints, whoever is the client, nearest in time first. */
  onQuartet(subject: Subject): readonly Subject[] {
    return nearest(this.#byQuartet.get(quartet(subject.a.client, subject.a.server)) ?? [], subject);
  }

  /** Other associations of the same client address with the same server endpoint. */
  ofClient(subject: Subject): readonly Subject[] {
    const { client, server } = subject.a;
    return nearest(this.#byClientAndServer.get(clientAndServer(client, server)) ?? [], subject);
  }

  /** Other associations of the same client address and port, with whatever server. */
  ofClientEndpoint(subject: Subject): readonly Subject[] {
    return nearest(this.#byClientEndpoint.get(endpointKey(subject.a.client)) ?? [], subject);
  }

  /** Other associations of the same client address, whatever its port and with whatever server. */
  ofClientAddress(subject: Subject): readonly Subject[] {
    return nearest(this.#byClientAddress.get(subject.a.client.address) ?? [], subject);
  }

  /** Other associations with the same server endpoint. */
  ofServer(subject: Subject): readonly Subject[] {
    return nearest(this.#byServer.get(endpointKey(subject.a.server)) ?? [], subject);
  }

  /** Other associations between the same two addresses, whatever their ports and whoever is the client. */
  betweenHosts(subject: Subject): readonly Subject[] {
    return nearest(this.#byHosts.get(hosts(subject.a.client, subject.a.server)) ?? [], subject);
  }

  byId(id: string | null): Subject | undefined {
    const index = id === null ? -1 : Number(id.slice(1)) - 1;
    return this.subjects[index];
  }
}

const endpointKey = ({ address, port }: Endpoint): string => `${address}:${port}`;

const clientAndServer = (client: Endpoint, server: Endpoint): string => `${client.address} ${endpointKey(server)}`;

const hosts = (a: Endpoint, b: Endpoint): string => [a.address, b.address].sort().join(' ');

function quartet(a: Endpoint, b: Endpoint): string {
  return [endpointKey(a), endpointKey(b)].sort().join(' ');
}

function add(map: Map<string, Subject[]>, key: string, subject: Subject): void {
  const list = map.get(key);
  if (list) list.push(subject);
  else map.set(key, [subject]);
}

/** Associations are in order of their start, so neighbours in the list are neighbours in time. */
function nearest(list: readonly Subject[], subject: Subject): readonly Subject[] {
  const at = placeOf(list, subject);
  const from = Math.max(0, at - MAX_NEIGHBOURS / 2);
  return list
    .slice(from, from + MAX_NEIGHBOURS + 1)
    .filter((other) => other !== subject)
    .sort((x, y) => Math.abs(x.a.startMs - subject.a.startMs) - Math.abs(y.a.startMs - subject.a.startMs));
}

/** Lists are in the order of the associations. */
function placeOf(list: readonly Subject[], subject: Subject): number {
  const { index } = subject.analysed.state;
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.analysed.state.index ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return list[low] === subject ? low : -1;
}
