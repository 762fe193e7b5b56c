/** What the capture room hands on: timed datagrams, and where in the file each of their bytes lies. */
import type { Packet } from './packet.ts';
import type { CaptureSurroundings } from './surroundings.ts';

export interface Endpoint {
  /** Textual address: dotted IPv4 or RFC 5952 IPv6. */
  readonly address: string;
  readonly port: number;
}

/** A run of payload bytes that lies in one piece in one packet of the file. */
export interface Piece {
  /** 1-based number of the packet. */
  readonly packet: number;
  /** Where the run starts in the payload. */
  readonly from: number;
  /** Where the run starts in the file (for a gzip file: in what it unpacks to). */
  readonly fileOffset: number;
  readonly length: number;
}

export interface Datagram {
  /** Index of the capture among those that were opened. */
  readonly capture: number;
  /** 1-based number, in its file, of the packet that completed the datagram. */
  readonly packet: number;
  /** Nanoseconds since 1970, as the file has it. */
  readonly timeNs: bigint;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /**
   * False where nothing tells who sent it (bare records, hex text without addresses): then source and destination
   * are placeholders, the same for all datagrams of the conversation, and the handshake has to tell.
   */
  readonly directed: boolean;
  /** What carried it to where it was found, outermost first, in words: "VXLAN", "TURN ChannelData". Mostly empty. */
  readonly carriers: readonly string[];
  /** Tells conversations apart that share both endpoints, such as the channels of a TURN allocation; mostly "". */
  readonly tag: string;
  readonly payload: Uint8Array;
  /** Payload bytes that were on the wire but not in the file (snaplen). */
  readonly missing: number;
  /** One piece unless IP fragments were joined. Ascending by `from`. */
  readonly pieces: readonly [Piece, ...Piece[]];
  /** All captured bytes of `packet`, link-layer header first, and where they start in the file. */
  readonly frame: Uint8Array;
  readonly frameOffset: number;
  /** Packet comments of pcapng. */
  readonly comments: readonly string[];
  /** What the innermost IP header says; absent where there is none, or where TCP or SCTP carried it. */
  readonly ip?: {
    /** Time to live, or hop limit: as the sender set it minus one for each router. */
    readonly ttl: number;
    /** Identification (RFC 791 §3.1); null in IPv6. */
    readonly id: number | null;
    readonly version: 4 | 6;
  };
  /** Runs of payload bytes that whoever shared the trace left out: what stands there tells nothing. Absent mostly. */
  readonly leftOut?: readonly { readonly from: number; readonly to: number }[];
  /** Present where two capture points were merged. `capture`, `packet` and `timeNs` are those of the point nearer to the sender, where that has it. */
  readonly transit?: Transit;
}

/**
 * What a second capture point tells of a datagram. Times are on the clock of the first point, ns since 1970.
 *
 * | the datagram was                     | sentNs | arrivedNs | altered | arrival |
 * | delivered                            | set    | set       | false   | set     |
 * | lost between the points              | set    | null      | false   | null    |
 * | altered on the way: as it was sent   | set    | set       | true    | set     |
 * | altered on the way: as it arrived    | null   | set       | true    | null    |
 * | copied or injected on the way        | null   | set       | false   | null    |
 */
export interface Transit {
  /** Null where the point nearer to the sender does not have it as it is: it came into being on the way. */
  readonly sentNs: bigint | null;
  /** Null where nothing of it came to the point nearer to the receiver: it was lost on the way. */
  readonly arrivedNs: bigint | null;
  /** Both points were recording then, so that what one lacks proves something. */
  readonly proven: boolean;
  /** Another datagram with the same record numbers but other bytes arrived instead of this one, or is this one. */
  readonly altered: boolean;
  /** What arrived, at the point nearer to the receiver; null where nothing did, or where this itself is only there. */
  readonly arrival: Sighting | null;
  /** The addresses in `packet`: `source` and `destination` of the datagram are each endpoint's as the point next to it has them. */
  readonly seen: { readonly source: Endpoint; readonly destination: Endpoint };
  /** Records of the same packet before these: where a datagram was split, or altered in part, each part has its own fate. */
  readonly recordsBefore: number;
  /** Records before these in what arrived: not 0 where datagrams were joined on their way, or altered in part. */
  readonly recordsBeforeArrival: number;
}

/** One datagram in one capture. */
export interface Sighting {
  readonly capture: number;
  readonly packet: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** Something wrong with the file itself, and where. */
export interface CaptureProblem {
  /** 1-based; null where no packet is concerned. */
  readonly packet: number | null;
  /** In the file (for a gzip file: in what it unpacks to). */
  readonly offset: number;
  /** A whole sentence. */
  readonly message: string;
}

export interface CaptureFacts {
  readonly name: string;
  /** 'hex': bytes that were found in a text. 'dtlstrace': datagrams that somebody shared, in a file or a link. */
  readonly format: 'pcap' | 'pcapng' | 'hex' | 'dtlstrace';
  /** LINKTYPE_ numbers, ascending. */
  readonly linkTypes: readonly number[];
  readonly packets: number;
  readonly firstTimeNs: bigint | null;
  readonly lastTimeNs: bigint | null;
  /** Decimal digits of a second that the file's clock has: 6 or 9 mostly. */
  readonly timeDigits: number;
  readonly udpDatagrams: number;
  readonly ipFragmentsReassembled: number;
  readonly problems: readonly CaptureProblem[];
  /** What is in the capture beside datagrams of DTLS. */
  readonly surroundings: CaptureSurroundings;
}

/** Where a capture's bytes come from: a File in the browser, a file or standard input on the command line. */
export interface CaptureSource {
  readonly name: string;
  /** In bytes, for progress; null where unknown. */
  readonly size: number | null;
  /** Each holds until the next one is asked for. */
  chunks(): AsyncIterable<Uint8Array>;
  /**
   * The same bytes again, from anywhere in the file, at once; fewer where it ends. Throws `BytesGone` once it cannot be
   * read. Absent where that is never possible (standard input). What is read may lie in `into`, which is large enough.
   */
  readAt?(offset: number, length: number, into?: Uint8Array): Uint8Array;
}

/** A file was changed or went away while it was open. The message is a sentence. */
export class BytesGone extends Error {
  constructor(name: string, why: string) {
    super(`${name} cannot be read any more: ${why}.`);
    this.name = 'BytesGone';
  }
}

/** The two ends of a datagram, and what is between them; all datagrams that take one way share one object. */
export interface Route {
  /** Counts the routes of a capture, from 0. */
  readonly index: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly ipVersion: 4 | 6;
  /** As in `Datagram`. */
  readonly carriers: readonly string[];
  readonly tag: string;
}

/**
 * A datagram as most are: in one piece, in UDP and IP, and by its first byte maybe DTLS. The object is reused: it holds
 * only during the call, and so do the bytes.
 */
export interface PlainDatagram {
  readonly capture: number;
  readonly packet: number;
  readonly route: Route;
  /** Nanoseconds since `originNs`, a whole number of less than 2^53. */
  readonly at: number;
  readonly originNs: bigint;
  /** The frame lies in `bytes` from `frameFrom` to `frameTo`, and in the file from `frameOffset` on. */
  readonly bytes: Uint8Array;
  readonly frameFrom: number;
  readonly frameTo: number;
  readonly frameOffset: number;
  /** In `bytes`. */
  readonly payloadFrom: number;
  readonly payloadTo: number;
  /** Payload bytes that were on the wire but not in the file (snaplen). */
  readonly missing: number;
  readonly ttl: number;
  /** Identification (RFC 791 §3.1); null in IPv6. */
  readonly ipId: number | null;
}

/** Receives what a capture holds while it is read. */
export interface CaptureSink {
  datagram(datagram: Datagram): void;
  /** Where this is there, it is handed those datagrams for which it suffices, and `datagram` the others. */
  plain?(datagram: PlainDatagram): void;
  /** A Decryption Secrets Block with an NSS key log. `where` names it in sentences: "a.pcapng, block 3". */
  keyLog(text: string, where: string): void;
  /** Every packet as it lies in a pcap or pcapng file. With this, packets are not decoded. Holds only during the call. */
  packet?(packet: Packet): void;
  /** The bytes of a pcap or pcapng file as they are, unpacked, before the packets in them. Hold only during the call. */
  bytes?(chunk: Uint8Array): void;
  /** Called now and then with bytes of the file read so far, packets found so far, and when the first was captured. */
  progress?(bytesRead: number, packets: number, firstTimeNs: bigint | null): void;
  /** Asked now and then; true stops reading, and what was read so far stands. */
  cancelled?(): boolean;
}

/** Why a file gave nothing at all. `message` is one whole sentence that says what it looks like and what to do. */
export interface OpenFailure {
  readonly kind: 'notACapture' | 'unreadable';
  readonly message: string;
}
