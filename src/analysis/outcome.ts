/**
 * How a handshake ended, as far as this capture can show. Established means: both Finished were captured, and
 * nothing shows that the side which had to receive the last flight did not.
 */
import type { AssociationState } from './association-state.ts';
import { least } from './extremes.ts';
import { beginningOf, firstRecordOf } from './handshake-records.ts';
import type { HandshakeState } from './handshake-state.ts';
import { MARK, type RecordTable, type Side } from './record-table.ts';
import type { SentFlight } from './transmissions.ts';

export type HandshakeOutcome = 'established' | 'failed' | 'incomplete';

/** What decided the outcome: the material of the verdict. */
export type Ending =
  | { readonly kind: 'established' }
  | { readonly kind: 'alert'; readonly record: number; readonly side: Side; readonly code: number }
  | { readonly kind: 'closed'; readonly side: Side }
  /** The flight was sent this many times, and what should follow it never came. */
  | { readonly kind: 'unanswered'; readonly flight: number; readonly side: Side; readonly transmissions: number }
  /** Both Finished were captured, but one side kept asking for the last flight. */
  | {
      readonly kind: 'last-flight-unseen';
      readonly flight: number;
      readonly side: Side;
      readonly transmissions: number;
    }
  /** The capture shows the handshake up to here and nothing that stopped it. */
  | { readonly kind: 'stopped'; readonly flight: number; readonly side: Side };

export interface Decided {
  readonly outcome: HandshakeOutcome;
  readonly ending: Ending;
}

const CLOSE_NOTIFY = 0;
const USER_CANCELED = 90;
const NO_RENEGOTIATION = 100;
const FATAL = 2;

export function decideOutcome(
  association: AssociationState,
  handshake: HandshakeState,
  all: readonly SentFlight[],
  table: RecordTable,
): Decided {
  const flights = all.filter((f) => !f.postHandshake);
  const bothFinished =
    ([0, 1] as const).every(
      (side) => finishedRecord(flights, side) !== undefined || unseenButFinished(flights, side),
    ) ||
    (handshake.isVersion13
      ? bothWroteApplicationEpoch(association, table)
      : bothWroteData(association, flights, handshake.number));
  const alert = decisiveAlert(association, handshake, flights, table);
  const last = flights.at(-1);
  if (!last) return { outcome: 'incomplete', ending: { kind: 'stopped', flight: 0, side: 0 } };
  const { number: flight, side } = last;
  if (bothFinished && !alert) {
    const unseen = lastFlightUnseen(association, handshake, flights, table);
    if (!unseen) return { outcome: 'established', ending: { kind: 'established' } };
    return {
      outcome: 'failed',
      ending: { kind: 'last-flight-unseen', flight, side, transmissions: last.transmissions.length },
    };
  }
  if (alert) {
    const ending: Ending =
      alert.code === CLOSE_NOTIFY
        ? { kind: 'closed', side: alert.side }
        : { kind: 'alert', record: alert.record, side: alert.side, code: alert.code };
    return { outcome: 'failed', ending };
  }
  const repeated = flights.findLast((f) => f.transmissions.length > 1);
  if (repeated && (repeated === last || repeated.number === flight - 1)) {
    return {
      outcome: 'failed',
      ending: {
        kind: 'unanswered',
        flight: repeated.number,
        side: repeated.side,
        transmissions: repeated.transmissions.length,
      },
    };
  }
  return { outcome: 'incomplete', ending: { kind: 'stopped', flight, side } };
}

/**
 * Without keys, the two low bits of the epoch still show that both sides write under application keys: the client
 * does so only after its Finished, and it has verified the server's (RFC 8446 §4.4.4).
 */
function bothWroteApplicationEpoch(association: AssociationState, table: RecordTable): boolean {
  const c = table.columns;
  return ([0, 1] as const).every((side) =>
    association.records.some((r) => c.side[r] === side && (c.epoch[r] ?? 0) >= APPLICATION_EPOCH),
  );
}

const APPLICATION_EPOCH = 3;

/** The same in DTLS 1.2, where a Finished that came in pieces cannot be told without keys, and the data behind it can. */
function bothWroteData(
  { applicationRecords }: AssociationState,
  flights: readonly SentFlight[],
  epoch: number,
): boolean {
  return ([0, 1] as const).every(
    (side) =>
      flights.some((f) => f.side === side && f.parts.some((p) => p.name === 'ChangeCipherSpec')) &&
      applicationRecords.some((r) => r.side === side && r.epoch >= epoch),
  );
}

/**
 * Of this side nothing was captured, but the other one sent the last flight: it had received and verified this side's
 * Finished (RFC 6347 §4.2.4). A capture of one direction shows no more.
 */
function unseenButFinished(flights: readonly SentFlight[], side: Side): boolean {
  if (flights.some((f) => f.side === side)) return false;
  const last = flights.at(-1);
  return last !== undefined && flights.length > 1 && last.number > 2 && last.parts.some((p) => p.name === 'Finished');
}

/** The alert that ended this handshake: a fatal one, or a close, before either side used the new epoch. */
function decisiveAlert(
  association: AssociationState,
  handshake: HandshakeState,
  flights: readonly SentFlight[],
  table: RecordTable,
) {
  if (association.alerts.length === 0) return undefined;
  const first = firstRecordOf(flights) ?? Number.POSITIVE_INFINITY;
  const next = association.handshakes.find((h) => h.number === handshake.number + 1);
  const until = next
    ? least(next.messages.flatMap((m) => m.appearances.map((a) => a.record)))
    : Number.POSITIVE_INFINITY;
  const finished = ([0, 1] as const).map((side) => finishedRecord(flights, side));
  return association.alerts.find(({ record, side, level, code }) => {
    if (record < first || record >= until) return false;
    // DTLS 1.3 gives the level no meaning: every alert but these two is fatal (RFC 8446 §6).
    const fatal = handshake.isVersion13 ? code !== CLOSE_NOTIFY && code !== USER_CANCELED : level === FATAL;
    const ends = fatal || code === CLOSE_NOTIFY || code === NO_RENEGOTIATION;
    if (!ends || code === USER_CANCELED) return false;
    if (usedBy(association, handshake.number, side, record, table)) return false;
    // Whoever has sent and received a Finished may close in peace.
    const mine = finished[side];
    const theirs = finished[side === 0 ? 1 : 0];
    const done = mine !== undefined && theirs !== undefined && theirs < record && mine < record;
    return !(done && (code === CLOSE_NOTIFY || !fatal));
  });
}

function finishedRecord(flights: readonly SentFlight[], side: Side): number | undefined {
  for (const flight of flights)
    if (flight.side === side)
      for (const part of flight.parts) if (part.name === 'Finished') return part.occurrences[0]?.record;
  return undefined;
}

/** This side wrote application data in the new epoch before the record, by order or number: it had finished. */
function usedBy(
  association: AssociationState,
  epoch: number,
  side: Side,
  before: number,
  { columns: c }: RecordTable,
): boolean {
  const numberOf = (record: number) => c.sequenceNumber.get(record);
  return association.applicationRecords.some(
    (r) =>
      r.side === side &&
      r.epoch >= epoch &&
      (r.record < before || (r.epoch === c.epoch[before] && numberOf(r.record) < numberOf(before))),
  );
}

/**
 * The receiver of the last flight went on repeating its own, and nothing of it in the new epoch followed: it gave up
 * waiting. One repeat that was answered proves nothing; the answer may have arrived.
 */
function lastFlightUnseen(
  association: AssociationState,
  { number }: HandshakeState,
  flights: readonly SentFlight[],
  table: RecordTable,
): boolean {
  const last = flights.at(-1);
  const asking = flights.at(-2);
  if (!last || !asking) return false;
  const receiver: Side = last.side === 0 ? 1 : 0;
  const lastAsked = beginningOf(asking.transmissions.at(-1));
  const lastAnswer = beginningOf(last.transmissions.at(-1));
  if (asking.transmissions.length < 2 || lastAsked <= lastAnswer) return false;
  const acted =
    association.applicationRecords.some((r) => r.side === receiver && r.epoch >= number) ||
    association.alerts.some(
      (a) => a.side === receiver && a.epoch >= number && a.record > (last.transmissions[0]?.units[0]?.record ?? 0),
    );
  if (acted) return false;
  const closedAfter = association.records.some(
    (r) =>
      table.columns.side[r] === receiver &&
      (table.columns.epoch[r] ?? 0) >= number &&
      table.columns.mark[r] === MARK.original &&
      r > lastAnswer &&
      !isHandshake(r, table),
  );
  return !closedAfter;
}

function isHandshake(record: number, table: RecordTable): boolean {
  return table.columns.contentType[record] === 22 || table.columns.contentType[record] === 20;
}
