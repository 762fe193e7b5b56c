/**
 * The retransmission state machine of RFC 6347 §4.2.4 and RFC 9147 §5.8.1 as a pure function: a state and an event
 * give the next state. What the figures do not allow happens nevertheless, and says which rule it breaks.
 *
 *     PREPARING ──▶ SENDING ──▶ WAITING ──▶ FINISHED
 *         ▲            ▲           │ │          │ │
 *         │            └───────────┘ │          │ │   timer expired, read retransmit, ACK of a part (1.3)
 *         └──────────────────────────┘          │ │   received next flight
 *         ▲            ▲                        │ │
 *         │            └────────────────────────┘ │   read retransmit: the last flight again
 *         └───────────────────────────────────────┘   a new handshake (1.2)
 */
import type { Certainty, MachineStateName, MachineStepView } from './story.ts';

export type MachineEventKind =
  /** A server is there before the first ClientHello. */
  | 'listen'
  /** Opens a handshake without being asked: ClientHello or HelloRequest. */
  | 'begin'
  /** The whole of the peer's flight, which asks for an answer. */
  | 'received'
  /** Some of the peer's flight: no reason to move. */
  | 'received-part'
  /** The whole of the handshake's last flight. */
  | 'received-last'
  | 'timer'
  | 'read-retransmit'
  | 'ack-part'
  | 'ack-whole'
  /** An ACK of the whole of this endpoint's last flight (DTLS 1.3). */
  | 'ack-last'
  /** The first record of a transmission, and its last. */
  | 'send'
  | 'sent'
  /** The last record of a flight that waits for no answer. */
  | 'sent-last'
  /** Does what only an endpoint does that has finished. */
  | 'acts-finished'
  /** Writes under the keys of a KeyUpdate that was not acknowledged yet (DTLS 1.3). */
  | 'uses-new-keys'
  /** The peer declined a new handshake (no_renegotiation, RFC 5246 §7.2.2). */
  | 'declined'
  | 'close'
  | 'give-up';

/** Flight, attempt and handshake are those of the state that the event leads to. */
export interface MachineEvent {
  readonly kind: MachineEventKind;
  readonly timeMs: number;
  readonly packet: number | null;
  /** 1-based. */
  readonly record: number | null;
  readonly handshake: number;
  readonly flight: number;
  readonly attempt: number;
  readonly stateless: boolean;
  readonly cause: string;
  readonly certainty: Certainty;
  readonly evidence: readonly number[];
}

export interface Machine {
  readonly isVersion13: boolean;
  /** Null before the endpoint was first seen. */
  readonly state: MachineStateName | null;
  readonly handshake: number;
  readonly flight: number;
  readonly attempt: number;
  readonly stateless: boolean;
}

export function idle(isVersion13: boolean): Machine {
  return { isVersion13, state: null, handshake: 0, flight: 0, attempt: 0, stateless: false };
}

/** Pure. `step` is null where the event is no reason to move. */
export function advance(machine: Machine, event: MachineEvent): { machine: Machine; step: MachineStepView | null } {
  const to = target(machine, event);
  if (to === null) return { machine, step: null };
  const { timeMs, packet, record, handshake, flight, attempt, stateless, cause, certainty, evidence } = event;
  const violation = violationOf(machine, event);
  const place = { state: to, handshake, flight, attempt, stateless };
  const inferred = certainty === 'inferred';
  const step = { timeMs, packet, record, ...place, cause, inferred, certainty, violation, evidence };
  return { machine: { isVersion13: machine.isVersion13, ...place }, step };
}

const TARGETS: Readonly<Record<MachineEventKind, MachineStateName | null>> = {
  listen: 'WAITING',
  begin: 'PREPARING',
  received: 'PREPARING',
  'received-part': null,
  'received-last': 'FINISHED',
  timer: 'SENDING',
  'read-retransmit': 'SENDING',
  'ack-part': 'SENDING',
  'ack-whole': null,
  'ack-last': 'FINISHED',
  send: 'SENDING',
  sent: 'WAITING',
  'sent-last': 'FINISHED',
  'acts-finished': 'FINISHED',
  'uses-new-keys': 'FINISHED',
  declined: 'FINISHED',
  close: 'CLOSED',
  'give-up': 'ABANDONED',
};

/** Null where the event changes nothing: it says again what is known. */
function target(machine: Machine, event: MachineEvent): MachineStateName | null {
  const to = TARGETS[event.kind];
  if (to !== machine.state) return to;
  // Another transmission that begins before the one under way was over is a step of its own.
  const another = to === 'SENDING' && (event.flight !== machine.flight || event.attempt !== machine.attempt);
  const anew = to === 'PREPARING' && (event.flight !== machine.flight || event.handshake !== machine.handshake);
  return another || anew ? to : null;
}

/** Where the figures let an event happen. Null: the observer may come at any time. */
const ALLOWED: Readonly<Record<MachineEventKind, readonly (MachineStateName | null)[]>> = {
  listen: [null],
  begin: [null, 'FINISHED'],
  received: [null, 'WAITING', 'FINISHED'],
  'received-part': [null, 'PREPARING', 'SENDING', 'WAITING', 'FINISHED'],
  'received-last': [null, 'WAITING'],
  timer: ['WAITING'],
  'read-retransmit': ['WAITING', 'FINISHED'],
  'ack-part': ['WAITING'],
  'ack-whole': ['WAITING'],
  'ack-last': ['WAITING'],
  send: [null, 'PREPARING', 'SENDING'],
  sent: ['SENDING'],
  'sent-last': ['SENDING'],
  'acts-finished': [null, 'WAITING'],
  'uses-new-keys': [],
  declined: ['WAITING'],
  close: [null, 'PREPARING', 'SENDING', 'WAITING', 'FINISHED'],
  'give-up': ['WAITING'],
};

/** What the figure does not allow, as a sentence; null where it does. */
function violationOf(machine: Machine, event: MachineEvent): string | null {
  const { state, isVersion13 } = machine;
  const { kind, flight, handshake } = event;
  if (state === 'CLOSED') return `It goes on although it had closed the association: ${event.cause}.`;
  if (state === 'ABANDONED') return `It goes on although it had given up: ${event.cause}.`;
  if (!ALLOWED[kind].includes(state)) return notAllowed(machine, event);
  if (state === null) return null;
  switch (kind) {
    case 'begin':
    case 'received':
      if (state === 'FINISHED' && handshake <= machine.handshake)
        return `It prepares flight ${flight} of a handshake that was finished.`;
      if (state === 'FINISHED' && isVersion13) return 'DTLS 1.3 has no renegotiation (RFC 9147 §5.8.4).';
      if (handshake === machine.handshake && flight < machine.flight)
        return `It goes back to flight ${flight} after flight ${machine.flight}.`;
      return null;
    case 'timer':
      return machine.stateless ? 'A server without state has no timer (RFC 6347 §4.2.1).' : goesBack(machine, event);
    case 'ack-part':
    case 'ack-last':
      return isVersion13 ? goesBack(machine, event) : 'Only DTLS 1.3 has ACKs (RFC 9147 §7).';
    case 'read-retransmit':
      return isVersion13 && state === 'FINISHED'
        ? 'In DTLS 1.3 whoever has finished answers a repeat with an ACK, not with its flight (RFC 9147 §5.8.1).'
        : goesBack(machine, event);
    case 'sent-last':
      return isVersion13 ? 'In DTLS 1.3 whoever sends the last flight waits for its ACK (RFC 9147 §5.8.1).' : null;
    case 'send':
      if (state === 'SENDING')
        return `It sends flight ${flight} before the transmission of flight ${machine.flight} was over.`;
      return flight === machine.flight ? null : `It prepared flight ${machine.flight} and sends flight ${flight}.`;
    case 'declined':
      return handshake < machine.handshake ? null : 'Only a new handshake can be declined.';
    default:
      return null;
  }
}

function goesBack(machine: Machine, { flight, handshake }: MachineEvent): string | null {
  if (handshake === machine.handshake && flight === machine.flight) return null;
  return `It repeats flight ${flight} although it had come to flight ${machine.flight} (RFC 6347 §4.2.4).`;
}

function notAllowed({ state, flight: now }: Machine, { kind, flight }: MachineEvent): string {
  const doing = state === null ? 'before it had sent anything' : `while it is ${state}`;
  switch (kind) {
    case 'timer':
      return state === 'FINISHED'
        ? `It repeats flight ${flight} unasked: whoever has finished has no timer (RFC 6347 §4.2.4).`
        : `Its timer expires ${doing}, when none is running.`;
    case 'begin':
      return `It begins a handshake ${doing}: the one before was not finished.`;
    case 'received':
      return `It prepares flight ${flight} before flight ${now} was sent.`;
    case 'received-last':
    case 'ack-last':
    case 'acts-finished':
      return `It finishes the handshake ${doing}, not when it waits.`;
    case 'uses-new-keys':
      return 'It writes under its new keys before its KeyUpdate was acknowledged (RFC 9147 §8).';
    case 'send':
      return state === 'FINISHED' || flight === now
        ? `It sends flight ${flight} again although its timer cannot have expired and the peer had repeated nothing.`
        : `It sends flight ${flight} without having received all of the flight before.`;
    case 'sent':
    case 'sent-last':
      return `It ends a transmission of flight ${flight} that had not begun.`;
    case 'read-retransmit':
    case 'ack-part':
      return `It repeats flight ${flight} ${doing}, not when it waits.`;
    case 'give-up':
      return `It gives up ${doing}, not when it waits.`;
    default:
      return `The figure does not allow this ${doing} (RFC 6347 §4.2.4, RFC 9147 §5.8.1).`;
  }
}
