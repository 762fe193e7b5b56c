/**
 * What the analysis gives to every view: captures, keys, associations, and the records of each association.
 * Plain data throughout, so that it crosses the worker boundary and is what tests compare.
 * Times are milliseconds since the first packet of the first capture.
 */
import type { Endpoint } from '../capture/datagram.ts';
import type { Field } from '../wire/fields.ts';
import type { BufferId } from '../wire/reader.ts';
import type { FindingView } from './finding.ts';
import type { OtherTraffic } from './other-traffic.ts';
import type {
  ArrivalView,
  Certainty,
  DuplicateOrigin,
  FateView,
  LossView,
  MachinesView,
  PointsView,
  RelationView,
  ReplayDropView,
  TimersView,
  TimingView,
  VantageView,
} from './story.ts';

export type { Endpoint };

/** Where roles are unknown (`Association.rolesKnown` false) 'client' means the endpoint that was seen first. */
export type Sender = 'client' | 'server';

export interface CaptureSummary {
  readonly name: string;
  readonly format: string;
  readonly linkTypes: readonly number[];
  readonly packets: number;
  /** ISO 8601, UTC, with as many digits as the file has; null for a file without packets. */
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  readonly udpDatagrams: number;
  readonly dtlsDatagrams: number;
  readonly dtlsRecords: number;
  readonly ipFragmentsReassembled: number;
  readonly problems: readonly { readonly packet: number | null; readonly offset: number; readonly message: string }[];
  /** Of packets that carry DTLS; absent where there are none. Never more than can be noted. */
  readonly comments?: readonly { readonly packet: number; readonly text: string }[];
}

/** One secret of a key log and what became of it. */
export interface KeyUse {
  /** "a.keys:3": file and line. */
  readonly source: string;
  readonly label: string;
  /** Lowercase hex. */
  readonly clientRandom: string;
  /** Ids of the associations it opened at least one record of. */
  readonly associations: readonly string[];
  /** Records it opened. */
  readonly records: number;
  /** Why it opened nothing, one sentence; null where it did. */
  readonly reason: string | null;
}

export interface KeySummary {
  /** All that belong to a handshake of the capture; of the others the first 20,000. */
  readonly secrets: readonly KeyUse[];
  /** How many others there are: they opened nothing. Absent: none. */
  readonly unlisted?: number;
  readonly problems: readonly { readonly source: string; readonly message: string }[];
}

export type Outcome = 'established' | 'failed' | 'incomplete' | 'ongoing' | 'no-handshake';
export type RecordState = 'plaintext' | 'decrypted' | 'undecryptable' | 'malformed';
export type ClosedReason =
  | 'no-key'
  | 'authentication-failed'
  | 'unsupported-suite'
  | 'truncated-capture'
  | 'unknown-cid-length';
export type Mark = 'original' | 'retransmission' | 'duplicate' | 'reordered';
export type HandshakeKind =
  | 'full'
  | 'resumed-session-id'
  | 'resumed-ticket'
  | 'psk'
  | 'renegotiation'
  | '1.3-full'
  | '1.3-psk'
  | '1.3-0rtt';
export type TransmissionCause = 'initial' | 'timer' | 'peer-retransmission' | 'partial-ack' | 'unknown';

/** What one record carries, as far as it could be read. */
export type Content =
  | {
      readonly kind: 'handshake';
      /** The registry's number; null where it is encrypted. */
      readonly type: number;
      readonly name: string;
      readonly messageSeq: number;
      readonly length: number;
      readonly fragmentOffset: number;
      readonly fragmentLength: number;
      /** Index into `AssociationDetail.messages`; null where the fragment belongs to none (malformed). */
      readonly message: number | null;
    }
  | { readonly kind: 'changeCipherSpec' }
  | {
      readonly kind: 'alert';
      readonly level: string;
      readonly code: number;
      readonly description: string;
      readonly fatal: boolean;
    }
  /** RFC 9147 §7: the peer's records that arrived; `record` is the one in this trace, null if it was not captured. */
  | {
      readonly kind: 'ack';
      readonly acknowledged: readonly {
        readonly epoch: number;
        readonly sequenceNumber: number;
        readonly record: number | null;
      }[];
    }
  | {
      readonly kind: 'applicationData';
      readonly length: number;
      readonly preview: string | null;
      readonly protocol: string | null;
    }
  | { readonly kind: 'other'; readonly contentType: number; readonly name: string; readonly length: number }
  /** Still closed: `name` is what the clear header says of it, such as "Encrypted handshake message". */
  | {
      readonly kind: 'encrypted';
      readonly contentType: number | null;
      readonly name: string;
      readonly length: number;
      readonly reason: ClosedReason;
    }
  | { readonly kind: 'malformed'; readonly why: string; readonly offset: number };

/** What can be said of a record without a look at its bytes. */
export interface RecordFacts {
  /** 1-based, counted over the whole trace; the name by which evidence and links call it. */
  readonly record: number;
  readonly capture: number;
  readonly packet: number;
  /** More than one where IP fragments were joined. */
  readonly packets: readonly number[];
  /** 1-based position within its datagram. */
  readonly inDatagram: number;
  readonly timeMs: number;
  readonly sender: Sender;
  /** In the file. */
  readonly offset: number;
  /** With its header, in bytes. */
  readonly length: number;
  /** As the header says it, in DTLS 1.3 as the plaintext does; null where that stayed closed. */
  readonly contentType: number | null;
  /** As the header says it; null where it does not (DTLS 1.3). */
  readonly version: number | null;
  /** Of a DTLS 1.3 record that stayed closed only the two low bits are certain. */
  readonly epoch: number;
  /** Null where record number encryption hides it. */
  readonly sequenceNumber: number | null;
  readonly state: RecordState;
  readonly reason: ClosedReason | null;
  /** What whoever shared the trace left out of it; absent for all other records. */
  readonly leftOut?: 'content' | 'content-and-length';
  /** `reason` as a sentence that names the missing key or the unsupported suite. */
  readonly explanation: string | null;
  readonly mark: Mark;
  /** For a duplicate, who made it; null else. */
  readonly duplicateOrigin: DuplicateOrigin | null;
  /** The record at the other capture point; null with one point, and where it never got there. */
  readonly arrival: ArrivalView | null;
  /** What became of it, where anything tells; for a record of a flight what became of its transmission. */
  readonly fate: FateView | null;
  /** For a retransmission or duplicate, the record it repeats. */
  readonly repeats: number | null;
  /** Flight number within its handshake, and transmission of that flight; null outside flights. */
  readonly handshake: number | null;
  readonly flight: number | null;
  readonly transmission: number | null;
}

export interface RecordView extends RecordFacts {
  readonly contents: readonly Content[];
}

/** One transmission of one handshake message (or of a ChangeCipherSpec, which has no message_seq). */
export interface MessageView {
  readonly sender: Sender;
  readonly handshake: number;
  readonly flight: number;
  readonly transmission: number;
  readonly epoch: number;
  readonly messageSeq: number | null;
  readonly type: number | null;
  readonly name: string;
  readonly length: number;
  /** Records that carry its fragments in this transmission, in order of capture. */
  readonly records: readonly number[];
  readonly packets: readonly number[];
  /** Fragments sent in this transmission. */
  readonly fragments: number;
  /** Which of its bytes each of them carried, from (inclusive) to (exclusive), in order of capture. */
  readonly ranges: readonly { readonly record: number; readonly from: number; readonly to: number }[];
  /** Every byte of the message was captured in this transmission. */
  readonly complete: boolean;
}

export interface TransmissionView {
  /** 1 for the first. */
  readonly number: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly packets: readonly number[];
  readonly records: readonly number[];
  /** How many of them each of its datagrams holds, in order of capture. */
  readonly packing: readonly number[];
  /** Everything that the flight is known to hold was captured in this transmission. */
  readonly complete: boolean;
  readonly cause: TransmissionCause;
  readonly sincePreviousMs: number | null;
  readonly fate: FateView;
}

export interface FlightView {
  /** Numbered as RFC 6347 §4.2.4 numbers them, from 1 within the handshake. */
  readonly number: number;
  readonly sender: Sender;
  readonly messages: readonly string[];
  readonly transmissions: readonly TransmissionView[];
}

export interface HandshakeView {
  readonly number: number;
  readonly kind: HandshakeKind;
  readonly cookieExchange: boolean;
  readonly helloRetryRequest: boolean;
  readonly startMs: number;
  /** When its last Finished was captured, or its last record where it never finished. */
  readonly endMs: number;
  readonly outcome: 'established' | 'failed' | 'incomplete';
  readonly flights: readonly FlightView[];
}

export interface AlertView {
  readonly timeMs: number;
  readonly packet: number;
  readonly record: number;
  readonly sender: Sender;
  readonly epoch: number;
  /** IANA spelling, such as handshake_failure. */
  readonly description: string;
  readonly code: number;
  readonly level: 'warning' | 'fatal';
}

export interface CertificateView {
  /** RFC 4514; of a raw public key (RFC 7250) the words "raw public key". */
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601, UTC; null where it cannot be read. */
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  /** Of the whole certificate, or of the raw public key. */
  readonly sha256: string;
  readonly publicKey: string;
  readonly names: readonly string[];
  readonly serial: string;
  readonly signatureAlgorithm: string | null;
  /** As `a=fingerprint` of SDP writes it (RFC 8122 §5). */
  readonly fingerprint: string;
  readonly selfIssued: boolean;
  /** At the time of the capture. */
  readonly validity: 'valid' | 'expired' | 'not-yet' | 'unknown';
  /** Whether the next certificate of the chain has the issuer's name; null for the last. */
  readonly issuedByNext: boolean | null;
}

/** What SRTP starts from (RFC 5764 §4.2), hex. Secret: never part of reports or links unless asked for. */
export interface SrtpKeys {
  readonly profile: string;
  readonly client: { readonly key: string; readonly salt: string };
  readonly server: { readonly key: string; readonly salt: string };
}

/** Something that could be recomputed. */
export interface VerificationView {
  readonly what: 'PSK binder' | 'Finished' | 'ServerKeyExchange' | 'CertificateVerify' | 'certificate chain';
  readonly sender: Sender;
  /** 1-based number of the record that completed the message. */
  readonly record: number;
  readonly verdict: 'valid' | 'invalid' | 'not-checkable';
}

export interface EpochView {
  readonly sender: Sender;
  readonly epoch: number;
  readonly startMs: number;
  readonly firstPacket: number;
  readonly records: number;
  /** Null where record number encryption hides them. */
  readonly firstSequence: number | null;
  readonly lastSequence: number | null;
  /** Numbers between the first and the last that this capture does not have, at most 1000 of them. */
  readonly missing: readonly number[];
  readonly keys: boolean;
  /** Its sender wrote in it from its first record to its last, repeats included. */
  readonly writeFromMs: number;
  readonly writeUntilMs: number;
  /** When the peer could read it for the first time: it had computed the keys. Null where the capture does not tell. */
  readonly readableFromMs: number | null;
  /** 'inferred' where nothing that the peer sent shows that what it needed had reached it. */
  readonly readableCertainty: Certainty | null;
  /** The record with which it had what it needed; 1-based. */
  readonly readableRecord: number | null;
  /** Records of this epoch that came after its sender had moved to a later one: repeats, or overtaken. 1-based. */
  readonly late: readonly number[];
}

export interface RecordCounts {
  readonly total: number;
  readonly plaintext: number;
  readonly decrypted: number;
  readonly undecryptable: number;
  readonly malformed: number;
  readonly retransmitted: number;
  readonly duplicate: number;
  readonly reordered: number;
  readonly undecryptableReasons: Readonly<Record<ClosedReason, number>>;
}

/** Identity, parameters and outcome: what lists show. The whole of it is small. */
export interface Association {
  /** "a1", "a2", … in order of their first record. */
  readonly id: string;
  readonly rolesKnown: boolean;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly addressChanges: readonly {
    readonly timeMs: number;
    readonly packet: number;
    readonly endpoint: Sender;
    readonly from: Endpoint;
    readonly to: Endpoint;
  }[];
  /** What carried it, outermost first, such as "TURN ChannelData"; mostly empty. */
  readonly carriers: readonly string[];
  /** Id of the earlier association on the same quartet. */
  readonly replaces: string | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly version: string | null;
  readonly cipherSuite: { readonly id: number; readonly name: string } | null;
  readonly keyExchange: string | null;
  readonly group: string | null;
  readonly alpn: string | null;
  readonly serverName: string | null;
  readonly pskIdentity: string | null;
  readonly extendedMasterSecret: boolean | null;
  readonly encryptThenMac: boolean | null;
  readonly srtpProfile: string | null;
  /** The CID that this endpoint wants to receive, hex; "" is a zero-length one. */
  readonly connectionIds: { readonly client: string | null; readonly server: string | null };
  readonly clientRandom: string | null;
  /** No hello named the secret that opens it: it was found by trying those of the key logs. */
  readonly keysFoundByTrial: boolean;
  readonly fingerprints: { readonly ja3: string | null; readonly ja3s: string | null; readonly ja4: string | null };
  readonly certificates: { readonly client: readonly CertificateView[]; readonly server: readonly CertificateView[] };
  readonly outcome: Outcome;
  /** One sentence a person would say. */
  readonly verdict: string;
  /** What went wrong, the headline first; empty where nothing did. */
  readonly findings: readonly FindingView[];
  readonly closed: 'close_notify' | 'fatal-alert' | 'replaced' | 'silent' | null;
  readonly handshakes: readonly HandshakeView[];
  readonly records: RecordCounts;
  readonly epochs: readonly EpochView[];
  readonly alerts: readonly AlertView[];
  readonly applicationData: {
    readonly client: { readonly records: number; readonly bytes: number };
    readonly server: { readonly records: number; readonly bytes: number };
  };
  /** Duration of the first handshake that was established, in ms; null where there is none. */
  readonly handshakeMs: number | null;
  /** Transmissions beyond the first, over all flights. */
  readonly retransmissions: number;
}

/** What happened in an association, told without its single records. */
export interface AssociationStory {
  readonly association: Association;
  /** Finished and signatures, recomputed where the messages and keys for it are at hand. */
  readonly verifications: readonly VerificationView[];
  readonly messages: readonly MessageView[];
  readonly vantage: VantageView;
  readonly losses: readonly LossView[];
  readonly machines: MachinesView;
  readonly timers: TimersView;
  readonly timing: TimingView;
  readonly relations: readonly RelationView[];
  readonly replayDrops: readonly ReplayDropView[];
}

/** Asked for when an association is looked at. */
export interface AssociationDetail extends AssociationStory {
  /** In order of capture. */
  readonly records: readonly RecordView[];
  /** What is not among them, because there is so much of it. Absent where all records are there. */
  readonly summed?: readonly SummedData[];
}

/** Records that follow each other in an association and are not told one by one: nearly always application data. */
export interface SummedData {
  /** As in `RecordFacts.record`. */
  readonly firstRecord: number;
  readonly lastRecord: number;
  /** Of the first one. */
  readonly capture: number;
  readonly firstPacket: number;
  readonly lastPacket: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly datagrams: number;
  readonly duplicates: number;
  readonly client: { readonly records: number; readonly bytes: number };
  readonly server: { readonly records: number; readonly bytes: number };
  /** None of them could be read. */
  readonly encrypted: boolean;
  /** All of them are application data. */
  readonly onlyData: boolean;
}

/** Asked for when a record is looked at. */
export interface RecordDetail {
  readonly record: RecordView;
  /** The field tree: link to UDP in short, then the record header, then what it carries. */
  readonly fields: readonly Field[];
  readonly buffers: readonly DetailBuffer[];
  /** Problems of this record as sentences, with the range they concern. */
  readonly problems: readonly {
    readonly message: string;
    readonly at: { readonly buffer: BufferId; readonly from: number; readonly to: number };
  }[];
}

export interface DetailBuffer {
  readonly id: BufferId;
  /** "packet 15", "AES-128-GCM, 24 bytes", "Certificate, message_seq 2". */
  readonly title: string;
  readonly bytes: Uint8Array;
  /** Added to an index to give the offset shown: the place in the file for `packet`, else 0. */
  readonly base: number;
  /**
   * How this buffer's bytes lie in another: for `message`, the ranges of each wire piece. A span of `message`
   * that lies in [from, from + length) lies at `there` in buffer `of` of record `record`.
   */
  readonly pieces: readonly {
    readonly from: number;
    readonly length: number;
    readonly record: number;
    readonly of: BufferId;
    readonly there: number;
  }[];
}

export interface TraceSummary {
  readonly captures: readonly CaptureSummary[];
  readonly keys: KeySummary;
  readonly associations: readonly Association[];
  /** What concerns no single association. */
  readonly findings: readonly FindingView[];
  /** Null where there is one capture point. */
  readonly points: PointsView | null;
  readonly other: OtherTraffic;
}

/** All but the associations and what was found. */
export type TraceOverview = Omit<TraceSummary, 'associations' | 'findings'>;
