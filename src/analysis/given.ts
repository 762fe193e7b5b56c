/** What the analysis has to take from somebody who shared a trace, because what was shared cannot tell it. */
import type { OpenCapture } from './points/merge.ts';
import type { CertificateView } from './trace.ts';

/** The content of a protected record as the sharer decrypted it. Nothing here can check it. */
export interface Claim {
  readonly contentType: number;
  readonly epoch: number;
  readonly sequenceNumber: number;
  readonly plaintext: Uint8Array;
}

export interface Given {
  /** Times count from the first packet; when that was is not told. */
  readonly relativeTime: boolean;
  /** Of certificates at the time of the capture, by the first 16 hex digits of SHA-256. */
  readonly validity: ReadonlyMap<string, CertificateView['validity']>;
  /** Names were made unreadable: what is computed over them does not match any more, and that says nothing. */
  readonly altered: boolean;
  /** Even the lengths of what was left out were left out: those that are there stand in for them. */
  readonly lengthsLeftOut: boolean;
  /** By "capture packet record": index, number, and 1-based place in the packet. */
  readonly claims: ReadonlyMap<string, Claim>;
  /** What addresses are that were replaced; whatever is not named here is what it looks like. */
  readonly reach: ReadonlyMap<string, Reach>;
}

/** How far an address is known: on its host, in a private network or on one link, or everywhere. */
export type Reach = 'host' | 'private' | 'public';

export const NOTHING_GIVEN: Given = {
  relativeTime: false,
  validity: new Map(),
  altered: false,
  lengthsLeftOut: false,
  claims: new Map(),
  reach: new Map(),
};

/** A shared trace as it is opened. */
export interface SharedInput {
  readonly captures: readonly OpenCapture[];
  /** Lines of an NSS key log; "" mostly. */
  readonly keyLog: string;
  readonly ports: readonly number[];
  readonly given: Given;
}
