/**
 * When an endpoint finished a handshake that it did not end itself. Nothing answers the last flight: that it arrived
 * shows in what its receiver does then, or no longer does (RFC 6347 §4.2.4). In DTLS 1.3 the client waits for an ACK.
 */
import { peerOf } from './acknowledged.ts';
import type { AnalysedHandshake } from './analyse.ts';
import { startOf } from './answers.ts';
import { closedShape } from './closed-shapes.ts';
import { least } from './extremes.ts';
import { isLastFlight, isStateless } from './flight-parts.ts';
import type { MachineEvent } from './machine.ts';
import { APPLICATION_EPOCH, event, type Place, type Scene, type Send, sendsOf } from './machine-scene.ts';
import type { SentFlight } from './outcome.ts';
import { acknowledgementsOf, arrivalsOf, type Receipt } from './reception.ts';
import type { Side } from './record-table.ts';

/** Something that only an endpoint does that has finished. */
interface Act {
  readonly record: number;
  readonly timeMs: number;
  readonly words: string;
}

const NO_RENEGOTIATION = 100;

export function finishingOf(
  scene: Scene,
  handshake: AnalysedHandshake,
  flights: readonly SentFlight[],
  sends: readonly Send[],
): MachineEvent[] {
  const { state } = handshake;
  const last = sends.at(-1);
  const place: Place = {
    handshake: state.number,
    flight: last?.flight.number ?? 0,
    attempt: last?.transmission.number ?? 0,
    stateless: false,
  };
  const afterMs = last?.startMs ?? Number.NEGATIVE_INFINITY;
  const found = state.isVersion13
    ? finished13(scene, handshake, flights, place, afterMs)
    : finished12(scene, handshake, flights, place, afterMs);
  return found ? [found] : [];
}

function finished12(
  scene: Scene,
  { state, flights: all }: AnalysedHandshake,
  flights: readonly SentFlight[],
  place: Place,
  afterMs: number,
): MachineEvent | null {
  const { trace, side, fates } = scene;
  const ending = all.find((f) => isLastFlight(f, state));
  if (ending?.side === side) return null;
  const declined = state.number > 1 ? declining(scene, flights) : null;
  if (declined) return event(trace, placeBefore(scene, state.number) ?? place, declined);
  const act = actOf(scene, state.number, afterMs);
  const arrivals = ending && arrivalsOf(trace, ending, fates);
  const receipt = arrivals?.afterAsking(afterMs) ?? (act && arrivals?.lastUpTo(act.timeMs));
  if (!ending || !receipt) return act && actsFinished(scene, place, act);
  if (!act && refuses(scene, receipt.timeMs)) return null;
  return received(scene, place, receipt, `received flight ${ending.number}`, act ?? closeOf(scene, receipt.timeMs));
}

function finished13(
  scene: Scene,
  handshake: AnalysedHandshake,
  flights: readonly SentFlight[],
  place: Place,
  afterMs: number,
): MachineEvent | null {
  const { trace, side, association, fates } = scene;
  const hello = flights.find((f) => f.side === 1 && !isStateless(f));
  // Without keys, what looks like ACKs and alerts alone is no last flight.
  const final = flights.findLast((f) => f.side === 0 && sendsOf({ ...scene, side: 0 }, [f]).length > 0);
  if (!hello || !final || final.number < hello.number) {
    const act = side === 0 || !hello ? actOf(scene, APPLICATION_EPOCH, afterMs) : null;
    return act && actsFinished(scene, place, act);
  }
  if (side === 1) {
    const arrivals = arrivalsOf(trace, final, fates);
    const finalMs = least(final.transmissions.map(startOf));
    const act = actOfServer(scene, handshake, Math.max(afterMs, finalMs));
    const receipt = arrivals.afterAsking(afterMs) ?? (act && arrivals.lastUpTo(act.timeMs));
    if (!receipt || (!act && refuses(scene, receipt.timeMs))) return null;
    return received(scene, place, receipt, `received flight ${final.number}`, act ?? closeOf(scene, receipt.timeMs));
  }
  const ack = acknowledgementsOf(trace, association, final).afterAsking(afterMs);
  if (ack) return event(trace, place, { kind: 'ack-last', ...ack, cause: `ACK of flight ${final.number}` });
  const reply = replyTo(scene, handshake, afterMs);
  return reply && event(trace, place, { kind: 'ack-last', ...reply, cause: reply.words, certainty: 'inferred' });
}

function received({ trace }: Scene, place: Place, receipt: Receipt, cause: string, act: Act | null): MachineEvent {
  // What it does then shows that it received all; it cannot have been later than that.
  const timeMs = act ? Math.min(receipt.timeMs, act.timeMs) : receipt.timeMs;
  const certainty = act && receipt.certainty === 'inferred' ? 'near-certain' : receipt.certainty;
  return event(trace, place, {
    kind: 'received-last',
    ...receipt,
    timeMs,
    certainty,
    cause,
    evidence: act ? [act.record] : [],
  });
}

function actsFinished({ trace }: Scene, place: Place, { record, timeMs, words }: Act): MachineEvent {
  return event(trace, place, { kind: 'acts-finished', record, timeMs, cause: words, certainty: 'near-certain' });
}

/** The first thing after that time that this endpoint does under the keys of the epoch, which it has when it finished. */
function actOf({ trace, association: { state }, side, byNumber }: Scene, epoch: number, afterMs: number): Act | null {
  const mayAlert = (record: number) => closedShape(trace, state, record) === 'alert';
  const data = firstAfter(
    trace.timeMs,
    state.applicationRecords,
    afterMs,
    (r) => r.side === side && r.epoch >= epoch && !mayAlert(r.record),
  );
  const next = state.isVersion13 ? undefined : byNumber.get(epoch + 1);
  const anew = next?.flights[0]?.side === side ? next.flights[0].transmissions[0]?.units[0] : undefined;
  return earliest(
    data && { ...data, words: 'writes application data' },
    anew && anew.timeMs > afterMs ? { ...anew, words: 'begins a new handshake' } : null,
  );
}

function earliest(...acts: readonly (Act | null)[]): Act | null {
  return acts.filter((a) => a !== null).sort((a, b) => a.timeMs - b.timeMs)[0] ?? null;
}

const CLOSE_NOTIFY = 0;
const FATAL = 2;
/** Whoever refuses the last flight says so at once. */
const REFUSES_WITHIN_MS = 1000;

/** It answers what it received with a fatal alert. */
function refuses({ trace, association: { state }, side }: Scene, receivedMs: number): boolean {
  const closed = firstAfter(trace.timeMs, state.applicationRecords, receivedMs, (r) => r.side === side);
  if (closed && closedShape(trace, state, closed.record) === 'alert') return true;
  return state.alerts.some(
    (a) =>
      a.side === side &&
      a.code !== CLOSE_NOTIFY &&
      (state.isVersion13 || a.level === FATAL) &&
      trace.timeMs(a.record) >= receivedMs &&
      trace.timeMs(a.record) <= receivedMs + REFUSES_WITHIN_MS,
  );
}

/** It closes in peace. That alone proves little: who gives up may do so, too. */
function closeOf({ trace, association: { state }, side }: Scene, receivedMs: number): Act | null {
  const close = firstAfter(trace.timeMs, state.alerts, receivedMs, (a) => a.side === side && a.code === CLOSE_NOTIFY);
  return close && { ...close, words: 'closes' };
}

/** @param sorted ascending by record, and so by time. */
function firstAfter<T extends { readonly record: number }>(
  timeMs: (record: number) => number,
  sorted: readonly T[],
  afterMs: number,
  fits: (one: T) => boolean,
): { readonly record: number; readonly timeMs: number } | null {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeMs(sorted[middle]?.record ?? 0) <= afterMs) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < sorted.length; i++) {
    const one = sorted[i];
    if (one && fits(one)) return { record: one.record, timeMs: timeMs(one.record) };
  }
  return null;
}

/** What a server does when it has processed the client's Finished: its ACK, its ticket, application data, closed records. */
function actOfServer(scene: Scene, { state, flights }: AnalysedHandshake, afterMs: number): Act | null {
  const { trace } = scene;
  const ticket = flights.find((f) => f.side === 1 && f.parts.some((p) => p.name === 'NewSessionTicket'));
  const unit = ticket?.transmissions[0]?.units[0];
  const ack = state.unnumbered.find(
    (u) =>
      u.kind !== 'changeCipherSpec' &&
      u.side === 1 &&
      trace.timeMs(u.record) > afterMs &&
      closedShape(trace, scene.association.state, u.record) !== 'alert',
  );
  return earliest(
    ack ? { record: ack.record, timeMs: trace.timeMs(ack.record), words: 'acknowledges it' } : null,
    unit && unit.timeMs > afterMs ? { ...unit, words: 'sends a ticket' } : null,
    actOf(scene, APPLICATION_EPOCH, afterMs),
  );
}

/** No ACK was read: application data of the server, or closed records of it, after the client's last flight. */
function replyTo(
  { trace, association: { state }, side }: Scene,
  handshake: AnalysedHandshake,
  afterMs: number,
): Act | null {
  const peer: Side = peerOf(side);
  const data = firstAfter(
    trace.timeMs,
    state.applicationRecords,
    afterMs,
    (r) => r.side === peer && r.epoch >= APPLICATION_EPOCH && closedShape(trace, state, r.record) !== 'alert',
  );
  const closed = handshake.state.unnumbered.find(
    (u) =>
      u.kind === 'closed' &&
      u.side === peer &&
      trace.timeMs(u.record) > afterMs &&
      closedShape(trace, state, u.record) !== 'alert',
  );
  return earliest(
    data && { ...data, words: 'received what the server writes when it has finished' },
    closed
      ? { record: closed.record, timeMs: trace.timeMs(closed.record), words: 'received what may be an ACK' }
      : null,
  );
}

/** Where this endpoint was before the handshake with this number. */
function placeBefore({ byNumber, side }: Scene, number: number): Place | null {
  const flight = byNumber.get(number - 1)?.flights.findLast((f) => f.side === side);
  if (!flight) return null;
  return { handshake: number - 1, flight: flight.number, attempt: flight.transmissions.length, stateless: false };
}

/** no_renegotiation as the answer to a new handshake: it goes on with the keys it has (RFC 5246 §7.2.2). */
function declining({ trace, association: { state }, side }: Scene, flights: readonly SentFlight[]) {
  const [asked] = flights.filter((f) => f.side === side);
  const [first] = asked?.transmissions ?? [];
  if (!first) return null;
  const answered = flights.some((f) => f.side !== side && f.number > (asked?.number ?? 0));
  const alert = state.alerts.find(
    (a) => a.side === peerOf(side) && a.code === NO_RENEGOTIATION && trace.timeMs(a.record) >= startOf(first),
  );
  if (answered || !alert) return null;
  return {
    kind: 'declined',
    timeMs: trace.timeMs(alert.record),
    record: alert.record,
    cause: 'the peer declined a new handshake',
    certainty: 'inferred',
  } as const;
}
