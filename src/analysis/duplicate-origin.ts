/**
 * Who made a record come twice: the network, the capture, somebody who replayed it, or its own sender. Bytes do not
 * tell; the IP header, the time between and what the record is do.
 */
import type { Datagram } from '../capture/datagram.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import type { AssociationState } from './association-state.ts';
import { least } from './extremes.ts';
import { DUPLICATE_ORIGINS, MARK, type RecordTable } from './record-table.ts';
import type { DuplicateOrigin } from './story.ts';
import type { SentFlight } from './transmissions.ts';

/** Two views of one packet, at a mirror port or on two interfaces, are this close. */
const SAME_MOMENT_MS = 1;
/** A router between two captured links, or a slow radio one, takes longer. */
const SAME_PATH_MS = 50;
/** No timer in use is shorter. */
const SHORTEST_TIMER_MS = 40;
/** Networks deliver copies later than the original, but not much. */
const LATE_COPY_MS = 200;

export interface DuplicateSource {
  readonly state: AssociationState;
  readonly table: RecordTable;
  readonly timeMs: (record: number) => number;
  readonly datagramOf: (record: number) => Datagram;
  readonly handshakes: readonly {
    readonly state: { readonly number: number };
    readonly flights: readonly SentFlight[];
  }[];
}

/** Writes the origin of every record that is marked as a duplicate. */
export function noteDuplicateOrigins(source: DuplicateSource): void {
  const { state, table } = source;
  const c = table.columns;
  if (!state.records.some((r) => c.mark[r] === MARK.duplicate)) return;
  const answeredMs = answerTimes(source);
  const asked = new AskedCopies(source);
  for (const record of state.records) {
    asked.pass(record);
    if (c.mark[record] !== MARK.duplicate) continue;
    const origin = originOf(source, record, answeredMs, asked);
    c.duplicateOrigin.set(record, DUPLICATE_ORIGINS.indexOf(origin) + 1);
  }
}

function originOf(
  { table, timeMs, datagramOf }: DuplicateSource,
  record: number,
  answeredMs: ReadonlyMap<string, number>,
  asked: AskedCopies,
): DuplicateOrigin {
  const c = table.columns;
  const original = c.repeats.get(record) - 1;
  const [first, again] = [datagramOf(original), datagramOf(record)];
  const after = timeMs(record) - timeMs(original);
  // The point near the sender does not have the copy: it was made on the way.
  if (again.transit && again.transit.sentNs === null) return 'network';
  if (isOnePacket(first, again, after)) return 'capture';
  if (first.carriers.join() !== again.carriers.join()) return 'reused-number';
  if (asked.accountFor(record)) return 'reused-number';
  if (isSameIp(first, again) || after < SHORTEST_TIMER_MS) return 'network';
  const answered = answeredMs.get(flightKey(table, original));
  // A flight that waits for its answer is what a timer sends again.
  if (answered !== undefined && timeMs(record) <= answered) return 'reused-number';
  return after >= LATE_COPY_MS ? 'replay' : 'network';
}

/** One packet, seen twice. */
function isOnePacket(first: Datagram, again: Datagram, afterMs: number): boolean {
  if (first.capture !== again.capture) return true;
  if (!first.ip || !again.ip) return afterMs < SAME_MOMENT_MS;
  const sameId = first.ip.id === again.ip.id && (first.ip.id === null || isSameIp(first, again));
  if (!sameId) return false;
  const otherLink = first.frame.length !== again.frame.length || first.ip.ttl !== again.ip.ttl;
  return afterMs < (otherLink ? SAME_PATH_MS : SAME_MOMENT_MS) && (otherLink || first.ip.id !== null);
}

/** Identification 0 is what hosts write that number nothing (RFC 6864 §4.1). */
function isSameIp({ ip: first }: Datagram, { ip: again }: Datagram): boolean {
  return first !== undefined && again !== undefined && first.id !== null && first.id !== 0 && first.id === again.id;
}

function flightKey({ columns: c }: RecordTable, record: number): string {
  const { handshake, flight } = c.place.get(record);
  return `${handshake} ${flight}`;
}

/** Until when each flight waits for its answer; for ever where none came. */
function answerTimes({ handshakes }: DuplicateSource): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { state, flights } of handshakes) {
    for (const [i, flight] of flights.entries()) {
      const answer = flights[i + 1];
      const units = answer && answer.side !== flight.side ? answer.transmissions.flatMap((t) => t.units) : [];
      times.set(`${state.number} ${flight.number}`, least(units.map((u) => u.timeMs)));
    }
  }
  return times;
}

/**
 * A server without state answers every copy of a ClientHello with the same HelloVerifyRequest, number and all
 * (RFC 6347 §4.2.1): as many as there were ClientHellos it wrote itself.
 */
class AskedCopies {
  readonly #source: DuplicateSource;
  #hellos = 0;
  /** By original: how often it was seen. */
  readonly #answers = new Map<number, number>();

  constructor(source: DuplicateSource) {
    this.#source = source;
  }

  /** Records in order of capture. */
  pass(record: number): void {
    const { columns: c } = this.#source.table;
    if (this.#opens(record, HANDSHAKE_TYPE.clientHello)) this.#hellos++;
    if (c.side[record] !== 1 || !this.#opens(record, HANDSHAKE_TYPE.helloVerifyRequest)) return;
    const original = c.mark[record] === MARK.duplicate ? c.repeats.get(record) - 1 : record;
    this.#answers.set(original, (this.#answers.get(original) ?? 0) + 1);
  }

  accountFor(record: number): boolean {
    const copies = this.#answers.get(this.#source.table.columns.repeats.get(record) - 1);
    return copies !== undefined && copies <= this.#hellos;
  }

  #opens(record: number, type: number): boolean {
    return (this.#source.state.carried.get(record) ?? []).some(
      (item) => item.kind === 'fragment' && item.type === type && item.fragmentOffset === 0,
    );
  }
}
