/** What is known around shared datagrams, from JSON of unknown origin back to what the capture room hands on. */
import type { Endpoint } from '../capture/datagram.ts';
import { Flows } from '../capture/flow.ts';
import type { IcmpKind } from '../capture/icmp.ts';
import type { BindingKind, StunChecks, StunKind } from '../capture/stun-checks.ts';
import { type CaptureSurroundings, NOTHING_AROUND } from '../capture/surroundings.ts';
import type { UdpKind } from '../capture/udp-traffic.ts';
import { LONGEST_TEXT, MOST_CAPTURES } from './limits.ts';
import { list, oneOf, orNull, type Read, record, text, truth, whole } from './shape.ts';
import type {
  SharedFlowCount,
  SharedIcmp,
  SharedIncomplete,
  SharedSight,
  SharedStun,
  SharedSurroundings,
  SharedUdp,
} from './surroundings.ts';
import { Damaged } from './varint.ts';

const NUMBER = whole(0, Number.MAX_SAFE_INTEGER);
const SIGNED = whole(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const MOST = 300;

const sight: Read<SharedSight> = record<SharedSight>({ time: SIGNED, packet: NUMBER });
const direction = oneOf(0, 1);

const count: Read<SharedFlowCount> = record<SharedFlowCount>({
  kind: text(40),
  direction,
  datagrams: NUMBER,
  first: sight,
  last: sight,
  largest: NUMBER,
  largestPacket: NUMBER,
});

const icmp: Read<SharedIcmp> = record<SharedIcmp>({
  at: sight,
  version: oneOf(4, 6),
  type: NUMBER,
  code: NUMBER,
  kind: text(40),
  mtu: orNull(NUMBER),
  source: NUMBER,
  destination: NUMBER,
  udpLength: NUMBER,
  ipLength: NUMBER,
  record: orNull(record({ contentType: NUMBER, epoch: NUMBER, sequenceNumber: NUMBER })),
  from: text(80),
});

const stun: Read<SharedStun> = record<SharedStun>({
  counts: list(count, MOST),
  checks: list(record({ at: sight, direction, kind: text(40), code: orNull(NUMBER) }), MOST),
  usernames: list(record({ at: sight, direction, ufrags: text(80) }), MOST),
  controlling: orNull(direction),
});

const incomplete: Read<SharedIncomplete> = record<SharedIncomplete>({
  at: sight,
  layer: oneOf('IP', '6LoWPAN'),
  packets: list(NUMBER, LONGEST_TEXT),
  source: text(80),
  destination: text(80),
  protocol: orNull(NUMBER),
  ports: orNull(record({ source: NUMBER, destination: NUMBER })),
  hasFirst: truth,
  bytesHeld: NUMBER,
  length: orNull(NUMBER),
});

const surroundings: Read<SharedSurroundings> = record<SharedSurroundings>({
  udp: list(
    record<SharedUdp>({
      a: NUMBER,
      b: NUMBER,
      outer: orNull(list(NUMBER, 2)),
      counts: list(count, MOST),
      icmp: list(icmp, MOST),
      icmpCount: NUMBER,
      stun: orNull(stun),
    }),
    MOST,
  ),
  incomplete: list(incomplete, MOST),
  damaged: list(record({ at: sight, source: NUMBER, destination: NUMBER }), MOST),
  cutPackets: NUMBER,
  clockSteps: record({ count: NUMBER, largest: NUMBER, firstPacket: orNull(NUMBER) }),
});

/** By capture; throws `Damaged`. */
export function receivedSurroundings(
  json: unknown,
  endpoints: readonly Endpoint[],
  originNs: bigint,
  units: readonly bigint[],
): readonly CaptureSurroundings[] {
  if (json === null) return [];
  const end = (index: number): Endpoint => {
    const endpoint = endpoints[index];
    if (!endpoint) throw new Damaged('refers to an endpoint that it does not have');
    return endpoint;
  };
  return list(
    surroundings,
    MOST_CAPTURES,
  )(json).map((shared, capture) => {
    const unit = units[capture] ?? 1n;
    const largestNs = BigInt(shared.clockSteps.largest) * unit;
    return received(shared, end, largestNs, ({ time, packet }) => ({ timeNs: originNs + BigInt(time) * unit, packet }));
  });
}

function received(
  shared: SharedSurroundings,
  end: (index: number) => Endpoint,
  largestNs: bigint,
  at: At,
): CaptureSurroundings {
  return {
    ...NOTHING_AROUND,
    udp: shared.udp.map((udp) => ({
      a: end(udp.a),
      b: end(udp.b),
      flows: flowsOf<UdpKind>(udp.counts, at),
      outer: outerOf(udp.outer, end),
      stun: udp.stun && stunOf(udp.stun, at),
      icmp: udp.icmp.map(({ at: seen, source, destination, kind, ...rest }) => ({
        ...rest,
        ...at(seen),
        kind: kind as IcmpKind,
        source: end(source),
        destination: end(destination),
      })),
      icmpCount: udp.icmpCount,
    })),
    incomplete: shared.incomplete.map(({ at: seen, ...rest }) => ({ ...rest, ...at(seen) })),
    incompleteCount: shared.incomplete.length,
    damaged: shared.damaged.map(({ at: seen, source, destination }) => ({
      ...at(seen),
      source: end(source),
      destination: end(destination),
    })),
    cutPackets: shared.cutPackets,
    clockSteps: {
      count: shared.clockSteps.count,
      largestNs,
      firstPacket: shared.clockSteps.firstPacket,
    },
  };
}

function outerOf(
  outer: readonly number[] | null,
  end: (index: number) => Endpoint,
): readonly [Endpoint, Endpoint] | null {
  const [a, b] = outer ?? [];
  return a === undefined || b === undefined ? null : [end(a), end(b)];
}

type At = (sight: SharedSight) => { readonly timeNs: bigint; readonly packet: number };

function stunOf({ counts, checks, usernames, controlling }: SharedStun, at: At): StunChecks {
  return {
    flows: flowsOf<StunKind>(counts, at),
    checks: checks.map(({ at: seen, kind, ...rest }) => ({ ...rest, ...at(seen), kind: kind as BindingKind })),
    usernames: usernames.map(({ at: seen, ...rest }) => ({ ...rest, ...at(seen) })),
    controlling,
  };
}

/** Kinds that are unknown here are kept: nobody asks for them. */
function flowsOf<Kind extends string>(counts: readonly SharedFlowCount[], at: At): Flows<Kind> {
  const flows = new Flows<Kind>();
  for (const { kind, direction: to, datagrams, first, last, largest, largestPacket } of counts)
    flows.put(kind as Kind, to, {
      datagrams,
      firstNs: at(first).timeNs,
      lastNs: at(last).timeNs,
      firstPacket: first.packet,
      lastPacket: last.packet,
      largest,
      largestPacket,
    });
  return flows;
}
