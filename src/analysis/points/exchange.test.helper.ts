/** An exchange that never was, seen at two points whose clocks differ, with the truth of what became of each datagram. */
import type { CaptureFacts, Datagram, Endpoint } from '../../capture/datagram.ts';
import { NOTHING_AROUND } from '../../capture/surroundings.ts';
import type { OpenCapture } from './merge.ts';

/** One datagram that an endpoint sends; times in ms. */
export interface Sent {
  readonly from: 'client' | 'server';
  /** After the one before it. */
  readonly gap: number;
  /** How long each copy that arrives is on its way; none is lost. */
  readonly delays: readonly number[];
}

export interface Path {
  /** Of the server's clock against the client's, at the start. */
  readonly offsetMs: number;
  readonly driftPpm: number;
  /** Other addresses behind the NAT; after this many datagrams of the client, yet another one. */
  readonly nat: boolean;
  readonly rebindAfter: number | null;
}

export interface Seen {
  readonly client: OpenCapture;
  readonly server: OpenCapture;
  /** Numbers of the datagrams that were sent, as `numberOf` reads them. */
  readonly lost: readonly number[];
  /** One entry for each copy beyond the first. */
  readonly copies: readonly number[];
  readonly delivered: number;
  /** Of every pair of addresses that the server saw, the client saw something too. */
  readonly linked: boolean;
}

const CLIENT: Endpoint = { address: '192.168.1.23', port: 50505 };
const CLIENT_OUTSIDE: Endpoint = { address: '198.51.100.77', port: 62001 };
const CLIENT_REBOUND: Endpoint = { address: '198.51.100.77', port: 62002 };
const SERVER: Endpoint = { address: '203.0.113.50', port: 4433 };
const SERVER_INSIDE: Endpoint = { address: '10.0.5.20', port: 14433 };

const START_NS = 1_795_000_000_000_000_000n;
/** Both points record other things before and after. */
const AROUND_MS = 5000;

interface Event {
  readonly at: number;
  readonly number: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

export function exchange(sent: readonly Sent[], { offsetMs, driftPpm, nat, rebindAfter }: Path): Seen {
  const client: Event[] = [];
  const server: Event[] = [];
  const lost: number[] = [];
  const copies: number[] = [];
  const linked = new Map<Endpoint, boolean>();
  let [now, fromClient, delivered] = [AROUND_MS, 0, 0];
  for (const [number, { from, gap, delays }] of sent.entries()) {
    now += gap;
    if (from === 'client') fromClient++;
    const rebound = rebindAfter !== null && fromClient > rebindAfter;
    const outside = rebound ? CLIENT_REBOUND : nat ? CLIENT_OUTSIDE : CLIENT;
    const seenByServer = from === 'server' || delays.length > 0;
    if (seenByServer) linked.set(outside, linked.get(outside) || delays.length > 0);
    const inside = nat ? SERVER_INSIDE : SERVER;
    const atClient = { number, ...direction(from, CLIENT, SERVER) };
    const atServer = { number, ...direction(from, outside, inside) };
    const [here, there] = from === 'client' ? [client, server] : [server, client];
    const [own, other] = from === 'client' ? [atClient, atServer] : [atServer, atClient];
    here.push({ at: now, ...own });
    for (const delay of delays) there.push({ at: now + delay, ...other });
    if (delays.length === 0) lost.push(number);
    else delivered++;
    for (const _ of delays.slice(1)) copies.push(number);
  }
  const end = now + AROUND_MS + Math.max(0, ...sent.flatMap((s) => s.delays));
  const ahead = (at: number) => at + offsetMs + driftPpm * 1e-6 * at;
  return {
    client: capture('client', client, end, (at) => at),
    server: capture('server', server, end, ahead),
    lost,
    copies,
    delivered,
    linked: ![...linked.values()].includes(false),
  };
}

const direction = (from: Sent['from'], client: Endpoint, server: Endpoint) =>
  from === 'client' ? { source: client, destination: server } : { source: server, destination: client };

function capture(name: string, events: readonly Event[], end: number, clock: (at: number) => number): OpenCapture {
  const timeNs = (at: number) => START_NS + BigInt(Math.floor(clock(at) * 1000)) * 1000n;
  const datagrams = events
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, number, source, destination }, i) =>
      datagram(name === 'client' ? 0 : 1, i + 1, timeNs(at), { number, source, destination }),
    );
  return { facts: facts(name, timeNs(0), timeNs(end)), datagrams };
}

export function facts(name: string, firstTimeNs: bigint, lastTimeNs: bigint): CaptureFacts {
  return {
    name: `${name}.pcap`,
    format: 'pcap',
    linkTypes: [1],
    packets: 0,
    firstTimeNs,
    lastTimeNs,
    timeDigits: 6,
    udpDatagrams: 0,
    ipFragmentsReassembled: 0,
    problems: [],
    surroundings: NOTHING_AROUND,
  };
}

export function datagram(
  capture: number,
  packet: number,
  timeNs: bigint,
  { number, source, destination }: Pick<Event, 'number' | 'source' | 'destination'>,
): Datagram {
  const payload = protectedRecord(number);
  return {
    capture,
    packet,
    timeNs,
    source,
    destination,
    directed: true,
    carriers: [],
    tag: '',
    payload,
    missing: 0,
    pieces: [{ packet, from: 0, fileOffset: 0, length: payload.length }],
    // No two points have the same link-layer header.
    frame: Uint8Array.from([capture, ...payload]),
    frameOffset: -1,
    comments: [],
  };
}

const CIPHERTEXT = 32;

/** Application data of DTLS 1.2 in epoch 1, with a number that both ends count together, and bytes that follow from it. */
export function protectedRecord(number: number): Uint8Array {
  const header = [23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, number >> 8, number & 0xff, 0, CIPHERTEXT];
  const body = Array.from({ length: CIPHERTEXT }, (_, i) => Math.imul(number + 1, 0x9e3779b1 + i * 0x85ebca6b) >>> 24);
  return Uint8Array.from([...header, ...body]);
}

export const numberOf = ({ payload }: Datagram): number => ((payload[9] ?? 0) << 8) | (payload[10] ?? 0);

/** The same, with another port of the client's from this datagram on: two conversations. */
export function withOtherPort({ datagrams, ...capture }: OpenCapture, from: number): OpenCapture {
  const moved = (end: Endpoint) =>
    [SERVER.port, SERVER_INSIDE.port].includes(end.port) ? end : { ...end, port: end.port + 1 };
  return {
    ...capture,
    datagrams: datagrams.map((d) =>
      numberOf(d) < from ? d : { ...d, source: moved(d.source), destination: moved(d.destination) },
    ),
  };
}
