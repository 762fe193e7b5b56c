/** One record as the views see it, made from the columns when somebody looks. */
import type { Datagram } from '../capture/datagram.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { leftOutWords, whyClosed } from './closed-words.ts';
import { packetsOf, transitOf } from './rare-traits.ts';
import { Recall } from './recall.ts';
import { passingPlaceOf, RecordReading } from './record-content.ts';
import { DUPLICATE_ORIGINS, HIDDEN_TYPE, MARKS, REASONS, SENDERS, STATES } from './record-table.ts';
import { contentsOf, type IndexOf } from './shown-contents.ts';
import type { ArrivalView, DuplicateOrigin, FateView } from './story.ts';
import { storyOf } from './story-of.ts';
import type { RecordFacts, RecordView } from './trace.ts';

export function recordView(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  record: number,
  indexOf: IndexOf,
): RecordView {
  return viewOf(new RecordReading(trace, association, record, passingPlaceOf), indexOf);
}

/** Of a record that somebody looks at anyway. */
export function viewOf(reading: RecordReading, indexOf: IndexOf): RecordView {
  const { trace, association, record } = reading;
  const facts = recordFacts(trace, association, record);
  return { ...facts, contents: contentsOf(reading, facts, indexOf) };
}

/** All that the columns tell, without a look at its bytes. */
export function recordFacts(trace: AnalysedTrace, association: AnalysedAssociation, record: number): RecordFacts {
  const c = trace.records.columns;
  const datagram = trace.datagramOf(record);
  const from = c.from.get(record);
  const { handshake, flight, transmission } = c.place.get(record);
  const reason = REASONS[(c.reason[record] ?? 0) - 1] ?? null;
  const leftOut = leftOutOf(trace, datagram, record);
  return {
    record: record + 1,
    capture: datagram.capture,
    packet: datagram.packet,
    packets: packetsOf(trace, record),
    inDatagram: positionInDatagram(trace, record),
    timeMs: trace.timeMs(record),
    sender: SENDERS[c.side[record] ?? 0] ?? 'client',
    offset: fileOffset(datagram.pieces, from),
    length: c.length.get(record),
    contentType: shownType(c.contentType[record]),
    version: c.version[record] || null,
    epoch: c.epoch[record] ?? 0,
    sequenceNumber: numberOrNull(c.sequenceNumber.get(record)),
    state: STATES[c.state[record] ?? 0] ?? 'plaintext',
    reason,
    explanation: reason && (leftOutWords(leftOut) ?? whyClosed(reason, association, c.epoch[record] ?? 0)),
    ...(leftOut ? { leftOut } : {}),
    mark: MARKS[c.mark[record] ?? 0] ?? 'original',
    duplicateOrigin: duplicateOriginOf(trace, record),
    arrival: arrivalOf(trace, record),
    fate: fateOf(trace, association, record),
    repeats: c.repeats.get(record) || null,
    handshake: handshake || null,
    flight: flight || null,
    transmission: transmission || null,
  };
}

/** Null where its content is there. */
function leftOutOf(trace: AnalysedTrace, datagram: Datagram, record: number): RecordView['leftOut'] | null {
  if (!datagram.leftOut) return null;
  const from = trace.records.columns.from.get(record);
  const to = from + trace.records.columns.length.get(record);
  if (!datagram.leftOut.some((out) => out.from >= from && out.to <= to)) return null;
  return trace.given.lengthsLeftOut ? 'content-and-length' : 'content';
}

function duplicateOriginOf(trace: AnalysedTrace, record: number): DuplicateOrigin | null {
  return DUPLICATE_ORIGINS[trace.records.columns.duplicateOrigin.get(record) - 1] ?? null;
}

function arrivalOf(trace: AnalysedTrace, record: number): ArrivalView | null {
  const arrival = transitOf(trace, record)?.arrival;
  const timeMs = trace.arrivalMs(record);
  return arrival && timeMs !== null ? { ...arrival, timeMs } : null;
}

/** That of its transmission; a copy made by the network has none of its own. */
function fateOf(trace: AnalysedTrace, association: AnalysedAssociation, record: number): FateView | null {
  const c = trace.records.columns;
  const { handshake, flight: number, transmission: attempt } = c.place.get(record);
  if (attempt === 0 || c.duplicateOrigin.get(record) !== 0) return null;
  const flight = flightsByNumber(association).get(flightKey(handshake, number));
  const transmission = flight?.transmissions[attempt - 1];
  return (transmission && storyOf(trace, association).fates.get(transmission)) ?? null;
}

type Flights = ReadonlyMap<string, AnalysedAssociation['handshakes'][number]['flights'][number]>;
const numbered = new Recall<AnalysedAssociation['handshakes'], Flights>();
const flightKey = (handshake = 0, flight = 0): string => `${handshake}.${flight}`;

function flightsByNumber(association: AnalysedAssociation): Flights {
  const before = numbered.get(association.handshakes);
  if (before) return before;
  const flights = new Map(
    association.handshakes.flatMap(({ state, flights: all }) => all.map((f) => [flightKey(state.number, f.number), f])),
  );
  numbered.set(association.handshakes, flights);
  return flights;
}

function positionInDatagram(trace: AnalysedTrace, record: number): number {
  const c = trace.records.columns;
  let position = 1 + (transitOf(trace, record)?.recordsBefore ?? 0);
  for (let i = record - 1; i >= 0 && c.datagram.get(i) === c.datagram.get(record); i--) position++;
  return position;
}

const shownType = (type = HIDDEN_TYPE): number | null => (type === HIDDEN_TYPE ? null : type);
const numberOrNull = (n: number): number | null => (Number.isNaN(n) ? null : n);

/** Where a payload byte lies in the file. */
function fileOffset(pieces: Datagram['pieces'], at: number): number {
  const piece = pieces.findLast((p) => p.from <= at) ?? pieces[0];
  return piece.fileOffset + at - piece.from;
}
