/** Which packets of which files hold an association: its datagrams with all their fragments, and what speaks about it. */
import type { CaptureFacts, CaptureSource, Datagram, Endpoint } from '../capture/datagram.ts';
import type { AnalysedTrace } from './analyse.ts';
import { append, remarkOf, remarksOnRecords } from './finding-remarks.ts';
import type { Merged, OpenCapture } from './points/merge.ts';
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
  captures: readonly OpenCapture[],
  trace: AnalysedTrace,
  summary: TraceSummary,
  id: string | null,
  merged: Merged | null,
): ChosenPackets[] {
  const packets = captures.map(() => new Map<number, string[]>());
  const datagrams = captures.map(() => new Set<Datagram>());
  const pairs = captures.map(() => new Set<string>());
  const byPacket = captures.map(({ datagrams: all }) => {
    const found = new Map<number, Datagram[]>();
    for (const datagram of all) append(found, datagram.packet, datagram);
    return found;
  });
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
  const chosen = id === null ? trace.analysed : trace.analysed.filter(({ state }) => state.id === id);
  for (const { state } of chosen) {
    for (const record of state.records) {
      const { capture, packet, transit } = trace.datagramOf(record);
      takeDatagrams(capture, packet, remarks.get(record + 1) ?? []);
      if (transit?.arrival) takeDatagrams(transit.arrival.capture, transit.arrival.packet, []);
    }
  }
  takeWitnesses(captures, pairs, take);
  if (captures.length === 1) takeEvidence(summary, id, take);
  return captures.map(({ facts, source }, capture) => ({
    facts,
    point: merged?.pointOf(capture) ?? 0,
    source: source ?? null,
    packets: packets[capture] ?? new Map(),
    datagrams: [...(datagrams[capture] ?? [])],
  }));
}

type Take = (capture: number, packet: number, remarks?: readonly string[]) => void;

/** ICMP errors about the datagrams, and fragments of some that never became whole. */
function takeWitnesses(captures: readonly OpenCapture[], pairs: readonly ReadonlySet<string>[], take: Take): void {
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
function takeEvidence({ associations, findings }: TraceSummary, id: string | null, take: Take): void {
  const about = associations.filter((a) => id === null || a.id === id).flatMap((a) => a.findings);
  for (const finding of id === null ? [...findings, ...about] : about)
    for (const evidence of finding.evidence)
      if (evidence.packet !== null && evidence.record === null) take(0, evidence.packet, [remarkOf(finding, evidence)]);
}
