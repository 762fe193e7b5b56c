/** The datagrams of a shared trace as pcapng captures, one for each capture that was shared. */
import type { CapturePort } from '../capture/packet.ts';
import { timeWords } from '../export/exported-pdu.ts';
import { PcapngWriter } from '../export/pcapng-writer.ts';
import { ipPacket, LINKTYPE_RAW } from '../export/raw-ip.ts';
import { unitOf } from '../share/clock.ts';
import type { SharedCapture, SharedDatagram, SharedTrace } from '../share/shared-trace.ts';

export interface UnlinkedCapture {
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  readonly packets: number;
  /** Datagrams that fit into no IP packet. */
  readonly skipped: number;
}

export function unlinkedCaptures(trace: SharedTrace, generator: string): readonly UnlinkedCapture[] {
  return trace.captures.map((capture, index) => {
    const writer = new PcapngWriter(generator, aboutFile(trace, capture));
    const port = portOf(capture);
    const own = trace.datagrams.filter((d) => d.capture === index);
    const written = own.filter((datagram) => writePacket(writer, port, trace, capture, datagram));
    return { parts: writer.parts, packets: written.length, skipped: own.length - written.length };
  });
}

function portOf({ timeDigits, name }: SharedCapture): CapturePort {
  return {
    linkType: LINKTYPE_RAW,
    snapLength: 0,
    fcsLength: 0,
    resolution: timeDigits,
    offsetSeconds: 0n,
    name: null,
    description: `rebuilt from ${name}`,
  };
}

function writePacket(
  writer: PcapngWriter,
  port: CapturePort,
  { flows, endpoints, origin }: SharedTrace,
  { timeDigits }: SharedCapture,
  datagram: SharedDatagram,
): boolean {
  const flow = flows[datagram.flow];
  const [source, destination] = [endpoints[flow?.source ?? -1], endpoints[flow?.destination ?? -1]];
  if (!source || !destination) return false;
  const { payload, missing, ttl, ipId: id, leftOut, packet, time } = datagram;
  const bytes = ipPacket({ source, destination, payload, missing, ttl, id });
  if (!bytes) return false;
  const since = origin === null ? 0n : BigInt(origin) / unitOf(timeDigits);
  writer.packet({
    port,
    ...timeWords(since + BigInt(time)),
    bytes,
    originalLength: bytes.length + missing,
    fcsLength: 0,
    comments: [`Packet ${packet} of what was captured`, ...leftOutWords(leftOut)],
  });
  return true;
}

function leftOutWords(leftOut: SharedDatagram['leftOut']): readonly string[] {
  if (leftOut.length === 0) return [];
  const runs = leftOut.map(({ from, length }) => `${from} to ${from + length}`).join(', ');
  return [`Left out by whoever shared it: what stands in the UDP payload at ${runs} is not what was sent`];
}

function aboutFile({ title, redactions, origin }: SharedTrace, { format }: SharedCapture): readonly string[] {
  const { addresses, applicationData, names, certificates, altered } = redactions;
  return [
    ...(title === '' ? [] : [title]),
    `Rebuilt from a shared trace (${format}): IP headers are made anew, packets without DTLS are not there.`,
    ...(origin === null ? ['Times count from the first packet: the date was not shared.'] : []),
    ...(addresses === 'replaced' ? ['Addresses stand for others.'] : []),
    ...(applicationData === 'bodies'
      ? []
      : [`Application data is left out${applicationData === 'marks' ? ', its length too' : ''}.`]),
    ...(altered || names === 'blanked' || certificates === 'digests'
      ? ['Names in handshake messages were made unreadable.']
      : []),
  ];
}
