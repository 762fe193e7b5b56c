/**
 * The TCP connections of a capture, and the datagrams that some of them carry. Most carry none: those are dropped after
 * a few kilobytes, so that a file full of web traffic costs little.
 */
import { BoundedMap } from './bounded-map.ts';
import type { TcpSegment } from './carriers.ts';
import type { Datagram } from './datagram.ts';
import { completedBy, Deframer, type FrameFound } from './deframer.ts';
import type { Framing } from './framing.ts';
import { endpointName } from './inner-datagram.ts';
import type { ProblemList } from './problems.ts';
import { type Chunk, TcpStream } from './tcp-stream.ts';

const SYN = 2;
const ACK = 16;
const MOST_CONNECTIONS = 8192;
/** In all streams together, what waits for an earlier segment or for the rest of a frame. */
const MOST_HELD = 64 * 1024 * 1024;

/** One direction. */
interface Direction {
  /** Null before the first byte, and when nothing was found for long. */
  stream: TcpStream | null;
  deframer: Deframer | null;
  /** Sequence number of the SYN, to know its repetitions. */
  initial: number | null;
  /** Nothing was found: no more is looked for, unless the other direction finds something. */
  idle: boolean;
}

interface Connection {
  readonly directions: Map<string, Direction>;
  framing: Framing | null;
}

/** `arrivals` are the packets that the frame around the datagram came in. */
type Emit = (datagram: Datagram, arrivals: FrameFound['arrivals']) => void;

export class TcpConnections {
  readonly #emit: Emit;
  readonly #connections = new BoundedMap<string, Connection>(MOST_CONNECTIONS);
  #held = 0;

  readonly #problems: ProblemList;

  constructor(emit: Emit, problems: ProblemList) {
    this.#emit = emit;
    this.#problems = problems;
  }

  add(segment: TcpSegment): void {
    const { payload, missing, flags, sequence } = segment;
    const opens = (flags & SYN) !== 0;
    if (!opens && payload.length === 0 && missing === 0) return;
    const from = endpointName(segment.source);
    const to = endpointName(segment.destination);
    const connection = this.#connectionOf(from, to);
    let direction = connection.directions.get(from);
    if (!direction || (opens && direction.initial !== sequence)) {
      if (direction) this.#close(direction);
      if (opens && (flags & ACK) === 0) connection.framing = null;
      direction = { stream: null, deframer: null, initial: opens ? sequence : null, idle: false };
      connection.directions.set(from, direction);
    }
    if (payload.length === 0 && missing === 0) {
      direction.stream ??= this.#open(connection, direction, sequence + 1, segment);
      return;
    }
    if (direction.idle && !connection.framing) return;
    this.#take(connection, direction, (opens ? sequence + 1 : sequence) >>> 0, segment);
  }

  end(): void {
    for (const connection of this.#connections.values())
      for (const direction of connection.directions.values()) this.#close(direction);
  }

  #connectionOf(from: string, to: string): Connection {
    const key = from < to ? `${from} ${to}` : `${to} ${from}`;
    const known = this.#connections.get(key);
    if (known) return known;
    const connection: Connection = { directions: new Map(), framing: null };
    const gone = this.#connections.set(key, connection);
    for (const direction of gone?.directions.values() ?? []) this.#close(direction);
    return connection;
  }

  #take(connection: Connection, direction: Direction, sequence: number, segment: TcpSegment): void {
    direction.idle = false;
    if (direction.stream && !direction.stream.fits(sequence)) this.#close(direction);
    direction.stream ??= this.#open(connection, direction, sequence, segment);
    const { stream } = direction;
    // What the other direction found is what this one will be cut by.
    if (direction.deframer) direction.deframer.framing ??= connection.framing;
    const before = heldBy(direction);
    stream.add(sequence, ownChunk(segment));
    this.#held += heldBy(direction) - before;
    if (this.#held > MOST_HELD) this.#makeRoom(segment);
    if (direction.deframer?.hopeless) {
      this.#close(direction);
      direction.idle = true;
    }
  }

  /** What waits in the connections that were seen first is told as far as it goes, until half is free. */
  #makeRoom({ packet, frameOffset }: TcpSegment): void {
    const sentence = `More of TCP streams waited for the rest than is kept: from packet ${packet} on, datagrams inside TCP may be missing that are in the capture.`;
    this.#problems.once('TCP streams', packet, frameOffset, sentence);
    for (const { directions } of this.#connections.values())
      for (const direction of directions.values()) {
        if (this.#held <= MOST_HELD / 2) return;
        this.#close(direction);
      }
  }

  #open(connection: Connection, direction: Direction, sequence: number, segment: TcpSegment): TcpStream {
    const { capture, source, destination, carriers } = segment;
    direction.deframer = new Deframer(({ framing, arrivals, ...found }) => {
      connection.framing = framing;
      const common = { capture, source, destination, directed: true, carriers: [...carriers, ...framing.carriers] };
      this.#emit({ ...common, ...found, ...completedBy(found.pieces, arrivals), tag: '' }, arrivals);
    });
    return new TcpStream(sequence >>> 0, direction.deframer);
  }

  #close(direction: Direction): void {
    const { stream, deframer } = direction;
    this.#held -= heldBy(direction);
    stream?.end();
    deframer?.end();
    direction.stream = direction.deframer = null;
  }
}

function heldBy({ stream, deframer }: Direction): number {
  return (stream?.held ?? 0) + (deframer?.held ?? 0);
}

/** The segment's bytes, copied: the frame once, the payload as a part of it. */
function ownChunk(segment: TcpSegment): Chunk {
  const { packet, timeNs, frameOffset, comments, payload, missing } = segment;
  const frame = segment.frame.slice();
  const start = payload.byteOffset - segment.frame.byteOffset;
  const inFrame = payload.buffer === segment.frame.buffer;
  const bytes = inFrame ? frame.subarray(start, start + payload.length) : payload.slice();
  return { bytes, missing, pieces: piecesOf(segment), arrival: { packet, timeNs, frame, frameOffset, comments } };
}

/** Where in the file a payload lies. */
export function piecesOf(
  segment: Pick<TcpSegment, 'packet' | 'payload' | 'payloadOffset' | 'pieces'>,
): Datagram['pieces'] {
  const { packet, payload, payloadOffset } = segment;
  return segment.pieces ?? [{ packet, from: 0, fileOffset: payloadOffset, length: payload.length }];
}
