/**
 * What a protocol inside DTLS brings to be named and decoded. One decoder, two uses (wire/reader.ts): without a sink
 * it tells whether the bytes are its own and what they say in a line, with one it leaves the field tree.
 */
import type { ByteReader } from '../wire/reader.ts';

/** What is known from outside of the bytes. It breaks ties; it never overrules the bytes. */
export interface Hint {
  /** The server's port. */
  readonly port?: number | undefined;
  readonly alpn?: string | null | undefined;
}

export interface Recognised {
  /** As its users call it: "CoAP", "SCTP", "RADIUS". */
  readonly protocol: string;
  /** One line, safe to show. */
  readonly summary: string;
}

/** What a decoder made of one message. */
export interface Reading extends Recognised {
  /** Nothing in it contradicts the protocol, also beyond what became a problem of the reader. */
  readonly sure: boolean;
}

export interface Protocol {
  /** The names that its readings may carry. */
  readonly names: readonly string[];
  /** Ports and ALPN names under which it is expected, and then tried first. */
  readonly ports: readonly number[];
  readonly alpn: readonly string[];
  /** A cheap look at the first bytes. `hinted`: it is expected here. */
  mayBe(bytes: Uint8Array, hinted: boolean): boolean;
  /** Total, like every decoder. */
  decode(r: ByteReader): Reading;
}
