/** Which packets of which files hold an association: its datagrams with all their fragments, and what speaks about it. */
import type { CaptureFacts, CaptureSource, Datagram, Endpoint } from '../capture/datagram.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { append, remarkOf, remarksOnRecords } from './finding-remarks.ts';
import type { LoadedCapture, OneStream } from './points/one-stream.ts';
import type { TraceSummary } from './trace.ts';

export interface ChosenPackets {
  readonly facts: CaptureFacts;
  /** 1 for the second of two capture points, else 0. */
  readonly point: 0 | 1;
  /** Null where the file cannot be read once more. */
  readonly source: CaptureSource | null;
  /** Numbers of packets, with what findings say of them. */
  readonly packets: ReadonlyMap<number, readonly string[]>;
  /** Those that lie in these packets. */
  readonly datagrams: readonly Datagram[];
}

const endpointName = ({ address, port }: Endpoint) => `${address} ${port}`;
/** The same for both directions. */
const pairName = (a: Endpoint, b: Endpoint) => [endpointName(a), endpointName(b)].sort().join(' ');

/** For null those of all associations. */
export function chosenPackets(
  captures: readonly LoadedCapture[],
  trace: AnalysedTrace,
  summary: TraceSummary,
  ids: readonly string[] | null,
  merged: OneStream | null,
): ChosenPackets[] {
  const packets = captures.map(() => new Map<number, string[]>());
  const datagrams = captures.map(() => new Set<Datagram>());
  const pairs = captures.map(() => new Set<string>());
  const wanted = ids && new Set(ids);
  const chosen = wanted ? trace.analysed.filter(({ state }) => wanted.has(state.id)) : trace.analysed;
  const byPacket = datagramsByPacket(captures, trace, chosen);
  const take = (capture: number, packet: number, remarks: readonly string[] = []) => {
    const taken = packets[capture];
    if (!taken) return;
    if (!taken.has(packet)) taken.set(packet, []);
    for (const remark of remarks) append(taken, packet, remark);
  };
  const takeDatagrams = (capture: number, packet: number, remarks: readonly string[]) => {
    take(capture, packet, remarks);
    for (const datagram of byPacket[capture]?.get(packet) ?? []) {
      datagrams[capture]?.add(datagram);
      pairs[capture]?.add(pairName(datagram.source, datagram.destination));
      for (const piece of datagram.pieces) take(capture, piece.packet);
    }
  };

  const remarks = remarksOnRecords(summary);
  for (const { state } of chosen) {
    for (const record of state.records) {
      const { capture, packet, transit } = trace.datagramOf(record);
      takeDatagrams(capture, packet, remarks.get(record + 1) ?? []);
      if (transit?.arrival) takeDatagrams(transit.arrival.capture, transit.arrival.packet, []);
    }
  }
  takeWitnesses(captures, pairs, take);
  if (captures.length === 1) takeEvidence(summary, wanted, take);
  return captures.map(({ facts, source }, capture) => ({
    facts,
    point: merged?.pointOf(capture) ?? 0,
    source: source ?? null,
    packets: packets[capture] ?? new Map(),
    datagrams: [...(datagrams[capture] ?? [])],
  }));
}

/** The datagrams in each packet that has records of these associations, by capture. */
function datagramsByPacket(
  captures: readonly LoadedCapture[],
  trace: AnalysedTrace,
  chosen: readonly AnalysedAssociation[],
): Map<number, Datagram[]>[] {
  const wanted = captures.map(() => new Set<number>());
  for (const { state } of chosen) {
    for (const record of state.records) {
      const { capture, packet, transit } = trace.datagramOf(record);
      wanted[capture]?.add(packet);
      if (transit?.arrival) wanted[transit.arrival.capture]?.add(transit.arrival.packet);
    }
  }
  return captures.map(({ datagrams }, capture) => {
    const found = new Map<number, Datagram[]>();
    for (let i = 0; i < datagrams.length; i++)
      if (wanted[capture]?.has(datagrams.packet(i))) append(found, datagrams.packet(i), datagrams.at(i));
    return found;
  });
}

type Take = (capture: number, packet: number, remarks?: readonly string[]) => void;

/** ICMP errors about the datagrams, and fragments of some that never became whole. */
function takeWitnesses(captures: readonly LoadedCapture[], pairs: readonly ReadonlySet<string>[], take: Take): void {
  for (const [capture, { facts }] of captures.entries()) {
    const known = (a: Endpoint, b: Endpoint) => pairs[capture]?.has(pairName(a, b)) ?? false;
    const { udp, incomplete } = facts.surroundings;
    for (const { icmp } of udp)
      for (const { source, destination, packet } of icmp) if (known(source, destination)) take(capture, packet);
    for (const { source, destination, ports, packets } of incomplete) {
      if (!ports || source === null || destination === null) continue;
      const [from, to] = [
        { address: source, port: ports.source },
        { address: destination, port: ports.destination },
      ];
      if (known(from, to)) for (const packet of packets) take(capture, packet);
    }
  }
}

/** Packets that findings point at although no record lies in them. With several files nobody says in which they are. */
function takeEvidence({ associations, findings }: TraceSummary, ids: ReadonlySet<string> | null, take: Take): void {
  const about = associations.filter((a) => ids === null || ids.has(a.id)).flatMap((a) => a.findings);
  for (const finding of ids === null ? [...findings, ...about] : about)
    for (const evidence of finding.evidence)
      if (evidence.packet !== null && evidence.record === null) take(0, evidence.packet, [remarkOf(finding, evidence)]);
}
