/**
 * What ACKs tell of a flight of which they name only part (RFC 9147 §7): what was sent before a named record, or well
 * before the ACK, and was then sent again, had not arrived.
 */
import { peerOf } from './acknowledged.ts';
import { startOf } from './answers.ts';
import { countUpTo, greatest } from './extremes.ts';
import type { Surroundings } from './flight-setting.ts';
import { PieceIndex } from './piece-index.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

type Unit = Transmission['units'][number];

export interface AckedPart {
  readonly lost: readonly Unit[];
  readonly arrived: readonly Unit[];
  /** The ACKs that show it. */
  readonly acks: readonly number[];
  /** Something that was sent after each of the lost arrived. */
  readonly overtaken: boolean;
}

/** Receivers send an ACK at once or after a short delay; what was sent this long before it should have been named. */
const ACK_LAG_MS = 5;
const MAX_LOOK_AHEAD = 8;

/** Null where no ACK tells of the transmission. */
export function partAcknowledged(
  flight: SentFlight,
  i: number,
  roundTripMs: number | null,
  around: Surroundings,
): AckedPart | null {
  const sent = flight.transmissions[i];
  if (!sent) return null;
  const { named, trace } = around;
  const arrived = sent.units.filter((u) => named.has(u.record));
  const acks = [...new Set(arrived.flatMap((u) => named.get(u.record) ?? []))];
  const following = flight.transmissions.slice(i + 1, i + 1 + MAX_LOOK_AHEAD);
  const nextMs = following[0] ? startOf(following[0]) : Number.POSITIVE_INFINITY;
  const later = new PieceIndex(following.flatMap((t) => t.units.flatMap((u) => u.pieces)));
  if (arrived.length === 0) return withoutHello(flight, sent, later, nextMs, around);
  const c = trace.records.columns;
  const lastAckMs = greatest(acks.map((a) => trace.timeMs(a)).filter((ms) => ms <= nextMs));
  // Whoever writes an ACK under the keys of the handshake has the ServerHello.
  const hasHello = acks.some((a) => (c.epoch[a] ?? 0) >= 2);
  const lag = Math.max(ACK_LAG_MS, 2 * (roundTripMs ?? 0));
  const lastArrived = arrived.reduce((last, u) => (isAfter(u, last) ? u : last));
  // An ACK that is missing here may have named it.
  const gaps = around.gapTimes[peerOf(flight.side)];
  const allMs = greatest(acks.map((a) => trace.timeMs(a)));
  const complete = (sinceMs: number) => countUpTo(gaps, allMs) === countUpTo(gaps, sinceMs);
  const lost = sent.units.filter(
    (u) =>
      !named.has(u.record) &&
      complete(u.timeMs) &&
      !(hasHello && u.epoch === 0) &&
      (isAfter(lastArrived, u) || lastAckMs - u.timeMs >= lag) &&
      sentAgain(u, later),
  );
  return { lost, arrived, acks, overtaken: lost.every((u) => isAfter(lastArrived, u)) };
}

/** An empty ACK in the clear: records came that cannot be opened, because the ServerHello did not (RFC 9147 §7.1). */
function withoutHello(
  flight: SentFlight,
  sent: Transmission,
  later: PieceIndex,
  untilMs: number,
  { trace, association, acks }: Surroundings,
): AckedPart | null {
  const { records, timesMs } = acks[peerOf(flight.side)];
  const c = trace.records.columns;
  let at = countUpTo(timesMs, startOf(sent) - 1);
  while ((timesMs[at] ?? untilMs) < untilMs && c.epoch[records[at] ?? 0] !== 0) at++;
  const ack = (timesMs[at] ?? Number.POSITIVE_INFINITY) <= untilMs ? records[at] : undefined;
  if (ack === undefined || c.epoch[ack] !== 0) return null;
  const empty = (association.state.carried.get(ack) ?? []).some(
    (x) => x.kind === 'ack' && x.recordNumbers.length === 0,
  );
  if (!empty) return null;
  const lost = sent.units.filter((u) => u.epoch === 0 && sentAgain(u, later));
  return lost.length > 0 ? { lost, arrived: [], acks: [ack], overtaken: true } : null;
}

const isAfter = (a: Unit, b: Unit): boolean =>
  a.epoch > b.epoch || (a.epoch === b.epoch && a.sequenceNumber > b.sequenceNumber);

const sentAgain = (unit: Unit, later: PieceIndex): boolean => unit.pieces.some((piece) => later.overlaps(piece));
