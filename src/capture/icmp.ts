/**
 * ICMP errors that quote a UDP header: what routers and hosts say of datagrams that they could not deliver
 * (RFC 792, RFC 1191 and RFC 1812 §5.2.7 for IPv4, RFC 4443 and RFC 8201 for IPv6).
 */
import { ip4Text, ip6Text } from './address.ts';
import { uint8, uint16, uint32 } from './big-endian.ts';
import type { Endpoint } from './datagram.ts';
import { plaintextRecord } from './dtls-shape.ts';
import type { Frame } from './frame.ts';
import { decodeIp4, decodeIp6, IpHeader, UDP, UDP_LITE } from './ip.ts';

export const ICMP4 = 1;
export const ICMP6 = 58;

export type IcmpKind =
  | 'port-unreachable'
  | 'protocol-unreachable'
  | 'host-unreachable'
  | 'net-unreachable'
  | 'administratively-prohibited'
  | 'fragmentation-needed'
  | 'packet-too-big'
  | 'time-exceeded'
  /** Not all IP fragments came in time. */
  | 'reassembly-time-exceeded'
  | 'parameter-problem';

export interface IcmpQuote {
  readonly version: 4 | 6;
  readonly type: number;
  readonly code: number;
  readonly kind: IcmpKind;
  /** Of the next hop, as 'fragmentation-needed' and 'packet-too-big' tell it; null where it is not told. */
  readonly mtu: number | null;
  /** Endpoints of the datagram that was not delivered. */
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** The length field of the UDP header: 8 more than the payload. */
  readonly udpLength: number;
  /** Of the whole IP packet (for a fragment: of this fragment). */
  readonly ipLength: number;
  /** The first record of the datagram where so much was quoted, and where its header is in the clear. */
  readonly record: QuotedRecord | null;
}

export interface QuotedRecord {
  readonly contentType: number;
  readonly epoch: number;
  readonly sequenceNumber: number;
}

export interface IcmpError extends IcmpQuote {
  readonly timeNs: bigint;
  readonly packet: number;
  /** Address of whoever sent the error. */
  readonly from: string;
}

/** Destination unreachable, by code; the rest of them is about hosts. */
const UNREACHABLE_4: ReadonlyMap<number, IcmpKind> = new Map<number, IcmpKind>([
  [0, 'net-unreachable'],
  [2, 'protocol-unreachable'],
  [3, 'port-unreachable'],
  [4, 'fragmentation-needed'],
  [6, 'net-unreachable'],
  [9, 'administratively-prohibited'],
  [10, 'administratively-prohibited'],
  [11, 'net-unreachable'],
  [13, 'administratively-prohibited'],
  [14, 'administratively-prohibited'],
  [15, 'administratively-prohibited'],
]);

const UNREACHABLE_6: ReadonlyMap<number, IcmpKind> = new Map<number, IcmpKind>([
  [0, 'net-unreachable'],
  [1, 'administratively-prohibited'],
  [2, 'net-unreachable'],
  [4, 'port-unreachable'],
  [5, 'administratively-prohibited'],
  [6, 'administratively-prohibited'],
]);

const HEADER_LENGTH = 8;
const UDP_HEADER_LENGTH = 8;

/** Reused: errors are rare, but a flood of them must not cost more than other packets. */
const quoted = new IpHeader();

/** The error at the front of the frame; null for other messages, and where no UDP header is quoted. */
export function decodeIcmp(frame: Frame, version: 4 | 6): IcmpQuote | null {
  const { bytes, from, to } = frame;
  if (to - from < HEADER_LENGTH) return null;
  const [type, code] = [uint8(bytes, from), uint8(bytes, from + 1)];
  const kind = version === 4 ? kindOf4(type, code) : kindOf6(type, code);
  if (!kind) return null;
  const decode = version === 4 ? decodeIp4 : decodeIp6;
  const ip = from + HEADER_LENGTH;
  // The quotation is cut, so the length in its header says nothing about where it ends here.
  if (!decode(bytes, ip, to, Number.MAX_SAFE_INTEGER, quoted)) return null;
  const at = quoted.from;
  const isUdp = quoted.protocol === UDP || quoted.protocol === UDP_LITE;
  if (!isUdp || (quoted.isFragment && quoted.fragmentOffset > 0) || to - at < UDP_HEADER_LENGTH) return null;
  const text = version === 4 ? ip4Text : ip6Text;
  return {
    version,
    type,
    code,
    kind,
    mtu: mtuOf(frame, kind),
    source: { address: text(bytes, quoted.sourceAt), port: uint16(bytes, at) },
    destination: { address: text(bytes, quoted.destinationAt), port: uint16(bytes, at + 2) },
    udpLength: quoted.protocol === UDP ? uint16(bytes, at + 4) : quoted.wireTo - at,
    ipLength: quoted.wireTo - ip,
    record: plaintextRecord(bytes, at + UDP_HEADER_LENGTH, to),
  };
}

function kindOf4(type: number, code: number): IcmpKind | null {
  if (type === 3) return UNREACHABLE_4.get(code) ?? 'host-unreachable';
  if (type === 11) return code === 1 ? 'reassembly-time-exceeded' : 'time-exceeded';
  return type === 12 ? 'parameter-problem' : null;
}

function kindOf6(type: number, code: number): IcmpKind | null {
  if (type === 1) return UNREACHABLE_6.get(code) ?? 'host-unreachable';
  if (type === 2) return 'packet-too-big';
  if (type === 3) return code === 1 ? 'reassembly-time-exceeded' : 'time-exceeded';
  return type === 4 ? 'parameter-problem' : null;
}

/** Routers from before RFC 1191 leave it 0. */
function mtuOf({ bytes, from }: Frame, kind: IcmpKind): number | null {
  if (kind === 'fragmentation-needed') return uint16(bytes, from + 6) || null;
  return kind === 'packet-too-big' ? uint32(bytes, from + 4) : null;
}
