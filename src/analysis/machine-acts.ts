/** What endpoints do, or no longer do, that shows whether the last flight reached them. */

import { peerOf } from './acknowledged.ts';
import type { AnalysedHandshake } from './analyse.ts';
import type { ApplicationRecord, ApplicationRecords } from './application-records.ts';
import { closedShape } from './closed-shapes.ts';
import { APPLICATION_EPOCH, type Scene } from './machine-scene.ts';
import type { Side } from './record-table.ts';

/** Something that only an endpoint does that has finished. */
export interface Act {
  readonly record: number;
  readonly timeMs: number;
  readonly words: string;
}

/** The first thing after that time that this endpoint does under the keys of the epoch, which it has when it finished. */
export function actOf(
  { trace, association: { state }, side, byNumber }: Scene,
  epoch: number,
  afterMs: number,
): Act | null {
  const mayAlert = (record: number) => closedShape(trace, state, record) === 'alert';
  const data = firstData(
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
export function refuses({ trace, association: { state }, side }: Scene, receivedMs: number): boolean {
  const closed = firstData(trace.timeMs, state.applicationRecords, receivedMs, (r) => r.side === side);
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
export function closeOf({ trace, association: { state }, side }: Scene, receivedMs: number): Act | null {
  const close = firstAfter(trace.timeMs, state.alerts, receivedMs, (a) => a.side === side && a.code === CLOSE_NOTIFY);
  return close && { ...close, words: 'closes' };
}

/** Records of application data ascend by time, too. */
function firstData(
  timeMs: (record: number) => number,
  data: ApplicationRecords,
  afterMs: number,
  fits: (one: ApplicationRecord) => boolean,
): { readonly record: number; readonly timeMs: number } | null {
  const found = data.findLater((record) => timeMs(record) > afterMs, fits);
  return found ? { record: found.record, timeMs: timeMs(found.record) } : null;
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
    if (timeMs(sorted.at(middle)?.record ?? 0) <= afterMs) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < sorted.length; i++) {
    const one = sorted.at(i);
    if (one && fits(one)) return { record: one.record, timeMs: timeMs(one.record) };
  }
  return null;
}

/** What a server does when it has processed the client's Finished: its ACK, its ticket, application data, closed records. */
export function actOfServer(scene: Scene, { state, flights }: AnalysedHandshake, afterMs: number): Act | null {
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
export function replyTo(
  { trace, association: { state }, side }: Scene,
  handshake: AnalysedHandshake,
  afterMs: number,
): Act | null {
  const peer: Side = peerOf(side);
  const data = firstData(
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

/** Whoever waits for an ACK repeats its flight long before (RFC 9147 §5.8.2: after a second, and two). */
const REPEATS_WITHIN_MS = 3000;

/** It writes on and repeats nothing: the ACK will have come, where this capture does not see it. */
export function goingOn({ trace, association: { state }, side }: Scene, afterMs: number): Act | null {
  const data = firstData(
    trace.timeMs,
    state.applicationRecords,
    afterMs + REPEATS_WITHIN_MS,
    (r) => r.side === side && r.epoch >= APPLICATION_EPOCH,
  );
  return data && { ...data, words: 'writes on without repeating its last flight' };
}
