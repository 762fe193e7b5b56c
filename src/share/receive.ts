/** A shared trace as captures again, for the same analysis that the sharer saw. */
import type { Given, SharedInput } from '../analysis/given.ts';
import type { Datagram, Endpoint } from '../capture/datagram.ts';
import { NOTHING_AROUND } from '../capture/surroundings.ts';
import { unitOf } from './clock.ts';
import { receivedSurroundings } from './receive-surroundings.ts';
import type { ClaimedMessage, SharedDatagram, SharedTrace } from './shared-trace.ts';

/** Throws `Damaged` where what is around the datagrams is not as it should be. */
export function receive(trace: SharedTrace): SharedInput {
  const originNs = trace.origin !== null && /^-?\d{1,20}$/.test(trace.origin) ? BigInt(trace.origin) : 0n;
  const around = receivedSurroundings(
    trace.surroundings,
    trace.endpoints.map((_, i) => endpointAt(trace, i)),
    originNs,
    trace.captures.map(({ timeDigits }) => unitOf(timeDigits)),
  );
  const flows = trace.flows.map((flow) => ({
    ...flow,
    source: endpointAt(trace, flow.source),
    destination: endpointAt(trace, flow.destination),
  }));
  const captures = trace.captures.map((capture, index) => {
    const unit = unitOf(capture.timeDigits);
    const time = (units: number | null) => (units === null ? null : originNs + BigInt(units) * unit);
    return {
      facts: {
        name: capture.name,
        format: 'dtlstrace' as const,
        linkTypes: capture.linkTypes,
        packets: capture.packets,
        firstTimeNs: time(capture.first),
        lastTimeNs: time(capture.last),
        timeDigits: capture.timeDigits,
        udpDatagrams: capture.udpDatagrams,
        ipFragmentsReassembled: capture.ipFragmentsReassembled,
        problems: capture.problems.map((problem) => ({ ...problem, offset: 0 })),
        surroundings: around[index] ?? NOTHING_AROUND,
      },
      datagrams: trace.datagrams.flatMap((shared) => {
        const flow = flows[shared.flow];
        return shared.capture === index && flow
          ? [datagramOf(shared, flow, originNs + BigInt(shared.time) * unit)]
          : [];
      }),
    };
  });
  return { captures, keyLog: trace.secrets.join('\n'), ports: trace.ports, given: givenOf(trace) };
}

/** What the analysis has to take from the sharer, since it cannot know. */
function givenOf({ endpoints, origin, validity, redactions, messages }: SharedTrace): Given {
  return {
    relativeTime: origin === null,
    validity: new Map(Object.entries(validity)),
    altered: redactions.altered,
    lengthsLeftOut: redactions.applicationData === 'marks',
    claims: new Map(messages.map((message) => [claimName(message), message])),
    reach: new Map(endpoints.flatMap(({ address, reach }) => (reach ? [[address, reach] as const] : []))),
  };
}

function claimName({ capture, packet, record }: ClaimedMessage): string {
  return `${capture} ${packet} ${record}`;
}

function endpointAt({ endpoints }: SharedTrace, index: number): Endpoint {
  const { address, port } = endpoints[index] ?? { address: '', port: 0 };
  return { address, port };
}

function piecesOf({ pieces, packet, payload }: SharedDatagram): Datagram['pieces'] {
  let from = 0;
  const placed = pieces.map((piece) => {
    const one = { ...piece, from, fileOffset: from };
    from += piece.length;
    return one;
  });
  const [first, ...more] = placed;
  return first ? [first, ...more] : [{ packet, from: 0, fileOffset: 0, length: payload.length }];
}

interface Ends {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly directed: boolean;
  readonly tag: string;
  readonly carriers: readonly string[];
}

function datagramOf(shared: SharedDatagram, ends: Ends, timeNs: bigint): Datagram {
  const { capture, packet, payload, leftOut, missing, ttl, ipId, ipVersion } = shared;
  return {
    ...ends,
    capture,
    packet,
    timeNs,
    payload,
    missing,
    pieces: piecesOf(shared),
    frame: payload,
    frameOffset: 0,
    comments: [],
    ...(ipVersion === null || ttl === null ? {} : { ip: { ttl, id: ipId, version: ipVersion } }),
    ...(leftOut.length === 0 ? {} : { leftOut: leftOut.map(({ from, length }) => ({ from, to: from + length })) }),
  };
}
