/** What of the flight that an endpoint waits for has come, message by message and byte by byte. */
import type { FateKind } from '../analysis/story.ts';
import type { AssociationDetail, FlightView, Sender } from '../analysis/trace.ts';
import { flightMessages } from './flight-messages.ts';
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
  const history = historyOf(detail, handshake, flight);
  const messages = history.map(({ name, length, arrivals, lostMs }) => {
    const arrived = pieced(arrivals.filter(({ ms }) => ms <= timeMs));
    return { name, length, arrived, lost: lostMs <= timeMs };
  });
  if (messages.every((m) => m.arrived.length === 0)) return null;
  const lastCome = messages.findLastIndex((m) => m.arrived.length > 0);
  const covered = messages.map(({ name, length, arrived, lost }, i): CoveredMessage => {
    const [first, ...others] = joined(arrived);
    const whole = first !== undefined && others.length === 0 && first.from === 0 && first.to >= length;
    const absent = lost || i < lastCome ? 'missing' : 'open';
    return { name, short: SHORT[name] ?? name, arrival: whole ? 'arrived' : first ? 'partly' : absent };
  });
  const at = covered.findIndex((m) => m.arrival === 'partly');
  const partly = messages[at];
  const bytes = partly
    ? { message: partly.name, length: partly.length, pieces: piecesOf(partly, at < lastCome) }
    : null;
  return { flight: flight.number, messages: covered, bytes, says: sentence(flight.number, covered, bytes) };
}

/** What there is to know of one message of a flight, whatever the moment. */
interface History {
  readonly name: string;
  readonly length: number;
  /** When each range of its bytes came for the first time: repeats add nothing. */
  readonly arrivals: readonly Arrived[];
  /** Since when a loss of it is known. */
  readonly lostMs: number;
}

interface Arrived extends Span {
  readonly ms: number;
}

/** It was captured, and yet had no effect; what got lost before the capture point says nothing of what is here. */
const CAME_TO_NOTHING: ReadonlySet<FateKind> = new Set<FateKind>(['lost-after-capture', 'lost-or-rejected', 'damaged']);

const histories = new WeakMap<FlightView, readonly History[]>();

function historyOf(detail: AssociationDetail, handshake: number, flight: FlightView): readonly History[] {
  const known = histories.get(flight);
  if (known) return known;
  const { records, placeOf } = timelineOf(detail);
  const own = <T extends { readonly handshake: number | null; readonly flight: number | null }>(one: T) =>
    one.handshake === handshake && one.flight === flight.number;
  const lost = new Set(detail.losses.filter((l) => l.sender === flight.sender).flatMap((l) => l.records));
  const losses = detail.losses.filter(own);
  const sent = detail.messages.filter(own);
  const history = flightMessages(detail, handshake, flight).map((name): History => {
    const all = sent.filter((m) => m.name === name);
    const arrivals = new Map<string, Arrived>();
    for (const { record, from, to } of all.flatMap((m) => m.ranges)) {
      const carrier = records[placeOf.get(record) ?? -1];
      if (!carrier || lost.has(record) || CAME_TO_NOTHING.has(carrier.fate?.fate ?? 'unknown')) continue;
      const ms = carrier.arrival?.timeMs ?? carrier.timeMs;
      const before = arrivals.get(`${from} ${to}`);
      if (!before || ms < before.ms) arrivals.set(`${from} ${to}`, { from, to, ms });
    }
    return {
      name,
      length: all.reduce((most, m) => Math.max(most, m.length), 1),
      arrivals: [...arrivals.values()],
      lostMs: losses.reduce(
        (ms, l) => (l.messages.includes(name) ? Math.min(ms, l.timeMs) : ms),
        Number.POSITIVE_INFINITY,
      ),
    };
  });
  histories.set(flight, history);
  return history;
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

/** More of them are not told apart. */
const MOST_PIECES = 6;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** What arrived, in order and without overlaps: a piece for each that touches the next, unless there are too many. */
function pieced(ranges: readonly Span[]): Span[] {
  const spans: { from: number; to: number }[] = [];
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    const end = spans.at(-1)?.to ?? 0;
    // An empty message is one byte wide, so that it can have come.
    const until = Math.max(to, from + (to === 0 ? 1 : 0));
    if (until > end) spans.push({ from: Math.max(from, end), to: until });
  }
  return spans.length > MOST_PIECES ? joined(spans) : spans;
}

function joined(spans: readonly Span[]): Span[] {
  const whole: { from: number; to: number }[] = [];
  for (const { from, to } of spans) {
    const last = whole.at(-1);
    if (last && from === last.to) last.to = to;
    else whole.push({ from, to });
  }
  return whole;
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
