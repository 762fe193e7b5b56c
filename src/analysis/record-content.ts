/** Reads a record again from the datagram it lies in, and opens it again where it is protected. */
import { cidPosition, inferCidLength } from '../dtls/connection-id.ts';
import { type DtlsRecord, decodeRecord } from '../dtls/record.ts';
import { type BufferId, ByteReader, type FieldSink, type Problem } from '../wire/reader.ts';
import { sameBytes } from '../wire/text.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { type Side, STATE } from './record-table.ts';

/** The packet that a record lies in; where IP fragments were joined there is none, and the payload stands for it. */
export interface RecordPlace {
  readonly bytes: Uint8Array;
  /** Offset of `bytes` in the file; 0 for joined fragments. */
  readonly base: number;
  readonly payloadAt: number;
  readonly from: number;
  readonly to: number;
  readonly onePacket: boolean;
}

export interface RecordContent {
  readonly contentType: number;
  readonly buffer: BufferId;
  readonly bytes: Uint8Array;
  /** The content within `bytes`. */
  readonly from: number;
  readonly to: number;
}

export function placeOf(trace: AnalysedTrace, record: number): RecordPlace {
  const { columns: c } = trace.records;
  const { pieces, packet, frame, frameOffset, payload } = trace.datagramOf(record);
  // A datagram may lie whole in one packet while a later one completed what carried it: the frame is that later one.
  const onePacket = pieces.length === 1 && pieces[0].packet === packet;
  const payloadAt = onePacket ? pieces[0].fileOffset - frameOffset : 0;
  const from = payloadAt + c.from.get(record);
  return {
    bytes: onePacket ? frame : payload,
    base: onePacket ? frameOffset : 0,
    payloadAt,
    from,
    to: from + c.length.get(record),
    onePacket,
  };
}

/** The payload alone, as a view that may hold only until another record is looked at: for whoever passes over many. */
export function passingPlaceOf(trace: AnalysedTrace, record: number): RecordPlace {
  const { columns: c } = trace.records;
  const bytes = trace.datagrams.payload(c.datagram.get(record));
  const from = c.from.get(record);
  return { bytes, base: 0, payloadAt: 0, from, to: from + c.length.get(record), onePacket: false };
}

/** A record that somebody looks at: opened once, however much is asked of it. */
export class RecordReading {
  readonly trace: AnalysedTrace;
  readonly association: AnalysedAssociation;
  /** Index. */
  readonly record: number;
  readonly #placeOf: typeof placeOf;
  #place: RecordPlace | null = null;
  #decoded: DtlsRecord | null = null;
  #content: RecordContent | null | undefined;

  constructor(trace: AnalysedTrace, association: AnalysedAssociation, record: number, whereOf = placeOf) {
    this.trace = trace;
    this.association = association;
    this.record = record;
    this.#placeOf = whereOf;
  }

  get place(): RecordPlace {
    this.#place ??= this.#placeOf(this.trace, this.record);
    return this.#place;
  }

  get decoded(): DtlsRecord {
    this.#decoded ??= decodeAt(this);
    return this.#decoded;
  }

  /** The fields of the header, to a sink. */
  tell(sink: FieldSink, problems: Problem[]): void {
    this.#decoded = decodeAt(this, sink, problems);
  }

  /** What the record carries, in the clear; null where it stayed closed. */
  get content(): RecordContent | null {
    if (this.#content === undefined) this.#content = openedContent(this);
    return this.#content;
  }
}

/** What a record carries, in the clear; null where it stayed closed. */
export function contentOf(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  record: number,
): RecordContent | null {
  return new RecordReading(trace, association, record).content;
}

export const bytesOf = ({ bytes, from, to }: RecordContent): Uint8Array => bytes.subarray(from, to);

function decodeAt(
  { trace, association: { state }, record, place }: RecordReading,
  sink?: FieldSink,
  problems: Problem[] = [],
): DtlsRecord {
  const receiver: Side = trace.records.columns.side[record] === 0 ? 1 : 0;
  const reader = new ByteReader('packet', place.bytes, sink, place.from, place.to, problems);
  const cidLength = cidLengthAt(place.bytes, place.from, place.to, state.connectionIds[receiver]);
  const title = (r: DtlsRecord) =>
    `record ${record + 1}, epoch ${trace.records.columns.epoch[record] ?? 0}, ${r.at.to - r.at.from} bytes`;
  return reader.group('record', () => decodeRecord(reader, cidLength), title);
}

function cidLengthAt(packet: Uint8Array, from: number, to: number, wanted: readonly Uint8Array[]): number {
  const bytes = packet.subarray(from, to);
  const at = cidPosition(bytes);
  if (at === null) return 0;
  const matching = wanted.find((id) => id.length > 0 && sameBytes(id, bytes.subarray(at, at + id.length)));
  return (matching ?? wanted[0])?.length ?? inferCidLength(bytes);
}

function openedContent(reading: RecordReading): RecordContent | null {
  const { trace, association, record, place, decoded } = reading;
  const { columns: c } = trace.records;
  if (decoded.form === 'unrecognised' || c.state[record] === STATE.undecryptable) return null;
  if (decoded.form === 'plaintext' && decoded.epoch === 0) {
    return {
      contentType: decoded.contentType,
      buffer: 'packet',
      bytes: place.bytes,
      from: place.to - decoded.fragment.length,
      to: place.to,
    };
  }
  const claim = association.state.claims.get(record);
  if (claim) {
    const { contentType, plaintext } = claim;
    return { contentType, buffer: 'plaintext', bytes: plaintext, from: 0, to: plaintext.length };
  }
  const side: Side = c.side[record] === 0 ? 0 : 1;
  const opened = association.state.protection.reopen(side, decoded, c.epoch[record] ?? 0, c.sequenceNumber.get(record));
  if (!opened?.inner) return null;
  const { plaintext, inner } = opened;
  return { contentType: inner.contentType, buffer: 'plaintext', bytes: plaintext, from: 0, to: inner.content.length };
}
