/**
 * STACKS: how long real stacks wait before they repeat a flight, read from their sources and measured (snapshots of
 * 2026). A row says what is known for sure; what is left out is not known and excludes nothing. OpenSSL sends each message
 * of a repeated flight in a datagram of its own, but not where the application moves its bytes.
 */

/** The wait before repeat `index` + 1, in ms. */
export type Waits = (index: number) => number;

/** Explicit nonces of AES-GCM in DTLS 1.2: the record's number, or counted from a start of the sender's own. */
export type NonceStyle = 'record-number' | 'counted';

export interface Stack {
  /** As reports name it; several rows of one stack have one name. */
  readonly name: string;
  /** Said where this row fits and another of the same name does not. */
  readonly variant?: string;
  readonly waits: Waits;
  /** Repeats before it gives up. */
  readonly repeats?: number;
  /** By how much a wait may be shorter or longer on purpose. */
  readonly jitterMs?: number;
  /** The application often sets another first wait: then the rest doubles from there. */
  readonly configurable?: boolean;
  /** In DTLS 1.3 a flight may begin with the second wait: seen after the handshake, and after another flight's repeat. */
  readonly carriesOver?: boolean;
  /** First waits that follow from the path: any in this range. */
  readonly firstWithin?: readonly [number, number];
  /** Versions it has. */
  readonly versions: readonly ('DTLS 1.0' | 'DTLS 1.2' | 'DTLS 1.3')[];
  /** `version` of the record with its first ClientHello. */
  readonly helloVersion?: number;
  /** Whether records of a flight share datagrams, the first time and when they are sent again. */
  readonly packsFirst?: boolean;
  readonly packsAgain?: boolean;
  readonly nonces?: NonceStyle;
  /** Handshake messages share records where they can. */
  readonly joinsMessages?: boolean;
  /** From the fourth transmission on, even a small message is split. */
  readonly splitsLater?: boolean;
}

const MINUTE_MS = 60_000;

const doubling =
  (firstMs: number, longestMs = MINUTE_MS): Waits =>
  (index) =>
    Math.min(firstMs * 2 ** Math.min(index, 32), longestMs);

const OLD = ['DTLS 1.0', 'DTLS 1.2'] as const;
const ONLY_12 = ['DTLS 1.2'] as const;
const ALL = ['DTLS 1.0', 'DTLS 1.2', 'DTLS 1.3'] as const;
const FROM_12 = ['DTLS 1.2', 'DTLS 1.3'] as const;
const DTLS10 = 0xfeff;
const DTLS12 = 0xfefd;

export const STACKS: readonly Stack[] = [
  {
    name: 'OpenSSL',
    waits: doubling(1000),
    repeats: 12,
    versions: ALL,
    helloVersion: DTLS10,
    nonces: 'counted',
    joinsMessages: false,
  },
  {
    name: 'LibreSSL',
    waits: doubling(1000),
    repeats: 12,
    versions: OLD,
    helloVersion: DTLS10,
    joinsMessages: false,
  },
  {
    name: 'BoringSSL',
    waits: doubling(400),
    repeats: 12,
    versions: ALL,
    helloVersion: DTLS10,
    nonces: 'record-number',
    joinsMessages: true,
  },
  {
    // Twice the round trip that ICE measured, and at most 3 s.
    name: 'Chrome (libwebrtc)',
    waits: doubling(50),
    firstWithin: [50, 3000],
    repeats: 12,
    versions: ALL,
    helloVersion: DTLS10,
    nonces: 'record-number',
    joinsMessages: true,
  },
  {
    name: 'NSS (Firefox)',
    waits: doubling(50, 10_000),
    splitsLater: true,
    versions: ALL,
    helloVersion: DTLS10,
    packsFirst: true,
    nonces: 'record-number',
    joinsMessages: false,
  },
  {
    // The wait is taken before it is doubled, so that each is half as long again as it should be.
    name: 'GnuTLS',
    variant: 'in blocking mode',
    waits: (index) => (index === 0 ? 1000 : 3000 * 2 ** Math.min(index - 1, 32)),
    versions: OLD,
    nonces: 'record-number',
    joinsMessages: false,
  },
  {
    name: 'GnuTLS',
    variant: 'driven by gnutls_dtls_get_timeout',
    waits: doubling(1000, Number.POSITIVE_INFINITY),
    versions: OLD,
    nonces: 'record-number',
    joinsMessages: false,
  },
  {
    name: 'wolfSSL',
    waits: doubling(1000, 64_000),
    carriesOver: true,
    repeats: 6,
    versions: ALL,
    helloVersion: DTLS12,
    packsAgain: false,
    nonces: 'counted',
    joinsMessages: false,
  },
  {
    name: 'Mbed TLS',
    waits: doubling(1000),
    configurable: true,
    repeats: 6,
    versions: OLD,
    helloVersion: DTLS12,
    packsFirst: true,
    packsAgain: true,
    nonces: 'record-number',
    joinsMessages: false,
  },
  { name: 'OpenThread (Mbed TLS)', waits: doubling(8000), repeats: 3, versions: ONLY_12, helloVersion: DTLS12 },
  { name: 'libcoap on ESP-IDF (Mbed TLS)', waits: doubling(25_000, 80_000), versions: ONLY_12, helloVersion: DTLS12 },
  {
    name: 'pion',
    waits: doubling(1000),
    configurable: true,
    versions: FROM_12,
    helloVersion: DTLS12,
    packsAgain: true,
    nonces: 'record-number',
    joinsMessages: false,
  },
  { name: 'pion before 2.2.8', waits: () => 1000, versions: ONLY_12, helloVersion: DTLS12, joinsMessages: false },
  {
    name: 'Scandium',
    waits: doubling(2000),
    configurable: true,
    repeats: 4,
    versions: ONLY_12,
    helloVersion: DTLS12,
    nonces: 'record-number',
  },
  {
    name: 'Scandium 2.x',
    waits: doubling(1000),
    repeats: 4,
    versions: ONLY_12,
    helloVersion: DTLS12,
    nonces: 'record-number',
  },
  { name: 'RFC 7925 profile', waits: doubling(9000), versions: FROM_12 },
  {
    name: 'BouncyCastle',
    waits: doubling(1000),
    versions: OLD,
    helloVersion: DTLS10,
    packsFirst: false,
    packsAgain: false,
    nonces: 'record-number',
    joinsMessages: false,
  },
  {
    name: 'tinydtls',
    waits: doubling(2000, Number.POSITIVE_INFINITY),
    repeats: 7,
    versions: ONLY_12,
    helloVersion: DTLS10,
    packsFirst: false,
    packsAgain: false,
    nonces: 'record-number',
    joinsMessages: false,
  },
  { name: 'werift', waits: (index) => 500 * (index + 1), repeats: 10, versions: ONLY_12, nonces: 'record-number' },
  { name: 'dimpl (str0m)', waits: doubling(1000), jitterMs: 250, repeats: 4, versions: FROM_12 },
];
