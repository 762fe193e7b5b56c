/**
 * What a link or a .dtlstrace file carries: the datagrams of DTLS as far as the sharer chose to show them, what is
 * known around them, and notes. Plain data, between `gather.ts` (which makes it), `payload.ts` (which writes and reads
 * it) and `receive.ts` (which turns it into captures again).
 */
import type { Reach } from '../analysis/given.ts';
import type { Endpoint } from '../capture/datagram.ts';
import type { Note } from './notes.ts';

/** `reach`: from where the real address can be reached; absent where the address itself says it. */
export interface SharedEndpoint extends Endpoint {
  readonly reach: Reach | null;
}

export interface SharedCapture {
  /** What the page calls it: "A", "B", or the name of the file where the sharer kept names. */
  readonly name: string;
  readonly format: string;
  readonly linkTypes: readonly number[];
  readonly packets: number;
  readonly udpDatagrams: number;
  readonly ipFragmentsReassembled: number;
  /** In units of the clock (see `timeDigits`) since the origin; null for a file without times. */
  readonly first: number | null;
  readonly last: number | null;
  /** Decimal digits of a second, 0 to 9. */
  readonly timeDigits: number;
  readonly problems: readonly { readonly packet: number | null; readonly message: string }[];
}

/** Who sent to whom, and how it was carried. */
export interface SharedFlow {
  /** Indices into `endpoints`. */
  readonly source: number;
  readonly destination: number;
  readonly directed: boolean;
  readonly tag: string;
  readonly carriers: readonly string[];
}

/**
 * A run of bytes that the sharer left out: from, length (in the datagram as it is rebuilt), and a number that two runs
 * share if and only if their bytes were the same, so that repeats and the same record at two points stay known. What is
 * rebuilt holds that number and zeros.
 */
export interface LeftOut {
  readonly from: number;
  readonly length: number;
  readonly same: number;
}

export interface SharedDatagram {
  /** Index into `captures`. */
  readonly capture: number;
  readonly packet: number;
  /** In units of its capture's clock, since the origin. */
  readonly time: number;
  /** Index into `flows`. */
  readonly flow: number;
  /** As it is rebuilt, see `LeftOut`. */
  readonly payload: Uint8Array;
  readonly leftOut: readonly LeftOut[];
  /** The packets that carried it, where that were several, and how many of its bytes each; empty mostly. */
  readonly pieces: readonly { readonly packet: number; readonly length: number }[];
  /** Bytes that the capture itself does not have (snaplen). */
  readonly missing: number;
  /** Null where no IP header told it. */
  readonly ttl: number | null;
  /** Stands for the identification of its IP header: equal where that is equal, else without meaning. */
  readonly ipId: number | null;
  readonly ipVersion: 4 | 6 | null;
}

/** What was replaced, left out or blanked, so that whoever opens it is told. */
export interface Redactions {
  readonly scope: 'association' | 'time-range' | 'all';
  readonly applicationData: 'marks' | 'lengths' | 'bodies';
  readonly addresses: 'replaced' | 'kept';
  readonly clock: 'relative' | 'kept';
  readonly names: 'kept' | 'blanked';
  readonly certificates: 'kept' | 'digests';
  readonly keys: 'none' | 'messages' | 'secrets' | 'all-secrets';
  /** Something in handshake messages was made unreadable. */
  readonly altered: boolean;
}

/** A handshake message as the sharer decrypted it: a claim, which the one who opens it cannot check. */
export interface ClaimedMessage {
  readonly capture: number;
  readonly packet: number;
  /** 1-based place of the record in its packet. */
  readonly record: number;
  readonly contentType: number;
  readonly epoch: number;
  readonly sequenceNumber: number;
  readonly plaintext: Uint8Array;
}

export interface SharedTrace {
  readonly title: string;
  /** "dtlscope 0.1.0". */
  readonly generator: string;
  readonly redactions: Redactions;
  /** Nanoseconds since 1970 of time 0, as decimal digits; null where the sharer keeps it. */
  readonly origin: string | null;
  /** UDP ports that were taken for DTLS whatever their bytes look like. */
  readonly ports: readonly number[];
  readonly captures: readonly SharedCapture[];
  readonly endpoints: readonly SharedEndpoint[];
  readonly flows: readonly SharedFlow[];
  /** In the order of their files. */
  readonly datagrams: readonly SharedDatagram[];
  /** What is known around the datagrams, see surroundings.ts; null where nothing is. */
  readonly surroundings: unknown;
  /** Validity of certificates when the capture was taken, by the first 16 hex digits of SHA-256: without the clock nobody else can tell. */
  readonly validity: Readonly<Record<string, 'valid' | 'expired' | 'not-yet'>>;
  readonly messages: readonly ClaimedMessage[];
  /** Lines of a key log. */
  readonly secrets: readonly string[];
  readonly notes: readonly Note[];
}
