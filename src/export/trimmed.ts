/**
 * Captures out: the chosen packets of each file with their original bytes, times, link types and interfaces. The files
 * are read once more for it, since the analysis keeps no more of them than their datagrams.
 */
import type { ChosenPackets } from '../analysis/chosen-packets.ts';
import type { KeyLine } from '../analysis/used-keys.ts';
import type { Endpoint } from '../capture/datagram.ts';
import { isFailure, readCapture } from '../capture/open.ts';
import type { CapturePort, Packet } from '../capture/packet.ts';
import { sameBytes } from '../wire/text.ts';
import { addressBytes, PDU_PORT, pduBytes, timeWords } from './exported-pdu.ts';
import { keyLogText } from './key-log.ts';
import { PcapngWriter, type WrittenPacket } from './pcapng-writer.ts';

export interface CaptureFile {
  /** "a" and "b" where two capture points give a file each; null for one file. */
  readonly point: 'a' | 'b' | null;
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  readonly packets: number;
}

export interface TrimOptions {
  readonly generator: string;
  /** Written as a Decryption Secrets Block; null for none. */
  readonly keys: readonly KeyLine[] | null;
  /** Become comments of their packets; `capture` is an index into what was chosen. */
  readonly notes?: readonly { readonly capture: number; readonly packet: number; readonly text: string }[];
  readonly cancelled?: () => boolean;
}

/** One file for each capture point, or one sentence about what prevents it. */
export async function trimmedCaptures(
  chosen: readonly ChosenPackets[],
  options: TrimOptions,
): Promise<readonly CaptureFile[] | string> {
  const files: CaptureFile[] = [];
  const two = chosen.some(({ point }) => point === 1);
  for (const point of [0, 1] as const) {
    const captures = chosen.filter((c) => c.point === point && c.packets.size > 0).toSorted(inTime);
    if (captures.length === 0) continue;
    const writer = new PcapngWriter(options.generator);
    if (options.keys && options.keys.length > 0) writer.secrets(keyLogText(options.keys));
    let packets = 0;
    for (const capture of captures) {
      const notes = notesOn(chosen.indexOf(capture), options);
      const written = isFile(capture)
        ? await fromFile(capture, writer, options, notes)
        : fromText(capture, writer, notes);
      if (typeof written === 'string') return written;
      packets += written;
    }
    files.push({ point: two ? (point === 0 ? 'a' : 'b') : null, parts: writer.parts, packets });
  }
  return files.length > 0 ? files : 'There is no packet to write.';
}

type Notes = ReadonlyMap<number, readonly string[]>;

function notesOn(capture: number, { notes = [] }: TrimOptions): Notes {
  const found = new Map<number, string[]>();
  for (const note of notes)
    if (note.capture === capture) found.set(note.packet, [...(found.get(note.packet) ?? []), note.text]);
  return found;
}

/** Files that go on from one another, in whatever order they were opened. */
function inTime({ facts: a }: ChosenPackets, { facts: b }: ChosenPackets): number {
  const [x, y] = [a.firstTimeNs ?? 0n, b.firstTimeNs ?? 0n];
  return x < y ? -1 : x > y ? 1 : 0;
}

async function fromFile(
  { facts, source, packets, datagrams }: ChosenPackets,
  writer: PcapngWriter,
  { cancelled }: TrimOptions,
  notes: Notes,
): Promise<number | string> {
  if (!source) return `${facts.name} cannot be read once more.`;
  const named = new Map<CapturePort, CapturePort>();
  const frames = new Map(datagrams.map(({ packet, frame }) => [packet, frame]));
  let written = 0;
  let changed = 0;
  const read = await readCapture(source, 0, {
    datagram: () => {},
    keyLog: () => {},
    packet: (packet) => {
      const remarks = packets.get(packet.number);
      if (!remarks || !packet.port) return;
      const frame = frames.get(packet.number);
      if (frame && !sameBytes(frame, packet.bytes.subarray(packet.from, packet.to))) changed++;
      writer.packet(
        copied(packet, portOf(packet.port, facts.name, named), facts.format, [
          ...remarks,
          ...(notes.get(packet.number) ?? []),
        ]),
      );
      written++;
    },
    ...(cancelled ? { cancelled } : {}),
  });
  if (isFailure(read)) return read.message;
  if (cancelled?.()) return 'Writing was cancelled.';
  if (changed > 0 || written < packets.size)
    return `${facts.name} is no longer the file that was opened. Open it again, then export.`;
  return written;
}

/** Interfaces of several files are told apart by the files' names, where they have no description of their own. */
function portOf(port: CapturePort, file: string, named: Map<CapturePort, CapturePort>): CapturePort {
  const known = named.get(port);
  if (known) return known;
  const own = { ...port, description: port.description ?? `from ${file}` };
  named.set(port, own);
  return own;
}

function copied(packet: Packet, port: CapturePort, format: string, remarks: readonly string[]): WrittenPacket {
  const { bytes, from, to, originalLength, fcsLength, comments } = packet;
  return {
    port,
    ...(format === 'pcapng' ? packet : wordsOfClassic(packet)),
    bytes: bytes.subarray(from, to),
    originalLength,
    fcsLength,
    comments: [...comments, ...remarks.filter((remark) => !comments.includes(remark))],
  };
}

/** Seconds and a fraction become one number of micro- or nanoseconds. */
function wordsOfClassic({ clock, timeHigh, timeLow }: Packet): { timeHigh: number; timeLow: number } {
  return timeWords(clock.nanoseconds(timeHigh, timeLow) / 10n ** BigInt(9 - clock.digits));
}

/** A text has no packets: its datagrams are written as bare DTLS, which is what Wireshark and we read them as. */
function fromText({ datagrams }: ChosenPackets, writer: PcapngWriter, notes: Notes): number {
  for (const { timeNs, payload, missing, directed, source, destination, packet } of datagrams) {
    const bytes = pduBytes({
      dissector: 'dtls',
      between: directed ? { source: placed(source), destination: placed(destination) } : null,
      packet,
      bytes: payload,
    });
    const originalLength = bytes.length + missing;
    writer.packet({
      port: PDU_PORT,
      ...timeWords(timeNs),
      bytes,
      originalLength,
      fcsLength: 0,
      comments: notes.get(packet) ?? [],
    });
  }
  return datagrams.length;
}

/** Where a log calls its ends A and B, they get addresses that are set aside for documentation (RFC 5737). */
function placed(endpoint: Endpoint): Endpoint {
  if (addressBytes(endpoint.address)) return endpoint;
  return { ...endpoint, address: endpoint.address === 'B' ? '192.0.2.2' : '192.0.2.1' };
}

/** A text or a shared trace has no packets: its datagrams are all there is. */
function isFile({ facts: { format } }: ChosenPackets): boolean {
  return format === 'pcap' || format === 'pcapng';
}
