/**
 * How an endpoint's machine ends: it closes, is closed by its peer, gives way to a new association on the same
 * addresses, or falls silent when its timer should have expired. These states are the observer's, not the RFC's.
 */
import { peerOf } from './acknowledged.ts';
import type { AnalysedTrace } from './analyse.ts';
import type { AssociationState } from './association-state.ts';
import type { AlertSeen } from './carried.ts';
import { closedShape } from './closed-shapes.ts';
import { endRecord } from './handshake-records.ts';
import type { Machine, MachineEvent } from './machine.ts';
import { event, type Scene, type Shown } from './machine-scene.ts';
import { type Side, STATE } from './record-table.ts';
import type { MachineStepView, TimerView } from './story.ts';

const ALERT = 21;
const CLOSE_NOTIFY = 0;
const USER_CANCELED = 90;
const FATAL = 2;

/** What closed this endpoint; null where nothing did. The state that it leaves is not known here. */
export function closingOf(scene: Scene): Shown | null {
  return ownAlert(scene) ?? ownClosedAlert(scene) ?? alertOfPeer(scene) ?? replacement(scene);
}

export function closeEvent({ trace }: Scene, closing: Shown, { handshake, flight, attempt }: Machine): MachineEvent {
  return event(trace, { handshake, flight, attempt, stateless: false }, closing);
}

/** close_notify, or a fatal alert; DTLS 1.3 gives the level no meaning (RFC 8446 §6). */
function ends({ level, code }: AlertSeen, isVersion13: boolean): boolean {
  if (code === CLOSE_NOTIFY) return true;
  return isVersion13 ? code !== USER_CANCELED : level === FATAL;
}

const nameOf = ({ code }: AlertSeen): string => (code === CLOSE_NOTIFY ? 'close_notify' : 'a fatal alert');

function ownAlert({ trace, association: { state }, side }: Scene): Shown | null {
  const own = state.alerts.find((a) => a.side === side && ends(a, state.isVersion13));
  if (!own) return null;
  const { record } = own;
  return { kind: 'close', timeMs: trace.timeMs(record), record, cause: `sends ${nameOf(own)}`, certainty: 'seen' };
}

/** The level is hidden, but nothing follows it. */
function ownClosedAlert(scene: Scene): Shown | null {
  const record = lastWordsOf(scene, scene.side);
  if (record === null) return null;
  const timeMs = scene.trace.timeMs(record);
  return { kind: 'close', timeMs, record, cause: `sends ${alertIn(scene)} and then nothing`, certainty: 'inferred' };
}

/** What was under way when an alert came is over this soon. */
const CROSSING_MS = 50;

/** Whoever receives an alert that ends the association says no more than an alert of its own (RFC 5246 §7.2). */
function alertOfPeer(scene: Scene): Shown | null {
  const { trace, association, side } = scene;
  const { state } = association;
  const talked = lastTalk(trace, state, side);
  const talkedMs = talked < 0 ? Number.NEGATIVE_INFINITY : trace.timeMs(talked);
  const arrivedMs = (record: number) => trace.arrivalMs(record) ?? trace.timeMs(record);
  const isLast = (record: number) => talkedMs <= arrivedMs(record) + CROSSING_MS;
  const theirs = state.alerts.find((a) => a.side !== side && ends(a, state.isVersion13) && isLast(a.record));
  const record = theirs?.record ?? lastWordsOf(scene, peerOf(side));
  if (record === null || !isLast(record)) return null;
  const timeMs = Math.max(arrivedMs(record), talkedMs);
  const cause = `received ${theirs ? nameOf(theirs) : alertIn(scene)}`;
  return { kind: 'close', timeMs, record, cause, certainty: 'inferred' };
}

/** DTLS 1.2 has the content type in the clear; in DTLS 1.3 the length alone speaks for it. */
const alertIn = ({ association: { state } }: Scene): string =>
  state.isVersion13 ? 'what may be an alert' : 'an encrypted alert';

/** The first of the closed alerts with which this side's records end. */
function lastWordsOf({ trace, association: { state } }: Scene, side: Side): number | null {
  const c = trace.records.columns;
  const talked = lastTalk(trace, state, side);
  const last = state.records.find((r) => r > talked && c.side[r] === side && isAlert(trace, state, r));
  return last !== undefined && c.state[last] === STATE.undecryptable ? last : null;
}

function isAlert(trace: AnalysedTrace, state: AssociationState, record: number): boolean {
  return trace.records.columns.contentType[record] === ALERT || closedShape(trace, state, record) === 'alert';
}

/** The last record of this side that is no alert; -1 for none. */
function lastTalk(trace: AnalysedTrace, state: AssociationState, side: Side): number {
  const c = trace.records.columns;
  return (
    state.records.findLast((r) => c.side[r] === side && !c.duplicateOrigin.get(r) && !isAlert(trace, state, r)) ?? -1
  );
}

/** A new handshake on the same addresses replaces the association when it is done, not before (RFC 6347 §4.2.8). */
function replacement({ trace, association: { state } }: Scene): Shown | null {
  const { replacedBy } = state;
  const handshake = replacedBy && trace.analysed[replacedBy.index]?.handshakes[0];
  if (!replacedBy || handshake?.decided.outcome !== 'established') return null;
  const record = endRecord(handshake.flights, 'established');
  // Both may live side by side where each end opened one.
  if (record === null || ([0, 1] as const).some((side) => lastTalk(trace, state, side) > record)) return null;
  const timeMs = trace.timeMs(record);
  return { kind: 'close', timeMs, record, cause: `replaced by ${replacedBy.id}`, certainty: 'near-certain' };
}

/** RFC 6347 §4.2.4.1: one second at first, then twice as long each time, up to a minute. */
const FIRST_WAIT_MS = 1000;
const BACK_OFF = 2;
const LONGEST_WAIT_MS = 60_000;

/** Silent while its timer should have expired twice: it gave up, or what it sent was lost before the capture point. */
export function givingUp(
  scene: Scene,
  steps: readonly MachineStepView[],
  timerOf: () => TimerView | null,
): MachineEvent | null {
  const { trace, association, side } = scene;
  const waiting = steps.at(-1);
  if (waiting?.state !== 'WAITING' || waiting.stateless || waiting.flight === 0) return null;
  const c = trace.records.columns;
  const { state } = association;
  const last = state.records.findLast((r) => c.side[r] === side);
  if (last === undefined || trace.timeMs(last) > waiting.timeMs) return null;
  const { handshake, flight, attempt } = waiting;
  const place = { handshake, flight, attempt, stateless: false };
  const evidence = waiting.record === null ? [] : [waiting.record - 1];
  const gaveUp = { kind: 'give-up', certainty: 'inferred', evidence } as const;
  if (state.replacedBy) {
    // Only the client opens a new handshake; of its server nothing more is known.
    const [first] = state.replacedBy.records;
    if (side === 1 || first === undefined) return null;
    const cause = `begins a new handshake, ${state.replacedBy.id}`;
    return event(trace, place, { ...gaveUp, timeMs: trace.timeMs(first), record: first, cause });
  }
  const starts = steps
    .filter((s) => s.state === 'SENDING' && s.flight === waiting.flight && s.handshake === waiting.handshake)
    .map((s) => s.timeMs);
  const [before, latest] = [starts.at(-2), starts.at(-1) ?? waiting.timeMs];
  const timer = timerOf();
  const factor = Math.max(1, timer?.factor ?? BACK_OFF);
  const next = before === undefined ? (timer ? timer.initial * 1000 : FIRST_WAIT_MS) : (latest - before) * factor;
  const first = Math.min(next, LONGEST_WAIT_MS);
  const timeMs = latest + first + Math.min(first * factor, LONGEST_WAIT_MS);
  if (timeMs > trace.endMs) return null;
  return event(trace, place, {
    ...gaveUp,
    timeMs,
    record: null,
    cause: 'gave up, or its records were lost before the capture point: silent while its timer expired twice',
  });
}
