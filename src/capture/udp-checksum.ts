/** Datagrams that were damaged on the way: their UDP checksum is wrong, where it can be trusted at all. */
import { uint8, uint16 } from './big-endian.ts';
import type { Endpoint } from './datagram.ts';
import type { Frame } from './frame.ts';
import { type IpHeader, UDP } from './ip.ts';
import type { Packet } from './packet.ts';
import type { TransportHeader } from './transport.ts';

export interface DamagedDatagram {
  readonly timeNs: bigint;
  readonly packet: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

interface SenderRecord {
  right: number;
  wrong: number;
  readonly damaged: DamagedDatagram[];
}

const UDP_HEADER_LENGTH = 8;
const MOST_SENDERS = 4096;
const MOST_DAMAGED = 64;

export class ChecksumTable {
  /** By address. */
  readonly #senders = new Map<string, SenderRecord>();

  /** For the header before `transport`; the endpoints are as they are told to others. */
  see(packet: Packet, frame: Frame, ip: IpHeader, transport: TransportHeader, source: Endpoint, destination: Endpoint) {
    const verdict = checksumVerdict(frame.bytes, ip, transport);
    if (verdict === 'unknown') return;
    let sender = this.#senders.get(source.address);
    if (!sender) {
      if (this.#senders.size >= MOST_SENDERS) return;
      sender = { right: 0, wrong: 0, damaged: [] };
      this.#senders.set(source.address, sender);
    }
    if (verdict === 'right') {
      sender.right++;
      return;
    }
    sender.wrong++;
    if (sender.damaged.length >= MOST_DAMAGED) return;
    const timeNs = packet.clock.nanoseconds(packet.timeHigh, packet.timeLow);
    sender.damaged.push({ timeNs, packet: packet.number, source, destination });
  }

  /** Of senders that are mostly right: where most are wrong, the network card was to fill them in after the capture. */
  result(): readonly DamagedDatagram[] {
    return [...this.#senders.values()]
      .filter(({ right, wrong }) => right > wrong)
      .flatMap(({ damaged }) => damaged)
      .sort((a, b) => a.packet - b.packet);
  }
}

/** RFC 768; `unknown` where it was left out, left to the network card, or where bytes are missing. */
export function checksumVerdict(
  bytes: Uint8Array,
  ip: IpHeader,
  { payloadFrom, payloadTo, missing }: TransportHeader,
): 'right' | 'wrong' | 'unknown' {
  const at = payloadFrom - UDP_HEADER_LENGTH;
  const checksum = uint16(bytes, at + 6);
  const length = payloadTo - at;
  if (checksum === 0 || missing > 0 || uint16(bytes, at + 4) !== length) return 'unknown';
  let sum = UDP + length;
  for (let i = 0; i < ip.addressLength; i += 2)
    sum += uint16(ip.bytes, ip.sourceAt + i) + uint16(ip.bytes, ip.destinationAt + i);
  // What a system leaves for the card to complete is the sum of the addresses alone.
  if (checksum === folded(sum)) return 'unknown';
  // The datagram with its checksum in it adds up to all ones (RFC 1071 §1).
  for (let i = at; i + 1 < payloadTo; i += 2) sum += uint16(bytes, i);
  if (length % 2 === 1) sum += uint8(bytes, payloadTo - 1) << 8;
  return folded(sum) === 0xffff ? 'right' : 'wrong';
}

function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x10000);
  return rest;
}
