/** The datagrams of a conversation as one stream, each with what became of it between the points. */
import type { Datagram, Piece, Sighting, Transit } from '../../capture/datagram.ts';
import type { Clocks } from './alignment.ts';
import type { Altered, Part } from './changed.ts';
import type { Journeys } from './journeys.ts';
import type { OwnAddresses } from './own-addresses.ts';
import type { Seen } from './sightings.ts';
import type { Watch, Watching } from './watch.ts';

export interface Surroundings {
  readonly clocks: Clocks;
  readonly watches: readonly [Watch, Watch];
  readonly pointOf: (seen: Seen) => 0 | 1;
  readonly timeOf: (seen: Seen) => number;
}

export function emit(
  journeys: readonly Journeys[],
  addresses: OwnAddresses,
  tag: string,
  around: Surroundings,
): Datagram[] {
  return journeys.flatMap((one) => new Emitter(one, addresses, tag, around).all());
}

class Emitter {
  readonly #journeys: Journeys;
  readonly #addresses: OwnAddresses;
  readonly #tag: string;
  readonly #around: Surroundings;
  readonly #out: Datagram[] = [];

  constructor(journeys: Journeys, addresses: OwnAddresses, tag: string, around: Surroundings) {
    this.#journeys = journeys;
    this.#addresses = addresses;
    this.#tag = tag;
    this.#around = around;
  }

  all(): Datagram[] {
    const { matched, changed, unexplained, echoes, lacking } = this.#journeys;
    for (const [sent, arrival] of matched.pairs) this.#delivered(sent, arrival);
    for (const [sent, how] of changed.altered) this.#altered(sent, how);
    for (const [sent, parts] of changed.repacked) this.#repacked(sent, parts);
    for (const sent of matched.sentOnly)
      if (!changed.altered.has(sent) && !changed.repacked.has(sent)) this.#lost(sent);
    for (const { seen } of matched.copies)
      if (echoes.has(seen)) this.#untold(seen);
      else this.#injected(seen, true);
    for (const seen of unexplained) {
      const watching = this.#watchingSender(seen);
      if (lacking === 'nothing' || watching === 'not') this.#untold(seen);
      else this.#injected(seen, watching === 'recording');
    }
    for (const echo of matched.echoes) this.#untold(echo);
    return this.#out;
  }

  #delivered(sent: Seen, arrival: Seen): void {
    this.#send(sent, arrival, { ...this.#times(sent, arrival), proven: true, altered: false });
  }

  /** Records that arrived as they were are delivered; of the others, what was sent and what came are in the stream. */
  #altered(sent: Seen, { arrival, runs }: Altered): void {
    for (const run of runs) {
      const { altered, recordsBefore } = run;
      const fate = { ...this.#times(sent, arrival), proven: true, altered };
      const before = { recordsBefore, recordsBeforeArrival: recordsBefore };
      if (run.sent) this.#send(sent, arrival, { ...fate, ...before }, part(sent.datagram, run.sent));
      if (altered && run.arrived)
        this.#arrived(arrival, { ...fate, sentNs: null, ...before }, part(arrival.datagram, run.arrived));
    }
  }

  #lost(sent: Seen): void {
    const { lacking } = this.#journeys;
    const watching = this.#watchingReceiver(sent);
    const proven = lacking === 'lost' && watching === 'recording';
    if (lacking === 'nothing' || watching === 'not') this.#untold(sent);
    else this.#send(sent, null, { ...this.#times(sent, null), proven, altered: false });
  }

  #repacked(sent: Seen, parts: readonly Part[]): void {
    const recording = this.#watchingReceiver(sent) === 'recording';
    for (const { from, to, arrival, ...before } of parts) {
      const proven = arrival !== null || recording;
      const fate = { ...this.#times(sent, arrival), proven, altered: false, ...before };
      this.#send(sent, arrival, fate, part(sent.datagram, { from, to }));
    }
  }

  /** A datagram that seems to arrive before it was sent, within the error of the clocks, took no time at all. */
  #times(sent: Seen, arrival: Seen | null): Pick<Transit, 'sentNs' | 'arrivedNs'> {
    const sentNs = this.#timeNs(sent);
    return { sentNs, arrivedNs: arrival && later(sentNs, this.#timeNs(arrival)) };
  }

  /** What the sender's point has, with or without an arrival. */
  #send(sent: Seen, arrival: Seen | null, fate: Fate, datagram: Datagram = sent.datagram): void {
    const receiver = this.#receiverPoint;
    const destination = arrival?.datagram.destination ?? this.#addresses.at(receiver, this.#around.timeOf(sent));
    const transit = transitOf(fate, arrival && sighting(arrival), sent);
    this.#push(sent, datagram, { destination: destination ?? datagram.destination, transit });
  }

  /** What only the receiver's point has. */
  #arrived(seen: Seen, fate: Fate, datagram: Datagram = seen.datagram): void {
    const source = this.#addresses.at(this.#journeys.senderPoint, this.#around.timeOf(seen)) ?? datagram.source;
    const transit = transitOf(fate, null, seen);
    this.#push(seen, datagram, { source, transit });
  }

  /** A copy, or something that was never sent. */
  #injected(seen: Seen, proven: boolean): void {
    this.#arrived(seen, { sentNs: null, arrivedNs: this.#timeNs(seen), proven, altered: false });
  }

  /** What the other point's silence tells nothing about: it stays as it is, but for the addresses. */
  #untold(seen: Seen): void {
    const time = this.#around.timeOf(seen);
    const { datagram } = seen;
    const atSender = this.#around.pointOf(seen) === this.#journeys.senderPoint;
    const other = this.#addresses.at(atSender ? this.#receiverPoint : this.#journeys.senderPoint, time);
    this.#push(seen, datagram, other ? (atSender ? { destination: other } : { source: other }) : {});
  }

  #push(seen: Seen, datagram: Datagram, changes: Partial<Datagram>): void {
    const { sentNs = null, arrivedNs = null } = changes.transit ?? {};
    const timeNs = sentNs ?? arrivedNs ?? this.#timeNs(seen);
    this.#out.push({ ...datagram, ...changes, timeNs, tag: this.#tag });
  }

  get #receiverPoint(): 0 | 1 {
    return this.#journeys.senderPoint === 0 ? 1 : 0;
  }

  #watchingReceiver(sent: Seen): Watching {
    const { usualDelay, common } = this.#journeys;
    const time = this.#around.timeOf(sent);
    // What was sent last arrives last, as a rule.
    const latest = Math.max(time + usualDelay, time > common.to ? common.arrived : time);
    return this.#around.watches[this.#receiverPoint].at(time, latest, this.#isBetween(time));
  }

  #watchingSender(arrived: Seen): Watching {
    const { senderPoint, usualDelay } = this.#journeys;
    const time = this.#around.timeOf(arrived);
    return this.#around.watches[senderPoint].at(time - usualDelay, time, this.#isBetween(time - usualDelay));
  }

  #isBetween(sentMs: number): boolean {
    const { from, to } = this.#journeys.common;
    return sentMs > from && sentMs < to;
  }

  #timeNs(seen: Seen): bigint {
    return this.#around.clocks.toNs(this.#around.pointOf(seen), seen.datagram.timeNs);
  }
}

type Fate = Pick<Transit, 'sentNs' | 'arrivedNs' | 'proven' | 'altered'> &
  Partial<Pick<Transit, 'recordsBefore' | 'recordsBeforeArrival'>>;

/** Most datagrams arrive as the datagrams that were sent. */
function transitOf(fate: Fate, arrival: Sighting | null, { datagram: { source, destination } }: Seen): Transit {
  const { sentNs, arrivedNs, proven, altered, recordsBefore = 0, recordsBeforeArrival = 0 } = fate;
  const seen = { source, destination };
  return { sentNs, arrivedNs, proven, altered, arrival, seen, recordsBefore, recordsBeforeArrival };
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function sighting({ datagram: { capture, packet, source, destination } }: Seen): Sighting {
  return { capture, packet, source, destination };
}

/** Some records of a datagram, with the places of their bytes. */
function part(datagram: Datagram, { from, to }: { readonly from: number; readonly to: number }): Datagram {
  const { payload, pieces } = datagram;
  if (from === 0 && to === payload.length) return datagram;
  const cut = pieces.flatMap((piece): Piece[] => {
    const [start, end] = [Math.max(piece.from, from), Math.min(piece.from + piece.length, to)];
    if (start >= end) return [];
    return [{ ...piece, from: start - from, fileOffset: piece.fileOffset + start - piece.from, length: end - start }];
  });
  const [first, ...rest] = cut;
  return { ...datagram, payload: payload.subarray(from, to), pieces: first ? [first, ...rest] : pieces };
}
