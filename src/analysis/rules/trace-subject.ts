/** What a rule sees of the whole trace: all associations, and who shares addresses with whom. */
import type { Endpoint } from '../../capture/datagram.ts';
import type { AnalysedAssociation, AnalysedTrace } from '../analyse.ts';
import { associationIndex } from '../association-id.ts';
import type { SdpFingerprint } from '../sdp.ts';
import type { CaptureSummary } from '../trace.ts';
import { type AssociationFacts, Subject } from './subject.ts';

/** Tells all of an association that is known before it is diagnosed. */
export type FactsOf = (analysed: AnalysedAssociation) => AssociationFacts;

/** Neighbours that are looked at: bounds the work where thousands of associations share an address. */
const MAX_NEIGHBOURS = 32;
/** More than one association looks at, so that neighbours need not be looked at anew; and few, for there may be many. */
const MOST_REMEMBERING = 32;

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
  /** Works out what is known of an association; its subject keeps it for a while. */
  readonly factsOf: FactsOf;
  readonly #groups = new Map<KeyOf, ReadonlyMap<string, readonly Subject[]>>();
  /** Those that remember something, the one that began first at the front. */
  #remembering: Subject[] = [];
  #allPlain: boolean | null = null;

  /** @param facts of an association, told when they are asked for, while its story is at hand. */
  constructor(
    trace: AnalysedTrace,
    facts: FactsOf,
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
    this.factsOf = facts;
    this.subjects = trace.analysed.map((analysed) => new Subject(trace, analysed, this));
  }

  /** No datagram says more than its columns do, and all are of one capture. */
  get allPlain(): boolean {
    this.#allPlain ??= this.trace.datagrams.wholes()[Symbol.iterator]().next().done === true;
    return this.#allPlain;
  }

  /** Called by an association that begins to remember: another one then has to forget. */
  begins(subject: Subject): void {
    this.#remembering.push(subject);
    if (this.#remembering.length < 2 * MOST_REMEMBERING) return;
    for (const before of this.#remembering.slice(0, MOST_REMEMBERING)) before.release();
    this.#remembering = this.#remembering.slice(MOST_REMEMBERING);
  }

  /** Other associations on the same two endpoints, whoever is the client, nearest in time first. */
  onQuartet(subject: Subject): readonly Subject[] {
    return this.#nearest(quartet, subject);
  }

  /** Other associations of the same client address with the same server endpoint. */
  ofClient(subject: Subject): readonly Subject[] {
    return this.#nearest(clientAndServer, subject);
  }

  /** Other associations of the same client address and port, with whatever server. */
  ofClientEndpoint(subject: Subject): readonly Subject[] {
    return this.#nearest(clientEndpoint, subject);
  }

  /** Other associations of the same client address, whatever its port and with whatever server. */
  ofClientAddress(subject: Subject): readonly Subject[] {
    return this.#nearest(clientAddress, subject);
  }

  /** Other associations with the same server endpoint. */
  ofServer(subject: Subject): readonly Subject[] {
    return this.#nearest(serverEndpoint, subject);
  }

  /** Other associations between the same two addresses, whatever their ports and whoever is the client. */
  betweenHosts(subject: Subject): readonly Subject[] {
    return this.#nearest(hosts, subject);
  }

  byId(id: string | null): Subject | undefined {
    return id === null ? undefined : this.subjects[associationIndex(id)];
  }

  #nearest(keyOf: KeyOf, subject: Subject): readonly Subject[] {
    return nearest(this.#groupedBy(keyOf).get(keyOf(subject)) ?? [], subject);
  }

  /** Made when somebody asks for it first: most traces need few of them. */
  #groupedBy(keyOf: KeyOf): ReadonlyMap<string, readonly Subject[]> {
    const before = this.#groups.get(keyOf);
    if (before) return before;
    const groups = new Map<string, Subject[]>();
    for (const subject of this.subjects) add(groups, keyOf(subject), subject);
    this.#groups.set(keyOf, groups);
    return groups;
  }
}

/** By what associations are neighbours; told without their facts, which are dear. */
type KeyOf = (subject: Subject) => string;

const endpointKey = ({ address, port }: Endpoint): string => `${address}:${port}`;
const endsOf = ({ analysed }: Subject): readonly [client: Endpoint, server: Endpoint] => analysed.state.endpoints;

const clientAddress: KeyOf = (subject) => endsOf(subject)[0].address;
const clientEndpoint: KeyOf = (subject) => endpointKey(endsOf(subject)[0]);
const serverEndpoint: KeyOf = (subject) => endpointKey(endsOf(subject)[1]);
const clientAndServer: KeyOf = (subject) => `${clientAddress(subject)} ${serverEndpoint(subject)}`;

function hosts(subject: Subject): string {
  const [client, server] = endsOf(subject);
  return inOrder(client.address, server.address);
}

function quartet(subject: Subject): string {
  const [client, server] = endsOf(subject);
  return inOrder(endpointKey(client), endpointKey(server));
}

const inOrder = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

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
    .sort((x, y) => Math.abs(x.startMs - subject.startMs) - Math.abs(y.startMs - subject.startMs));
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
