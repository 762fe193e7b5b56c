/** What the captures hold beside DTLS, added up: for whoever opened a capture in which there is none. */
import type { CaptureSurroundings } from '../capture/surroundings.ts';
import type { UdpKind } from '../capture/udp-traffic.ts';

export type { UdpKind };

export interface OtherTraffic {
  /** UDP datagrams by what their first byte makes them, most frequent first. */
  readonly udp: readonly { readonly kind: UdpKind; readonly datagrams: number }[];
  /** Packets that the capture cut (snaplen). */
  readonly cutPackets: number;
}

export function otherTraffic(captures: readonly CaptureSurroundings[]): OtherTraffic {
  const counts = new Map<UdpKind, number>();
  for (const { flows } of captures.flatMap(({ udp }) => udp)) {
    for (const kind of flows.kinds) {
      const seen = flows.of(kind).reduce((sum, flow) => sum + (flow?.datagrams ?? 0), 0);
      counts.set(kind, (counts.get(kind) ?? 0) + seen);
    }
  }
  return {
    udp: [...counts].map(([kind, datagrams]) => ({ kind, datagrams })).sort((a, b) => b.datagrams - a.datagrams),
    cutPackets: captures.reduce((sum, { cutPackets }) => sum + cutPackets, 0),
  };
}
