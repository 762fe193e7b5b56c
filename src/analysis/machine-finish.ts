/**
 * When an endpoint finished a handshake that it did not end itself. Nothing answers the last flight: that it arrived
 * shows in what its receiver does then, or no longer does (RFC 6347 §4.2.4). In DTLS 1.3 the client waits for an ACK.
 */
import { peerOf } from './acknowledged.ts';
import type { AnalysedHandshake } from './analyse.ts';
import { startOf } from './answers.ts';
import { least } from './extremes.ts';
import { isLastFlight, isStateless } from './flight-parts.ts';
import type { MachineEvent } from './machine.ts';
import { type Act, actOf, actOfServer, closeOf, goingOn, refuses, replyTo } from './machine-acts.ts';
import { APPLICATION_EPOCH, event, type Place, type Scene, type Send, sendsOf } from './machine-scene.ts';
import { acknowledgementsOf, arrivalsOf, type Receipt } from './reception.ts';
import type { SentFlight } from './transmissions.ts';

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
  const reply = replyTo(scene, handshake, afterMs) ?? goingOn(scene, afterMs);
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
