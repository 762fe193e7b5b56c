/** What in an endpoint's packets, besides its waits, tells stacks apart: see the columns of STACKS. No keys are needed. */
import { cipherSuite } from '../crypto/suites.ts';
import { negotiatedVersion } from '../dtls/messages/server-hello.ts';
import { HANDSHAKE_TYPE, versionName } from '../dtls/registry.ts';
import { toHex } from '../wire/text.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { Side } from './record-table.ts';
import { repeats } from './timer-gaps.ts';
import type { NonceStyle, Stack } from './timer-schedules.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

export interface Observed {
  readonly version: string | null;
  readonly helloVersion: number | null;
  readonly packsFirst: boolean | null;
  readonly packsAgain: boolean | null;
  readonly joinsMessages: boolean | null;
  readonly nonces: NonceStyle | null;
  /** A small message was split when it was sent for the fourth time; false where it was not, null where it was not sent so often. */
  readonly splitsLater: boolean | null;
}

/** Flights, and records of an epoch, that are looked at. */
const MAX_FLIGHTS = 32;
const MAX_RECORDS = 8;
/** Two records that every path has room for in one datagram. */
const SMALL_PAIR = 200;
/** A message that fits into any datagram. */
const SMALL_MESSAGE = 400;
const HEADER = 13;

export function observed(trace: AnalysedTrace, association: AnalysedAssociation, side: Side): Observed {
  const flights = association.handshakes
    .flatMap((h) => h.flights)
    .filter((f) => f.side === side && !f.postHandshake)
    .slice(0, MAX_FLIGHTS);
  const first = flights.flatMap((f) => f.transmissions.slice(0, 1));
  const again = flights.flatMap(({ transmissions }) =>
    transmissions.slice(1, MAX_FLIGHTS).filter((t, i) => repeats(t, transmissions[i] ?? t)),
  );
  const hello = association.handshakes[0]?.state.serverHello;
  return {
    version: hello ? versionName(negotiatedVersion(hello)) : null,
    helloVersion: helloVersion(trace, flights),
    packsFirst: packs(trace, first),
    packsAgain: packs(trace, again),
    joinsMessages: joins(trace, first),
    nonces: noncesOf(trace, association, side),
    splitsLater: splitsLater(flights),
  };
}

/** Why this stack it is not, in a few words; null where nothing speaks against it. */
export function against(stack: Stack, seen: Observed): string | null {
  if (seen.version !== null && !stack.versions.some((v) => v === seen.version))
    return `${seen.version} was negotiated.`;
  if (differs(stack.helloVersion, seen.helloVersion))
    return `The record of the first ClientHello has version 0x${seen.helloVersion?.toString(16)}.`;
  if (differs(stack.packsAgain, seen.packsAgain))
    return seen.packsAgain
      ? 'Records share datagrams when a flight is sent again.'
      : 'Each record has its own datagram when a flight is sent again.';
  if (differs(stack.packsFirst, seen.packsFirst))
    return seen.packsFirst ? 'Records of a flight share datagrams.' : 'Each record of a flight has its own datagram.';
  if (differs(stack.joinsMessages, seen.joinsMessages))
    return seen.joinsMessages ? 'Handshake messages share records.' : 'Each handshake message has its own record.';
  if (differs(stack.nonces, seen.nonces))
    return seen.nonces === 'counted'
      ? 'Explicit nonces are counted from a start of their own.'
      : 'Explicit nonces are the record numbers.';
  if (seen.splitsLater === true && !stack.splitsLater)
    return 'A small message was split when it was sent for the fourth time.';
  if (seen.splitsLater === false && stack.splitsLater)
    return 'The fourth transmission of a small message was not split.';
  return null;
}

const differs = <T>(known: T | undefined, seen: T | null): boolean =>
  known !== undefined && seen !== null && known !== seen;

function helloVersion(trace: AnalysedTrace, flights: readonly SentFlight[]): number | null {
  const [flight] = flights;
  const isHello = ({ message }: SentFlight['parts'][number]) =>
    message?.type === HANDSHAKE_TYPE.clientHello && message.messageSeq === 0 && message.epoch === 0;
  const unit = flight?.parts.some(isHello) ? flight.transmissions[0]?.units[0] : undefined;
  return (unit && trace.records.columns.version[unit.record]) || null;
}

/** True where records of one transmission share a datagram, false where two small ones in a row do not. */
function packs(trace: AnalysedTrace, transmissions: readonly Transmission[]): boolean | null {
  const c = trace.records.columns;
  let apart = false;
  for (const { units } of transmissions) {
    for (const [i, { record }] of units.entries()) {
      const before = units[i - 1]?.record;
      if (before === undefined) continue;
      if (c.datagram.get(before) === c.datagram.get(record)) return true;
      if (c.length.get(before) + c.length.get(record) <= SMALL_PAIR) apart = true;
    }
  }
  return apart ? false : null;
}

/** True where one record has several messages, false where two records in one datagram have one each. */
function joins(trace: AnalysedTrace, transmissions: readonly Transmission[]): boolean | null {
  const c = trace.records.columns;
  const messages = (unit: Transmission['units'][number] | undefined) =>
    new Set(unit?.epoch === 0 ? unit.pieces.filter((p) => p.part.message).map((p) => p.part) : []).size;
  let separate = false;
  for (const { units } of transmissions) {
    for (const [i, unit] of units.entries()) {
      const before = units[i - 1];
      if (messages(unit) > 1) return true;
      if (
        messages(unit) === 1 &&
        messages(before) === 1 &&
        c.datagram.get(unit.record) === c.datagram.get(before?.record ?? -1)
      )
        separate = true;
    }
  }
  return separate ? false : null;
}

/** Of AES-GCM in DTLS 1.2 (RFC 5288 §3): the sender chooses eight bytes of the nonce and writes them in clear. */
function noncesOf(trace: AnalysedTrace, { state, handshakes }: AnalysedAssociation, side: Side): NonceStyle | null {
  const hello = handshakes.find((h) => h.state.serverHello)?.state;
  const suite = hello?.serverHello ? cipherSuite(hello.serverHello.cipherSuite) : undefined;
  const protection = suite?.protection;
  if (!hello || protection?.kind !== 'aead' || protection.cipher !== 'aes-gcm' || protection.explicitNonceLength !== 8)
    return null;
  const c = trace.records.columns;
  const offsets = new Set<bigint>();
  let seen = 0;
  for (const record of state.records) {
    if (c.side[record] !== side || c.epoch[record] !== hello.number || c.length.get(record) < HEADER + 8) continue;
    const bytes = trace.bytesOf(record);
    if (bytes[0] === CID_CONTENT_TYPE || bytes.length < HEADER + 8) continue;
    const number = BigInt(`0x${toHex(bytes.subarray(3, 11))}`);
    const nonce = BigInt(`0x${toHex(bytes.subarray(HEADER, HEADER + 8))}`);
    offsets.add(BigInt.asUintN(64, nonce - number));
    if (++seen >= MAX_RECORDS) break;
  }
  if (offsets.size !== 1) return null;
  if (offsets.has(0n)) return 'record-number';
  return seen > 1 ? 'counted' : null;
}

const CID_CONTENT_TYPE = 25;

function splitsLater(flights: readonly SentFlight[]): boolean | null {
  let found: boolean | null = null;
  for (const { parts, transmissions } of flights) {
    const [part] = parts;
    const fourth = transmissions[3];
    if (!part?.message || !fourth || parts.length > 1 || part.length > SMALL_MESSAGE) continue;
    if (transmissions[0]?.units.length !== 1) continue;
    if (fourth.units.length > 1) return true;
    found = false;
  }
  return found;
}
