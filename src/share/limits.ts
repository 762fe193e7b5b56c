/** How large what is opened may grow. A link is opened by a click, a file by somebody who was sent it. */
export interface Limits {
  /** Bytes after inflating, and bytes of datagrams as they are rebuilt. */
  readonly bytes: number;
  readonly datagrams: number;
}

export const LINK_LIMITS: Limits = { bytes: 8 * 1024 * 1024, datagrams: 20_000 };
export const FILE_LIMITS: Limits = { bytes: 256 * 1024 * 1024, datagrams: 2_000_000 };

/** Longest link that is made; the address bars of all browsers take it. */
export const LONGEST_LINK = 32_000;
/** Longer text than this is no link of ours, whatever it begins with. */
export const LONGEST_LINK_READ = 2_000_000;

/** A UDP datagram has no more. */
export const LARGEST_DATAGRAM = 65_535;
export const MOST_CAPTURES = 64;
export const MOST_ENDPOINTS = 20_000;
export const MOST_SECRETS = 10_000;
export const LONGEST_TEXT = 4096;
