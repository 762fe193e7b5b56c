/** One protocol's bytes without the layers that carried them, as Wireshark's "Export PDUs" writes them (link type 252). */

import type { Endpoint } from '../capture/datagram.ts';
import type { CapturePort } from '../capture/packet.ts';
import { concat } from '../wire/text.ts';

/** Tags of Wireshark's wsutil/exported_pdu_tlvs.h. */
const TAG = {
  end: 0,
  dissector: 12,
  source4: 20,
  source6: 22,
  portType: 24,
  sourcePort: 25,
  destinationPort: 26,
  originalPacket: 30,
};
const PORT_UDP = 3;
const LINKTYPE_WIRESHARK_UPPER_PDU = 252;
const NANOSECONDS = 9;

/** Where such packets come from: times have nanoseconds. */
export const PDU_PORT: CapturePort = {
  linkType: LINKTYPE_WIRESHARK_UPPER_PDU,
  snapLength: 0,
  fcsLength: 0,
  resolution: NANOSECONDS,
  offsetSeconds: 0n,
  name: null,
  description: null,
};

export interface Pdu {
  /** Wireshark's name of the protocol: "coap", "data". */
  readonly dissector: string;
  /** Null where nothing tells between whom it went. */
  readonly between: { readonly source: Endpoint; readonly destination: Endpoint } | null;
  /** Number of the packet in the file that it comes from; null where that says nothing. */
  readonly packet: number | null;
  readonly bytes: Uint8Array;
}

export function pduBytes({ dissector, between, packet, bytes }: Pdu): Uint8Array {
  return concat(
    tag(TAG.dissector, padded(new TextEncoder().encode(dissector))),
    ...(between ? endpoints(between) : []),
    packet === null ? new Uint8Array() : tag(TAG.originalPacket, number(packet)),
    tag(TAG.end, new Uint8Array()),
    bytes,
  );
}

function endpoints({ source, destination }: NonNullable<Pdu['between']>): Uint8Array[] {
  return [
    address(source, 0),
    address(destination, 1),
    tag(TAG.portType, number(PORT_UDP)),
    tag(TAG.sourcePort, number(source.port)),
    tag(TAG.destinationPort, number(destination.port)),
  ];
}

/** Nanoseconds since 1970 as the two words of a packet block. */
export function timeWords(timeNs: bigint): { readonly timeHigh: number; readonly timeLow: number } {
  const ticks = BigInt.asUintN(64, timeNs);
  return { timeHigh: Number(ticks >> 32n), timeLow: Number(ticks & 0xffffffffn) };
}

function address(endpoint: Endpoint, destination: 0 | 1): Uint8Array {
  const bytes = addressBytes(endpoint.address);
  if (bytes === null) return new Uint8Array();
  return tag((bytes.length === 4 ? TAG.source4 : TAG.source6) + destination, bytes);
}

/** Null for what is no IP address, such as the placeholders of a log without addresses. */
export function addressBytes(text: string): Uint8Array | null {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return Uint8Array.from(text.split('.').map(Number));
  if (!/^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text)) return null;
  const groupsOf = (part: string) =>
    part === ''
      ? []
      : part.split(':').flatMap((group) => {
          const quad = group.includes('.') ? group.split('.').map(Number) : null;
          return quad
            ? [(quad[0] ?? 0) * 256 + (quad[1] ?? 0), (quad[2] ?? 0) * 256 + (quad[3] ?? 0)]
            : [Number.parseInt(group, 16)];
        });
  const [before = '', after] = text.split('::');
  const [head, tail] = [groupsOf(before), groupsOf(after ?? '')];
  const groups = [...head, ...new Array<number>(Math.max(0, 8 - head.length - tail.length)).fill(0), ...tail];
  return groups.length === 8 ? Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255])) : null;
}

/** Tags are big-endian whatever the file is. */
function tag(kind: number, value: Uint8Array): Uint8Array {
  const head = new Uint8Array(4);
  const view = new DataView(head.buffer);
  view.setUint16(0, kind);
  view.setUint16(2, value.length);
  return concat(head, value);
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array((bytes.length + 3) & ~3);
  whole.set(bytes);
  return whole;
}
