/**
 * What happened in an association, beyond what was sent: fates, losses, states, timers, epochs, time. Everything here
 * that was not read from the wire carries its certainty and the records that justify it. Plain data, as in trace.ts.
 * Times are milliseconds since the first packet of the trace; records are 1-based numbers of the trace.
 */
import type { Endpoint } from '../capture/datagram.ts';
import type { Sender } from './trace.ts';

/**
 * `seen`: follows from bytes in the capture. `near-certain`: needs only that the sender keeps to the RFC.
 * `inferred`: needs an assumption about what the other side received.
 */
export type Certainty = 'seen' | 'near-certain' | 'inferred';

/** Where on the path the capture was taken. `both`: each endpoint's own traffic, as on a loopback or with two points. */
export interface VantageView {
  readonly position: 'client' | 'server' | 'between' | 'both' | 'unknown';
  readonly certainty: Certainty;
  /** One sentence. */
  readonly reason: string;
}

export type FateKind =
  | 'delivered'
  | 'lost-before-capture'
  | 'lost-after-capture'
  | 'lost-between'
  /** It was captured and had no effect: lost after the capture point, or thrown away by the receiver. */
  | 'lost-or-rejected'
  /** Altered on the way, as two capture points prove or a failed check shows. */
  | 'damaged'
  | 'unknown';

export interface FateView {
  readonly fate: FateKind;
  readonly certainty: Certainty;
  /** One sentence. */
  readonly reason: string;
  readonly evidence: readonly number[];
}

/** What makes a record a duplicate, beyond its bytes. */
export type DuplicateOrigin =
  /** The network delivered it twice. */
  | 'network'
  /** The capture shows one datagram twice (mirror port, "any" interface, a border router's two links). */
  | 'capture'
  /** The same record long after the original, outside what networks do: somebody replayed it. */
  | 'replay'
  /** The sender wrote it again under the same number (its IP packet is a new one, or it follows the sender's timer). */
  | 'reused-number';

export type LossPlace = 'before-capture' | 'after-capture' | 'between' | 'unknown';

/** Records that did not reach their receiver, or not this capture. */
export interface LossView {
  readonly sender: Sender;
  readonly epoch: number;
  /** Ascending. Numbers that are missing in the capture, or of the captured records that got lost later. */
  readonly sequenceNumbers: readonly number[];
  /** What they carried, as far as it can be told; empty where it cannot. */
  readonly messages: readonly string[];
  readonly where: LossPlace;
  /** False only where two capture points prove it. */
  readonly inferred: boolean;
  readonly certainty: Certainty;
  /** Captured packets of the lost records; empty for a loss before the capture point. */
  readonly packets: readonly number[];
  readonly records: readonly number[];
  /** When it was sent: exact where it was captured, else the time of the record that came instead of it. */
  readonly timeMs: number;
  /** Null outside flights. */
  readonly handshake: number | null;
  readonly flight: number | null;
  readonly transmission: number | null;
  /** One sentence. */
  readonly reason: string;
  /** Records that show it. */
  readonly evidence: readonly number[];
}

/** RFC 6347 §4.2.4 and RFC 9147 §5.8.1; CLOSED and ABANDONED are the observer's own. */
export type MachineStateName = 'PREPARING' | 'SENDING' | 'WAITING' | 'FINISHED' | 'CLOSED' | 'ABANDONED';

/** A transition into `state`. */
export interface MachineStepView {
  readonly timeMs: number;
  /** The packet and record that show it; null where nothing was captured at that time (a timer, a giving up). */
  readonly packet: number | null;
  readonly record: number | null;
  readonly state: MachineStateName;
  readonly handshake: number;
  /** The flight being prepared, sent or waited with; 0 before the first. */
  readonly flight: number;
  /** Transmission of that flight, from 1; 0 before the first. */
  readonly attempt: number;
  /** A few words: "sends flight 1", "timer expired", "received flight 4". */
  readonly cause: string;
  readonly inferred: boolean;
  readonly certainty: Certainty;
  /** A stateless server before the cookie came back: it waits, but has no timer (RFC 6347 §4.2.1). */
  readonly stateless: boolean;
  /** What the RFC's figure does not allow, in one sentence; null for an allowed transition. */
  readonly violation: string | null;
  /** Records that justify it, besides `record`. */
  readonly evidence: readonly number[];
}

/** RFC 9147 §5.8.4: what is written after the handshake has a machine of its own. */
export interface PostHandshakeMachineView {
  readonly sender: Sender;
  /** "NewSessionTicket", "KeyUpdate", … */
  readonly message: string;
  readonly flight: number;
  readonly steps: readonly MachineStepView[];
}

export interface MachinesView {
  readonly client: readonly MachineStepView[];
  readonly server: readonly MachineStepView[];
  readonly postHandshake: readonly PostHandshakeMachineView[];
}

/** The retransmission timer of one endpoint, as its repeats show it. Seconds, as TIMERS of stacks are given. */
export interface TimerView {
  readonly initial: number;
  /** Null with one sample. */
  readonly factor: number | null;
  /**
   * Clean gaps: nothing of the peer arrived in between. Others only where they go on as the schedule does, or where none
   * was clean; then `remarks` says so.
   */
  readonly samples: readonly number[];
  /** Names of stacks whose schedule fits; empty where none does. */
  readonly consistentWith: readonly string[];
  /** What in the packets besides the gaps narrowed it down. */
  readonly hints: readonly string[];
  /** A repeat that the schedule does not explain, in one sentence each. */
  readonly remarks: readonly string[];
}

export interface TimersView {
  readonly client: TimerView | null;
  readonly server: TimerView | null;
}

/** Who waited for whom in one flight. */
export interface FlightTimingView {
  readonly handshake: number;
  readonly flight: number;
  readonly sender: Sender;
  readonly startMs: number;
  /** When the whole of it had been captured for the first time; null where it never was. */
  readonly completeMs: number | null;
  /** From the completing record of the flight before to the first of this one: path and computing, as seen here. */
  readonly answerAfterMs: number | null;
  /** Spent until a timer expired, over all its transmissions but the last needed one. */
  readonly timerWaitMs: number;
}

export interface TimingView {
  /** Of the first established handshake. */
  readonly handshakeMs: number | null;
  readonly timerWaitMs: { readonly client: number; readonly server: number };
  /**
   * The least time from a flight of this side to its answer, as seen from this capture point; null where there is none.
   */
  readonly roundTripMs: { readonly client: number | null; readonly server: number | null };
  readonly flights: readonly FlightTimingView[];
}

export type RelationKind =
  /** A new handshake on the same quartet while the earlier association lived. */
  | 'replaces'
  | 'replaced-by'
  /** The former server opened a handshake as a client. */
  | 'role-reversal'
  /** Both ends sent a ClientHello before either saw the other's. */
  | 'simultaneous'
  /** Resumed from that association, by session ID, ticket or PSK. */
  | 'resumes'
  | 'resumed-by'
  /** The server answers nothing under the old keys but opens new handshakes: it lost its state. */
  | 'server-restart'
  /**
   * The path moved: another address or port under the same keys. `with` is null, unless without keys the other end of the
   * path is an association of its own.
   */
  | 'rebinding'
  /** Silence for so long that what follows is answered by nobody. `with` is null. */
  | 'idle-drop'
  /** The client's association just before: from another port, or on these ports where that one had ended or goes on. */
  | 'same-client';

export interface RelationView {
  readonly kind: RelationKind;
  /** Id of the other association. */
  readonly with: string | null;
  readonly timeMs: number;
  readonly packet: number | null;
  readonly certainty: Certainty;
  /** One sentence. */
  readonly says: string;
}

/** What a receiver with the window of RFC 6347 §4.1.2.6 would have thrown away. */
export interface ReplayDropView {
  readonly record: number;
  readonly sender: Sender;
  readonly epoch: number;
  readonly sequenceNumber: number;
  /** Already received, or older than the window of 64. */
  readonly why: 'repeated' | 'too-old';
}

/** Two capture points of the same traffic, and how their clocks relate. */
export interface PointsView {
  readonly points: readonly {
    /** Indexes of its captures. */
    readonly captures: readonly number[];
    readonly near: 'client' | 'server' | 'unknown';
  }[];
  /** What to subtract from the second point's clock at its start, in ms, and how far wrong that may be. */
  readonly offsetMs: number;
  readonly offsetErrorMs: number;
  /** Parts per million by which the second clock runs fast, and how far wrong that may be. */
  readonly driftPpm: number;
  readonly driftErrorPpm: number;
  /** Datagrams that both points have. */
  readonly common: number;
  readonly lost: { readonly fromFirst: number; readonly fromSecond: number };
  /** Delays on the common clock: their sum over both directions is certain, the split between them within the error. */
  readonly delayMs: { readonly fromFirst: DelayView | null; readonly fromSecond: DelayView | null };
}

export interface DelayView {
  readonly least: number;
  readonly median: number;
  readonly greatest: number;
}

/** A datagram at the other capture point. */
export interface ArrivalView {
  readonly capture: number;
  readonly packet: number;
  readonly timeMs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
}
