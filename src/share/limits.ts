/** How large what is opened may grow. A link is opened by a click, a file by somebody who was sent it. */
export interface Limits {
  /** Bytes after inflating, and bytes of datagrams as they are rebuilt. */
  readonly bytes: number;
  readonly datagrams: number;
  /** Runs of bytes that were left out, of all datagrams together; as many pieces, and as many decrypted messages. */
  readonly parts: number;
  /** Bytes of one section of JSON. */
  readonly json: number;
}

const MB = 1024 * 1024;

export const LINK_LIMITS: Limits = { bytes: 8 * MB, datagrams: 20_000, parts: 60_000, json: MB };
export const FILE_LIMITS: Limits = { bytes: 256 * MB, datagrams: 2_000_000, parts: 6_000_000, json: 64 * MB };

/** Records of what is shared. Each is looked at whole before it leaves, which takes some KB. */
export const MOST_SHARED_RECORDS = 100_000;

/** Longest link that is made; the address bars of all browsers take it. */
export const LONGEST_LINK = 32_000;
/** Longer text than this is no link of ours, whatever it begins with. */
export const LONGEST_LINK_READ = 2_000_000;

/** A UDP datagram has no more. */
export const LARGEST_DATAGRAM = 65_535;
export const MOST_CAPTURES = 4096;
export const MOST_ENDPOINTS = 1_000_000;
export const MOST_SECRETS = 1_000_000;
export const MOST_CERTIFICATES = 100_000;
export const MOST_PORTS = 65_536;
export const LONGEST_NAME = 200;
export const LONGEST_TEXT = 4096;
