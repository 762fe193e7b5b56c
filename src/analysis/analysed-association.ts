/** Flights, marks and outcomes of one association. */
import type { Datagram } from '../capture/datagram.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import type { AssociationReading } from './association-reading.ts';
import type { AssociationState } from './association-state.ts';
import { noteDuplicateOrigins } from './duplicate-origin.ts';
import { markDuplicates, markReordered, type RecordBytes } from './duplicates.ts';
import { flightsOf } from './flight-parts.ts';
import { endRecord } from './handshake-records.ts';
import type { HandshakeState, MessageInstance } from './handshake-state.ts';
import { type Decided, decideOutcome } from './outcome.ts';
import { MARK, type RecordTable } from './record-table.ts';
import { type SentFlight, type Transmission, transmissionsOf } from './transmissions.ts';

export interface AnalysedHandshake {
  readonly state: HandshakeState;
  readonly flights: readonly SentFlight[];
  readonly decided: Decided;
}

export interface AnalysedAssociation {
  readonly state: AssociationState;
  /**
   * Those of which something was captured. Made anew, without an object in common, where the messages were read again:
   * what is remembered of messages, flights or transmissions is remembered for this array, not for the association.
   */
  readonly handshakes: readonly AnalysedHandshake[];
  /** Index of the record with which its first handshake was done; null where none was. */
  readonly establishedBy: number | null;
  /** Records whose number is that of the ClientHello they answer (RFC 6347 §4.2.1), whatever the server wrote before. */
  readonly copiesNumber: ReadonlySet<number>;
}

/** What the analysis asks of the trace. */
export interface RecordSource {
  readonly table: RecordTable;
  timeMs(record: number): number;
  readonly bytes: RecordBytes;
  datagramOf(record: number): Datagram;
}

/** Works out what is to know of an association, and writes into the table what concerns single records. */
export function analyseAssociation(state: AssociationState, source: RecordSource): AnalysedAssociation {
  return new WorkedOut(state, source);
}

/** Of each reading that is in memory. */
const worked = new WeakMap<AssociationReading, readonly AnalysedHandshake[]>();

class WorkedOut implements AnalysedAssociation {
  readonly state: AssociationState;
  readonly establishedBy: number | null;
  readonly copiesNumber: ReadonlySet<number>;
  readonly #source: RecordSource;
  /** By index of the handshake: marks that were set later do not change it. */
  readonly #decided: readonly Decided[];

  constructor(state: AssociationState, source: RecordSource) {
    this.state = state;
    this.#source = source;
    const { table } = source;
    const { reading, numbers } = state;
    if (!numbers.rise) markDuplicates(state.records, table, source.bytes);
    const handshakes = captured(reading).map((handshake): AnalysedHandshake => {
      const flights = sentFlights(handshake, source);
      for (const flight of flights) noteFlight(handshake, flight, table);
      return { state: handshake, flights, decided: decideOutcome(state, handshake, flights, table) };
    });
    worked.set(reading, handshakes);
    this.#decided = handshakes.map((h) => h.decided);
    this.copiesNumber = copiesIn(reading);
    const done = handshakes.find((h) => h.decided.outcome === 'established');
    this.establishedBy = done ? endRecord(done.flights, 'established') : null;
    if (!numbers.rise) this.#markDisorder(handshakes);
  }

  get handshakes(): readonly AnalysedHandshake[] {
    const { reading } = this.state;
    const before = worked.get(reading);
    if (before) return before;
    const handshakes = captured(reading).flatMap((handshake, i): AnalysedHandshake[] => {
      const decided = this.#decided[i];
      return decided ? [{ state: handshake, flights: sentFlights(handshake, this.#source), decided }] : [];
    });
    worked.set(reading, handshakes);
    return handshakes;
  }

  #markDisorder(handshakes: readonly AnalysedHandshake[]): void {
    const { state } = this;
    const { table, timeMs, datagramOf } = this.#source;
    markReordered(state.records, table, (record) => this.copiesNumber.has(record));
    // A copy made by the network belongs where its original does.
    const c = table.columns;
    for (const record of state.records) {
      const original = c.repeats.get(record) - 1;
      if (c.mark[record] !== MARK.duplicate || original < 0) continue;
      c.place.copy(original, record);
    }
    noteDuplicateOrigins({ state, table, timeMs, datagramOf, handshakes });
  }
}

function captured({ handshakes }: AssociationReading): readonly HandshakeState[] {
  return handshakes.filter((h) => h.messages.length > 0 || h.unnumbered.length > 0);
}

function sentFlights(handshake: HandshakeState, { table, timeMs }: RecordSource): readonly SentFlight[] {
  return flightsOf(handshake, table, timeMs)
    .map((flight): SentFlight => ({ ...flight, transmissions: transmissionsOf(flight, table, timeMs) }))
    .filter((flight) => flight.transmissions.length > 0);
}

/** Writes flight and transmission of each record into the table, and which records repeat earlier ones. */
function noteFlight(handshake: HandshakeState, flight: SentFlight, table: RecordTable): void {
  const c = table.columns;
  for (const [i, transmission] of flight.transmissions.entries()) {
    const place = { handshake: handshake.number, flight: flight.number, transmission: transmission.number };
    c.place.set(
      transmission.units.map((unit) => unit.record),
      place,
    );
    for (const unit of transmission.units) {
      const { record } = unit;
      if (i === 0) continue;
      c.mark[record] = MARK.retransmission;
      const original = repeatedBy(flight.transmissions, i, unit);
      if (original !== null) c.repeats.set(record, original + 1);
    }
  }
}

/** Earlier transmissions that are searched for what a record repeats: nearly always it is in the last one. */
const MAX_LOOK_BACK = 16;

/** The record of the latest earlier transmission that carried some of the same bytes. */
function repeatedBy(all: readonly Transmission[], before: number, unit: Transmission['units'][number]): number | null {
  for (let i = before - 1; i >= Math.max(0, before - MAX_LOOK_BACK); i--) {
    const found = all[i]?.units.find((u) =>
      u.pieces.some((a) =>
        unit.pieces.some((b) => a.part === b.part && (a.from === b.from || (a.from < b.to && b.from < a.to))),
      ),
    );
    if (found) return found.record;
  }
  return null;
}

const NO_RECORDS: ReadonlySet<number> = new Set();

function copiesIn({ carried }: AssociationReading): ReadonlySet<number> {
  let copies: Set<number> | null = null;
  for (const [record, items] of carried)
    for (const item of items)
      if (item.kind === 'fragment' && (item.type === HANDSHAKE_TYPE.helloVerifyRequest || isRetry(item.message))) {
        copies ??= new Set();
        copies.add(record);
      }
  return copies ?? NO_RECORDS;
}

const isRetry = (message: MessageInstance | null): boolean =>
  message?.decoded?.type === 'ServerHello' && message.decoded.isHelloRetryRequest;
