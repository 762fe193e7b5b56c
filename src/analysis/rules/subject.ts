/** What a rule sees of one association: what was sent, what happened, and who is around. Read-only; parts are made when asked for. */
import type { Datagram } from '../../capture/datagram.ts';
import type { ClientHello } from '../../dtls/messages/client-hello.ts';
import type { HandshakeMessage } from '../../dtls/messages/index.ts';
import type { ServerHello } from '../../dtls/messages/server-hello.ts';
import { alertDescriptionName } from '../../dtls/registry.ts';
import type { AnalysedAssociation, AnalysedTrace } from '../analyse.ts';
import type { Carried } from '../carried.ts';
import type { MessageInstance } from '../handshake-state.ts';
import type { Ending } from '../outcome.ts';
import { HIDDEN_TYPE, MARKS, REASONS, SENDERS, type Side, STATES } from '../record-table.ts';
import { type Story, storyOf } from '../story-of.ts';
import type {
  Association,
  ClosedReason,
  FlightView,
  HandshakeView,
  Mark,
  RecordState,
  Sender,
  TransmissionView,
} from '../trace.ts';
import type { Evidence } from './rule.ts';
import type { TraceSubject } from './trace-subject.ts';

/** All that is known of an association before it is diagnosed. */
export type AssociationFacts = Omit<Association, 'verdict' | 'findings'>;

/** One record in short. `index` is its 0-based place in the trace: what evidence names it by. */
export interface RecordFact {
  readonly index: number;
  readonly timeMs: number;
  readonly packet: number;
  readonly side: Side;
  readonly sender: Sender;
  readonly epoch: number;
  /** Null where record number encryption hides it. */
  readonly sequenceNumber: number | null;
  /** Null where it is encrypted (DTLS 1.3 without keys). */
  readonly contentType: number | null;
  /** With its header, in bytes. */
  readonly length: number;
  readonly state: RecordState;
  readonly reason: ClosedReason | null;
  readonly mark: Mark;
  /** 0 outside flights. */
  readonly handshake: number;
  readonly flight: number;
  readonly transmission: number;
}

/** The alert that ended a handshake. */
export interface EndingAlert {
  /** 0-based. */
  readonly record: number;
  readonly sender: Sender;
  readonly code: number;
  /** IANA spelling, such as handshake_failure. */
  readonly name: string;
  readonly epoch: number;
  readonly timeMs: number;
}

/** A decoded message of a certain kind and where it came from. */
export interface Said<T extends HandshakeMessage['type']> {
  readonly message: MessageInstance;
  readonly decoded: Extract<HandshakeMessage, { type: T }>;
  readonly side: Side;
  /** Record that completed it, 0-based. */
  readonly record: number;
  readonly timeMs: number;
  /** Handshake number. */
  readonly handshake: number;
}

/** A longer wait for an answer than this proves nothing more (the catalogue's give-up horizon). */
const MAX_HORIZON_MS = 30_000;

export class Subject {
  readonly trace: AnalysedTrace;
  readonly analysed: AnalysedAssociation;
  readonly a: AssociationFacts;
  /** The whole trace: neighbours on the same addresses, captures, surroundings. */
  readonly all: TraceSubject;
  #facts: readonly RecordFact[] | null = null;
  #byEpoch: ReadonlyMap<number, readonly RecordFact[]> | null = null;
  #said: ReadonlyMap<string, readonly Said<HandshakeMessage['type']>[]> | null = null;

  constructor(trace: AnalysedTrace, analysed: AnalysedAssociation, facts: AssociationFacts, all: TraceSubject) {
    this.trace = trace;
    this.analysed = analysed;
    this.a = facts;
    this.all = all;
  }

  get story(): Story {
    return storyOf(this.trace, this.analysed);
  }

  /** In order of capture. */
  get records(): readonly RecordFact[] {
    this.#facts ??= this.analysed.state.records.map((index) => this.fact(index));
    return this.#facts;
  }

  /** Those of one epoch, in order of capture. */
  inEpoch(epoch: number): readonly RecordFact[] {
    this.#byEpoch ??= this.#recordsByEpoch();
    return this.#byEpoch.get(epoch) ?? [];
  }

  #recordsByEpoch(): ReadonlyMap<number, readonly RecordFact[]> {
    const found = new Map<number, RecordFact[]>();
    for (const record of this.records) {
      const list = found.get(record.epoch);
      if (list) list.push(record);
      else found.set(record.epoch, [record]);
    }
    return found;
  }

  fact(index: number): RecordFact {
    const c = this.trace.records.columns;
    const side: Side = c.side[index] === 1 ? 1 : 0;
    const sequenceNumber = c.sequenceNumber[index] ?? Number.NaN;
    const contentType = c.contentType[index] ?? HIDDEN_TYPE;
    return {
      index,
      timeMs: this.trace.timeMs(index),
      packet: this.trace.datagramOf(index).packet,
      side,
      sender: SENDERS[side] ?? 'client',
      epoch: c.epoch[index] ?? 0,
      sequenceNumber: Number.isNaN(sequenceNumber) ? null : sequenceNumber,
      contentType: contentType === HIDDEN_TYPE ? null : contentType,
      length: c.length[index] ?? 0,
      state: STATES[c.state[index] ?? 0] ?? 'plaintext',
      reason: REASONS[(c.reason[index] ?? 0) - 1] ?? null,
      mark: MARKS[c.mark[index] ?? 0] ?? 'original',
      handshake: c.handshake[index] ?? 0,
      flight: c.flight[index] ?? 0,
      transmission: c.transmission[index] ?? 0,
    };
  }

  /** What it carries in the clear, or once opened; empty where it stayed closed. */
  carried(index: number): readonly Carried[] {
    return this.analysed.state.carried.get(index) ?? [];
  }

  datagram(index: number): Datagram {
    return this.trace.datagramOf(index);
  }

  get is13(): boolean {
    return this.analysed.state.isVersion13;
  }

  get established(): boolean {
    return this.a.outcome === 'established';
  }

  /** Nothing stopped it in this capture, and it did not get to its end. */
  get unfinished(): boolean {
    return this.a.outcome === 'failed' || this.a.outcome === 'incomplete';
  }

  get handshakes(): readonly HandshakeView[] {
    return this.a.handshakes;
  }

  /** The first one. */
  get handshake(): HandshakeView | undefined {
    return this.a.handshakes[0];
  }

  get flights(): readonly FlightView[] {
    return this.handshake?.flights ?? [];
  }

  flight(number: number): FlightView | undefined {
    return this.flights.find((f) => f.number === number);
  }

  /** The flight of the first handshake with this message in it. */
  flightWith(message: string, sender?: Sender): FlightView | undefined {
    return this.flights.find((f) => (sender === undefined || f.sender === sender) && f.messages.includes(message));
  }

  /** How the first handshake ended; null where there is none. */
  get ending(): Ending | null {
    return this.analysed.handshakes[0]?.decided.ending ?? null;
  }

  /** The alert that ended the first handshake; null where none did (a close_notify is none). */
  get endingAlert(): EndingAlert | null {
    const { ending } = this;
    if (ending?.kind !== 'alert') return null;
    const { record, side, code } = ending;
    const { epoch, timeMs } = this.fact(record);
    return { record, sender: SENDERS[side] ?? 'client', code, name: alertDescriptionName(code), epoch, timeMs };
  }

  /** The capture was taken at this endpoint (or at both): what it has of the other side came in there. */
  capturedAt(who: Sender): boolean {
    const { position } = this.story.vantage;
    return position === who || position === 'both';
  }

  /**
   * The same, beyond doubt. Loopback addresses alone are not enough: what lies between two sockets of one host, such as
   * a proxy, may lose and change datagrams as well.
   */
  surelyCapturedAt(who: Sender): boolean {
    const { position, certainty } = this.story.vantage;
    return position === 'both' ? certainty === 'seen' : position === who && certainty !== 'inferred';
  }

  /** More than a guess tells that the capture was taken there, and there alone: what it has of the other side came in. */
  surelyAt(who: Sender): boolean {
    const { position, certainty } = this.story.vantage;
    return position === who && certainty !== 'inferred';
  }

  /** Two capture points show that it was sent and never arrived; false with one point. */
  lostBetweenPoints(index: number): boolean {
    const { transit } = this.datagram(index);
    return transit?.proven === true && transit.sentNs !== null && transit.arrivedNs === null;
  }

  /** Two capture points: none of these records arrived, and at least one of them was surely lost in between. */
  noneArrived(indexes: readonly number[]): boolean {
    return indexes.every((i) => this.trace.arrivalMs(i) === null) && indexes.some((i) => this.lostBetweenPoints(i));
  }

  /** Complete messages of a kind, over all handshakes, in order of completion; each once however often it was sent. */
  said<T extends HandshakeMessage['type']>(type: T, sender?: Sender): readonly Said<T>[] {
    this.#said ??= this.#allSaid();
    return (this.#said.get(sender === undefined ? type : `${sender} ${type}`) ?? []) as unknown as readonly Said<T>[];
  }

  /** By type, and by sender and type. */
  #allSaid(): ReadonlyMap<string, readonly Said<HandshakeMessage['type']>[]> {
    const found = new Map<string, Said<HandshakeMessage['type']>[]>();
    for (const { state } of this.analysed.handshakes) {
      for (const message of state.messages) {
        const { decoded, completedBy: record, side } = message;
        if (record === null || !decoded) continue;
        const timeMs = this.trace.timeMs(record);
        const said = { message, decoded, side, record, timeMs, handshake: state.number };
        for (const key of [decoded.type, `${SENDERS[side]} ${decoded.type}`]) {
          const list = found.get(key);
          if (list) list.push(said);
          else found.set(key, [said]);
        }
      }
    }
    for (const list of found.values()) list.sort((x, y) => x.record - y.record);
    return found;
  }

  /** Of the first handshake, the last one sent (with the cookie, where there was one). */
  get clientHello(): ClientHello | null {
    return this.analysed.handshakes[0]?.state.clientHello ?? null;
  }

  get serverHello(): ServerHello | null {
    return this.analysed.handshakes[0]?.state.serverHello ?? null;
  }

  /** The capture went on for this long after a time, so that silence in it means something. */
  watched(timeMs: number, forMs: number): boolean {
    return this.all.captureEndMs - timeMs >= forMs;
  }

  /** Records of a side that were captured after a time. */
  after(side: Side, timeMs: number): readonly RecordFact[] {
    return this.records.filter((r) => r.side === side && r.timeMs > timeMs);
  }

  /** A side sent nothing for this long after a time, and the capture went on. */
  quiet(side: Side, afterMs: number, forMs: number): boolean {
    return (
      this.watched(afterMs, forMs) &&
      !this.records.some((r) => r.side === side && r.timeMs > afterMs && r.timeMs <= afterMs + forMs)
    );
  }

  /** How long to wait for an answer to the last transmission of a flight before its absence means something. */
  horizonMs(transmissions: readonly TransmissionView[]): number {
    const gap = transmissions.at(-1)?.sincePreviousMs ?? null;
    return Math.min(MAX_HORIZON_MS, gap === null ? 3000 : Math.max(1000, 3 * gap));
  }

  /** Protected records that stayed closed. */
  get closedRecords(): number {
    return this.a.records.undecryptable;
  }

  evidence(index: number, says: string): Evidence {
    return { record: index, says };
  }

  /** The first record of a transmission, and what it says. */
  sentEvidence(transmission: TransmissionView, says: string): Evidence {
    const first = transmission.records[0];
    return first === undefined ? { timeMs: transmission.startMs, says } : { record: first - 1, says };
  }
}
