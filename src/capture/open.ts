/** A file of unknown content → its UDP datagrams and facts, or one sentence that says why there are none. */

import { concatAll } from '../wire/text.ts';
import type { Container, ContainerSink } from './container.ts';
import type { CaptureFacts, CaptureSink, CaptureSource, OpenFailure } from './datagram.ts';
import { Chunks, gunzip, TooDense } from './gunzip.ts';
import { HEAD_BYTES, identify, LONG_HEAD_BYTES, notACapture } from './identify.ts';
import type { Packet } from './packet.ts';
import { PacketDecoder } from './packet-decoder.ts';
import { PcapReader } from './pcap.ts';
import { isPcapng, PcapngReader } from './pcapng.ts';
import { ProblemList } from './problems.ts';
import { LARGEST_TEXT, readText } from './text/text-capture.ts';

export { HEAD_BYTES, type Identity, identify, notACapture } from './identify.ts';
export { keepDatagram } from './packet.ts';

/** No more than so many bytes are read between two questions whether to go on; progress is told as often. */
const STEP_BYTES = 256 * 1024;
/** gzip inside gzip happens by mistake; more is a trick. */
const DEEPEST_GZIP = 2;

export function isFailure(result: CaptureFacts | OpenFailure): result is OpenFailure {
  return 'kind' in result;
}

/**
 * Reads a pcap or pcapng file or a text with the bytes of datagrams, packed with gzip or not, and hands its datagrams
 * to `sink` in file order. `capture` is the number the datagrams carry. It never rejects because of the file: damage becomes a problem in the
 * facts, beside everything that could be read. What `sink` throws is a bug and comes through.
 */
export async function readCapture(
  source: CaptureSource,
  capture: number,
  sink: CaptureSink,
): Promise<CaptureFacts | OpenFailure> {
  const progress = new Progress(sink);
  const raw = new Chunks(progress.count(source));
  let chunks = raw;
  try {
    let head = await chunks.head(HEAD_BYTES);
    let identity = identify(head);
    let depth = 0;
    while (identity.kind === 'gzip' && depth < DEEPEST_GZIP) {
      depth++;
      chunks = new Chunks(gunzip(chunks));
      head = await chunks.head(HEAD_BYTES);
      identity = identify(head);
    }
    if (identity.kind === 'other') identity = identify(await chunks.head(LONG_HEAD_BYTES));
    if (head.length === 0 && raw.error) return unreadable(source.name, raw.error);
    if (head.length === 0 && chunks.error) return damagedGzip(source.name);
    if (head.length === 0 && depth === 0) {
      return { kind: 'notACapture', message: `${source.name} is empty. Drop a pcap or pcapng file, or a key log.` };
    }
    if (identity.kind === 'text') return await readWholeText(source.name, chunks, raw, capture, sink, progress);
    if (identity.kind !== 'pcap' && identity.kind !== 'pcapng') return notACapture(source.name, identity, depth > 0);
    return await readContainer(identity.kind, source.name, chunks, raw, capture, sink, progress);
  } finally {
    // Not awaited: a source that waits for input would hold up the answer.
    void chunks.close();
    void raw.close();
  }
}

/** A text is read as a whole: what wrote it may show only at its end. The dump of a capture is read as that capture. */
async function readWholeText(
  name: string,
  chunks: Chunks,
  raw: Chunks,
  capture: number,
  sink: CaptureSink,
  progress: Progress,
): Promise<CaptureFacts | OpenFailure> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let chunk = await chunks.next(); chunk && !sink.cancelled?.(); chunk = await chunks.next()) {
    length += chunk.length;
    if (length > LARGEST_TEXT) return tooLarge(name);
    parts.push(chunk.slice());
    progress.now(NO_PACKETS);
  }
  const result = readText(name, concatAll(parts), capture, sink);
  if (!('capture' in result)) {
    if (!isFailure(result)) progress.tell(result);
    return result;
  }
  const dumped = new Chunks(once(result.capture));
  const format = isPcapng(result.capture) ? 'pcapng' : 'pcap';
  return await readContainer(format, name, dumped, raw, capture, sink, progress);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

async function readContainer(
  format: 'pcap' | 'pcapng',
  name: string,
  chunks: Chunks,
  raw: Chunks,
  capture: number,
  sink: CaptureSink,
  progress: Progress,
): Promise<CaptureFacts> {
  const problems = new ProblemList();
  const decoder = new PacketDecoder(capture, sink, problems);
  const containerSink: ContainerSink = {
    problems,
    packet: (packet: Packet) => (sink.packet ? sink.packet(packet) : decoder.packet(packet)),
    keyLog: (text, where) => sink.keyLog(text, where),
  };
  const container = format === 'pcap' ? new PcapReader(containerSink) : new PcapngReader(name, containerSink);
  const { cancelled, bytes } = await feed(container, chunks, sink, progress);
  if (chunks.error) {
    const what = raw.error
      ? `The file could not be read to its end (${reason(raw.error)}).`
      : chunks.error instanceof TooDense
        ? `The file unpacks to more than 500 times its size: it was read up to ${bytes} unpacked bytes, and what follows was left out.`
        : `The gzip data is damaged or cut short; the first ${bytes} unpacked bytes were read.`;
    problems.add(null, bytes, what);
  }
  if (!cancelled) container.end();
  decoder.end();
  progress.tell({ packets: container.packets, ...container.times() });
  return {
    name,
    format,
    linkTypes: [...container.linkTypes].sort((a, b) => a - b),
    packets: container.packets,
    ...container.times(),
    udpDatagrams: decoder.udpDatagrams,
    ipFragmentsReassembled: decoder.ipFragmentsReassembled,
    problems: problems.list,
    surroundings: decoder.surroundings(),
  };
}

async function feed(
  container: Container,
  chunks: Chunks,
  sink: CaptureSink,
  progress: Progress,
): Promise<{ readonly cancelled: boolean; readonly bytes: number }> {
  let bytes = 0;
  while (!container.stopped) {
    if (sink.cancelled?.()) return { cancelled: true, bytes };
    const chunk = await chunks.next();
    if (!chunk) break;
    bytes += chunk.length;
    sink.bytes?.(chunk);
    container.feed(chunk);
    progress.now({ packets: container.packets, ...container.times() });
  }
  return { cancelled: false, bytes };
}

type Found = Pick<CaptureFacts, 'packets' | 'firstTimeNs'>;
const NO_PACKETS: Found = { packets: 0, firstTimeNs: null };

/** Counts the bytes of the file itself, packed as they are. */
class Progress {
  readonly #sink: CaptureSink;
  #bytes = 0;
  #told = 0;

  constructor(sink: CaptureSink) {
    this.#sink = sink;
  }

  async *count(source: CaptureSource): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of source.chunks()) {
      // A source may hand out a whole file at once.
      for (let at = 0; at < chunk.length; at += STEP_BYTES) {
        const step = chunk.subarray(at, at + STEP_BYTES);
        this.#bytes += step.length;
        yield step;
      }
    }
  }

  now(found: Found): void {
    if (this.#bytes - this.#told >= STEP_BYTES) this.tell(found);
  }

  tell({ packets, firstTimeNs }: Found): void {
    this.#told = this.#bytes;
    this.#sink.progress?.(this.#bytes, packets, firstTimeNs);
  }
}

function unreadable(name: string, error: unknown): OpenFailure {
  return { kind: 'unreadable', message: `${name} could not be read: ${reason(error)}.` };
}

function tooLarge(name: string): OpenFailure {
  const most = LARGEST_TEXT / 1024 / 1024;
  return {
    kind: 'notACapture',
    message: `${name} is a text of more than ${most} MB. Cut out the part in question, or convert it with \`text2pcap\`.`,
  };
}

function damagedGzip(name: string): OpenFailure {
  return {
    kind: 'unreadable',
    message: `${name} is a damaged gzip file of which nothing could be unpacked. Get the file again, or its unpacked form.`,
  };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
