/** One record as the views see it, made from the columns when somebody looks. */

import { recogniseFormat } from '../application/application.ts';
import type { Datagram } from '../capture/datagram.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { alertDescriptionName, alertLevelName, contentTypeName, handshakeTypeName } from '../dtls/registry.ts';
import { printable, toHex } from '../wire/text.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { AssociationState } from './association-state.ts';
import type { Carried } from './carried.ts';
import { CLOSED_HANDSHAKE, type FlightPart, protectedSizes } from './flight-parts.ts';
import { messageName } from './handshake-state.ts';
import { packetsOf, transitOf } from './rare-traits.ts';
import { Recall } from './recall.ts';
import { bytesOf, passingPlaceOf, RecordReading } from './record-content.ts';
import { DUPLICATE_ORIGINS, HIDDEN_TYPE, MARKS, REASONS, SENDERS, STATES } from './record-table.ts';
import type { ArrivalView, DuplicateOrigin, FateView } from './story.ts';
import { storyOf } from './story-of.ts';
import type { ClosedReason, Content, RecordFacts, RecordView } from './trace.ts';

type IndexOf = (message: FlightPart['message'], record: number) => number | null;

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
  return { ...recordFacts(trace, association, record), contents: contentsOf(reading, indexOf) };
}

/** All that the columns tell, without a look at its bytes. */
export function recordFacts(trace: AnalysedTrace, association: AnalysedAssociation, record: number): RecordFacts {
  const c = trace.records.columns;
  const datagram = trace.datagramOf(record);
  const from = c.from.get(record);
  const { handshake, flight, transmission } = c.place.get(record);
  const reason = reasonOf(trace, record);
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
    explanation: reason && (leftOutWords(leftOut) ?? explain(reason, association, c.epoch[record] ?? 0)),
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

const reasonOf = (trace: AnalysedTrace, record: number): ClosedReason | null =>
  REASONS[(trace.records.columns.reason[record] ?? 0) - 1] ?? null;

/** Null where its content is there. */
function leftOutOf(trace: AnalysedTrace, datagram: Datagram, record: number): RecordView['leftOut'] | null {
  if (!datagram.leftOut) return null;
  const from = trace.records.columns.from.get(record);
  const to = from + trace.records.columns.length.get(record);
  if (!datagram.leftOut.some((out) => out.from >= from && out.to <= to)) return null;
  return trace.given.lengthsLeftOut ? 'content-and-length' : 'content';
}

function leftOutWords(leftOut: RecordView['leftOut'] | null): string | null {
  if (!leftOut) return null;
  return leftOut === 'content'
    ? 'Whoever shared this trace left its content out.'
    : 'Whoever shared this trace left its content and its length out: the bytes here only stand in for it.';
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
export function fileOffset(pieces: Datagram['pieces'], at: number): number {
  const piece = pieces.findLast((p) => p.from <= at) ?? pieces[0];
  return piece.fileOffset + at - piece.from;
}

function explain(reason: ClosedReason, { state, handshakes }: AnalysedAssociation, epoch: number): string {
  const random = state.clientRandom?.slice(0, 16);
  switch (reason) {
    case 'no-key': {
      // Handshakes are mostly numbered without a hole; where thousands are, looking at each for each record takes long.
      const guess = handshakes[epoch - 1]?.state;
      const hello =
        guess?.number === epoch && !guess.isVersion13
          ? guess
          : handshakes.find((h) => h.state.number === epoch || h.state.isVersion13)?.state;
      if (!hello?.serverHello) return 'The ServerHello is not in the capture: its random is needed to make the keys.';
      if (state.whyClosed) return state.whyClosed;
      if (!random) return 'The ClientHello is not in the capture, and no secret of the key logs fits.';
      return `No secret for the client random ${random}… was given.`;
    }
    case 'authentication-failed':
      return 'The secret that was given does not open it: authentication failed. It was altered on the way, or written with another key.';
    case 'unsupported-suite':
      return `The cipher of ${state.protection.unsupportedSuite(epoch) ?? 'this suite'} is not supported.`;
    case 'truncated-capture':
      return 'The capture cut this record short, so it cannot be opened.';
    case 'unknown-cid-length':
      return 'The length of its connection ID is not known: the hellos are not in the capture.';
  }
}

function contentsOf(reading: RecordReading, indexOf: IndexOf): readonly Content[] {
  const { trace, association, record } = reading;
  const c = trace.records.columns;
  const reason = reasonOf(trace, record);
  const carried = association.state.carried.get(record) ?? [];
  const contents = carried.map(
    (item): Content =>
      item.kind === 'applicationData'
        ? applicationData(reading)
        : shownContent(item, record, indexOf, association.state),
  );
  if (reason) {
    const [contentType, length] = [shownType(c.contentType[record]), c.length.get(record)];
    contents.push({ kind: 'encrypted', contentType, name: closedName(association, record, trace), length, reason });
  }
  return contents;
}

function shownContent(
  item: Exclude<Carried, { kind: 'applicationData' }>,
  record: number,
  indexOf: IndexOf,
  state: AssociationState,
): Content {
  switch (item.kind) {
    case 'fragment': {
      const { type, messageSeq, length, fragmentOffset, fragmentLength, message } = item;
      return {
        kind: 'handshake',
        type,
        name: message ? messageName(message) : handshakeTypeName(type),
        messageSeq,
        length,
        fragmentOffset,
        fragmentLength,
        message: indexOf(message, record),
      };
    }
    case 'alert':
      return {
        kind: 'alert',
        level: alertLevelName(item.level),
        code: item.code,
        description: alertDescriptionName(item.code),
        fatal: item.level === 2,
      };
    case 'ack':
      return {
        kind: 'ack',
        acknowledged: item.recordNumbers.map((n) => ({ ...n, record: state.recordWithNumber(record, n) })),
      };
    case 'other':
      return {
        kind: 'other',
        contentType: item.contentType,
        name: contentTypeName(item.contentType),
        length: item.length,
      };
    default:
      return item;
  }
}

/** Opened again when it is looked at: what it says is not kept. */
function applicationData({ content }: RecordReading): Content {
  const bytes = content ? bytesOf(content) : new Uint8Array();
  const { protocol, summary } = recogniseFormat(bytes) ?? { protocol: null, summary: preview(bytes) };
  return { kind: 'applicationData', length: bytes.length, preview: summary, protocol };
}

/** Characters of text, and bytes of anything else, that are shown in lists. */
const PREVIEW_TEXT = 96;
const PREVIEW_BYTES = 24;

/** Text where it is text, else hex; cut where it is long. */
function preview(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null;
  const text = printable(bytes.subarray(0, PREVIEW_TEXT));
  if (text !== null) return bytes.length > PREVIEW_TEXT ? `${text}…` : text;
  return `0x${toHex(bytes.subarray(0, PREVIEW_BYTES))}${bytes.length > PREVIEW_BYTES ? '…' : ''}`;
}

const HEADER = 13;
const ALERT_PLAINTEXT = 2;

const closedParts = new Recall<AnalysedAssociation['handshakes'], ReadonlyMap<number, string>>();

/** By record, what the flights make of handshake records that stayed closed. */
function closedPartsOf(association: AnalysedAssociation): ReadonlyMap<number, string> {
  const before = closedParts.get(association.handshakes);
  if (before) return before;
  const names = new Map<number, string>();
  for (const { flights } of association.handshakes)
    for (const { parts } of flights)
      for (const { message, name, occurrences } of parts)
        if (message === null) for (const { record } of occurrences) if (!names.has(record)) names.set(record, name);
  closedParts.set(association.handshakes, names);
  return names;
}

/** What the clear header and the length say of a record that stayed closed. */
function closedName(association: AnalysedAssociation, record: number, trace: AnalysedTrace): string {
  const c = trace.records.columns;
  const contentType = c.contentType[record] ?? HIDDEN_TYPE;
  if (contentType === HIDDEN_TYPE) return 'Encrypted record';
  if (contentType === 22) {
    return closedPartsOf(association).get(record) === 'Finished' ? 'Finished' : CLOSED_HANDSHAKE;
  }
  if (contentType === 21) {
    const hello = association.handshakes.find((h) => h.state.serverHello)?.state.serverHello;
    const suite = hello ? cipherSuite(hello.cipherSuite) : undefined;
    return suite && protectedSizes(ALERT_PLAINTEXT, suite).includes(c.length.get(record) - HEADER)
      ? 'Encrypted alert'
      : 'Encrypted alert of unusual size';
  }
  return `Encrypted ${contentTypeName(contentType)}`;
}
