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
import type { RecordList } from '../record-list.ts';
import { SENDERS, type Side } from '../record-table.ts';
import { type Story, storyOf } from '../story-of.ts';
import type { Association, FlightView, HandshakeView, Sender, TransmissionView } from '../trace.ts';
import { type DatagramFacts, datagramFacts } from './datagram-facts.ts';
import { type RecordFact, recordFact } from './record-fact.ts';
import type { Evidence } from './rule.ts';
import { SortedRecords } from './sorted-records.ts';
import type { TraceSubject } from './trace-subject.ts';

export type { RecordFact };

/** All that is known of an association before it is diagnosed. */
export type AssociationFacts = Omit<Association, 'verdict' | 'findings'>;

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
  #a: AssociationFacts | null = null;
  /** The whole trace: neighbours on the same addresses, captures, surroundings. */
  readonly all: TraceSubject;
  #sorted: SortedRecords | null = null;
  #facts: readonly RecordFact[] | null = null;
  #others: readonly RecordFact[] | null = null;
  #datagrams: DatagramFacts | null = null;
  #remembered: Map<(subject: Subject) => unknown, unknown> | null = null;
  /** What it remembers is about the messages of this reading. */
  #rememberedOf: AnalysedAssociation['handshakes'] | null = null;
  #remembers = false;

  constructor(trace: AnalysedTrace, analysed: AnalysedAssociation, all: TraceSubject) {
    this.trace = trace;
    this.analysed = analysed;
    this.all = all;
  }

  get a(): AssociationFacts {
    this.#a ??= this.#made(this.all.factsOf(this.analysed));
    return this.#a;
  }

  /** When its first record was captured. */
  get startMs(): number {
    return this.trace.timeMs(this.analysed.state.records[0] ?? 0);
  }

  get story(): Story {
    return storyOf(this.trace, this.analysed);
  }

  /**
   * All of them, in order of capture. There may be many thousands: a rule that can do so asks `sorted` or `others`, and
   * this only once it is sure to have something to say.
   */
  get records(): readonly RecordFact[] {
    this.#facts ??= this.#made(Array.from(this.analysed.state.records, (index) => this.fact(index)));
    return this.#facts;
  }

  /** Those captured after one of them. */
  factsAfter(index: number): readonly RecordFact[] {
    const { records } = this.analysed.state;
    let [low, high] = [0, records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((records[middle] ?? 0) > index) high = middle;
      else low = middle + 1;
    }
    return Array.from(records.slice(low), (record) => this.fact(record));
  }

  get sorted(): SortedRecords {
    this.#sorted ??= this.#made(new SortedRecords(this.analysed.state, this.trace.records, this.a));
    return this.#sorted;
  }

  /** All but plain application data, in order of capture: mostly few. */
  get others(): readonly RecordFact[] {
    this.#others ??= this.#made(this.sorted.others.map((index) => this.fact(index)));
    return this.#others;
  }

  get datagrams(): DatagramFacts {
    this.#datagrams ??= this.#made(datagramFacts(this.trace, this.analysed.state.records, this.all.allPlain));
    return this.#datagrams;
  }

  /** Two points saw the association. */
  get atTwoPoints(): boolean {
    const first = this.analysed.state.records[0];
    if (first === undefined) return false;
    const { datagrams, records } = this.trace;
    const index = records.columns.datagram.get(first);
    // A plain one comes from one point.
    return datagrams.plain(index) === null && datagrams.at(index).transit !== undefined;
  }

  /** What `make` says of it; made once, and again only after `release`. */
  remember<T>(make: (subject: Subject) => T): T {
    const { handshakes } = this.analysed;
    if (this.#rememberedOf !== handshakes) this.#remembered = null;
    this.#rememberedOf = handshakes;
    this.#remembered ??= new Map();
    // While it is made, this subject may have to forget.
    const remembered = this.#remembered;
    if (!remembered.has(make)) remembered.set(make, this.#made(make(this)));
    return remembered.get(make) as T;
  }

  #made<T>(what: T): T {
    if (!this.#remembers) this.all.begins(this);
    this.#remembers = true;
    return what;
  }

  /** Forgets what was made for its diagnosis: whoever asks again has it made again. */
  release(): void {
    this.#remembers = false;
    this.#a = null;
    this.#sorted = null;
    this.#facts = null;
    this.#others = null;
    this.#datagrams = null;
    this.#remembered = null;
    this.#rememberedOf = null;
  }

  fact(index: number): RecordFact {
    return recordFact(this.trace, index);
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
    const found: Said<T>[] = [];
    for (const { state } of this.analysed.handshakes) {
      for (const message of state.messages) {
        const { decoded, completedBy: record, side } = message;
        if (record === null || decoded?.type !== type) continue;
        if (sender !== undefined && SENDERS[side] !== sender) continue;
        found.push({
          message,
          decoded: decoded as Said<T>['decoded'],
          side,
          record,
          timeMs: this.trace.timeMs(record),
          handshake: state.number,
        });
      }
    }
    return found.length > 1 ? found.sort((x, y) => x.record - y.record) : found;
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
    return Array.from(this.#within(side, timeMs, Number.POSITIVE_INFINITY), (index) => this.fact(index));
  }

  /** Whether anything of a side was captured after a time. */
  spokeAfter(side: Side, timeMs: number): boolean {
    return this.#within(side, timeMs, Number.POSITIVE_INFINITY).length > 0;
  }

  /** A side sent nothing for this long after a time, and the capture went on. */
  quiet(side: Side, afterMs: number, forMs: number): boolean {
    return this.watched(afterMs, forMs) && this.#within(side, afterMs, afterMs + forMs).length === 0;
  }

  /** Records of a side captured after a time, and until another. */
  #within(side: Side, afterMs: number, untilMs: number): RecordList {
    const c = this.trace.records.columns;
    return this.analysed.state.records.filter((record) => {
      if (c.side[record] !== side) return false;
      const timeMs = this.trace.timeMs(record);
      return timeMs > afterMs && timeMs <= untilMs;
    });
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
