/** What of the flight that an endpoint waits for has come, message by message and byte by byte. */
import type { AssociationDetail, FlightView, MessageView, Sender } from '../analysis/trace.ts';
import { timelineOf } from './timeline.ts';

/** `missing`: something sent after it has come, or its loss is known; `open`: nothing tells yet. */
export type Arrival = 'arrived' | 'partly' | 'missing' | 'open';

export interface CoveredMessage {
  readonly name: string;
  /** "CCS", "Ticket": where the name has no room. */
  readonly short: string;
  readonly arrival: Arrival;
}

export interface CoveredBytes {
  readonly message: string;
  readonly length: number;
  readonly pieces: readonly { readonly from: number; readonly to: number; readonly arrival: Arrival }[];
}

export interface CoverageAt {
  readonly flight: number;
  readonly messages: readonly CoveredMessage[];
  /** Of the message that has come in part; null where there is none. */
  readonly bytes: CoveredBytes | null;
  /** As a sentence. */
  readonly says: string;
}

const SHORT: Readonly<Record<string, string>> = {
  NewSessionTicket: 'Ticket',
  ChangeCipherSpec: 'CCS',
  HelloVerifyRequest: 'Verify',
  HelloRetryRequest: 'Retry',
  ServerKeyExchange: 'SKE',
  ClientKeyExchange: 'CKE',
  CertificateRequest: 'CertReq',
  CertificateVerify: 'CertVer',
  CertificateStatus: 'Status',
  EncryptedExtensions: 'EncExt',
  ServerHelloDone: 'Done',
  Certificate: 'Cert',
  ClientHello: 'Hello',
  ServerHello: 'Hello',
};

/** Null before anything of the flight has come, and where nothing is known of what it holds. */
export function coverageAt(
  detail: AssociationDetail,
  handshake: number,
  flight: FlightView,
  timeMs: number,
): CoverageAt | null {
  const sent = detail.messages.filter((m) => m.handshake === handshake && m.flight === flight.number);
  const came = arrivedBy(detail, flight.sender, timeMs);
  const messages = flight.messages.map((name) => {
    const all = sent.filter((m) => m.name === name);
    const length = Math.max(1, ...all.map((m) => m.length));
    return { name, length, arrived: merged(all.flatMap((m) => m.ranges.filter((range) => came(range.record)))) };
  });
  if (messages.every((m) => m.arrived.length === 0)) return null;
  const lost = new Set(
    detail.losses
      .filter((l) => l.handshake === handshake && l.flight === flight.number && l.timeMs <= timeMs)
      .flatMap((l) => l.messages),
  );
  const lastCome = messages.findLastIndex((m) => m.arrived.length > 0);
  const covered = messages.map(({ name, length, arrived }, i): CoveredMessage => {
    const [first] = arrived;
    const whole = arrived.length === 1 && first !== undefined && first.from === 0 && first.to >= length;
    const absent = lost.has(name) || i < lastCome ? 'missing' : 'open';
    return { name, short: SHORT[name] ?? name, arrival: whole ? 'arrived' : first ? 'partly' : absent };
  });
  const at = covered.findIndex((m) => m.arrival === 'partly');
  const partly = messages[at];
  const bytes = partly
    ? { message: partly.name, length: partly.length, pieces: piecesOf(partly, at < lastCome) }
    : null;
  return { flight: flight.number, messages: covered, bytes, says: sentence(flight.number, covered, bytes) };
}

/** The flight that answers: the peer's next one of this handshake. */
export function awaitedFlight(
  { association }: AssociationDetail,
  waiter: Sender,
  step: { readonly handshake: number; readonly flight: number },
): FlightView | null {
  const handshake = association.handshakes.find((h) => h.number === step.handshake);
  return handshake?.flights.find((f) => f.sender !== waiter && f.number > step.flight) ?? null;
}

/** Whether a record had reached the receiver's end of the path, as far as the capture tells. */
function arrivedBy(detail: AssociationDetail, sender: Sender, timeMs: number): (record: number) => boolean {
  const { records, placeOf } = timelineOf(detail);
  const lost = new Set(detail.losses.filter((l) => l.sender === sender).flatMap((l) => l.records));
  return (number) => {
    const record = records[placeOf.get(number) ?? -1];
    return record !== undefined && !lost.has(number) && (record.arrival?.timeMs ?? record.timeMs) <= timeMs;
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function merged(ranges: readonly Pick<MessageView['ranges'][number], 'from' | 'to'>[]): Span[] {
  const spans: { from: number; to: number }[] = [];
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = spans.at(-1);
    // An empty message is one byte wide, so that it can have come.
    const end = Math.max(to, from + (to === 0 ? 1 : 0));
    if (last && from <= last.to) last.to = Math.max(last.to, end);
    else spans.push({ from, to: end });
  }
  return spans;
}

function piecesOf({ length, arrived }: { readonly length: number; readonly arrived: readonly Span[] }, later: boolean) {
  const pieces: { from: number; to: number; arrival: Arrival }[] = [];
  let at = 0;
  for (const { from, to } of arrived) {
    if (from > at) pieces.push({ from: at, to: from, arrival: 'missing' });
    pieces.push({ from, to, arrival: 'arrived' });
    at = to;
  }
  if (at < length) pieces.push({ from: at, to: length, arrival: later ? 'missing' : 'open' });
  return pieces;
}

function sentence(flight: number, messages: readonly CoveredMessage[], bytes: CoveredBytes | null): string {
  const named = (arrival: Arrival) => messages.filter((m) => m.arrival === arrival).map((m) => m.name);
  const part = (names: readonly string[], verb: string) => (names.length > 0 ? [`${names.join(', ')} ${verb}`] : []);
  const holes = bytes?.pieces.filter((p) => p.arrival !== 'arrived').map((p) => `[${p.from}, ${p.to})`) ?? [];
  return `Of flight ${flight}: ${[
    ...part(named('arrived'), 'arrived'),
    ...(bytes ? [`${bytes.message} without bytes ${holes.join(' and ')} of ${bytes.length}`] : []),
    ...part(named('missing'), 'missing'),
    ...part(named('open'), 'still to come'),
  ].join('; ')}.`;
}
