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

export function readRecord(
  trace: AnalysedTrace,
  { state }: AnalysedAssociation,
  record: number,
  sink?: FieldSink,
  problems: Problem[] = [],
): DtlsRecord {
  const place = placeOf(trace, record);
  const receiver: Side = trace.records.columns.side[record] === 0 ? 1 : 0;
  const reader = new ByteReader('packet', place.bytes, sink, place.from, place.to, problems);
  const cidLength = cidLengthAt(place.bytes.subarray(place.from, place.to), state.connectionIds[receiver]);
  const title = (r: DtlsRecord) =>
    `record ${record + 1}, epoch ${trace.records.columns.epoch[record] ?? 0}, ${r.at.to - r.at.from} bytes`;
  return reader.group('record', () => decodeRecord(reader, cidLength), title);
}

function cidLengthAt(bytes: Uint8Array, wanted: readonly Uint8Array[]): number {
  const at = cidPosition(bytes);
  if (at === null) return 0;
  const matching = wanted.find((id) => id.length > 0 && sameBytes(id, bytes.subarray(at, at + id.length)));
  return (matching ?? wanted[0])?.length ?? inferCidLength(bytes);
}

/** What the record carries, in the clear; null where it stayed closed. */
export function contentOf(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  record: number,
): RecordContent | null {
  const decoded = readRecord(trace, association, record);
  const { columns: c } = trace.records;
  if (decoded.form === 'unrecognised' || c.state[record] === STATE.undecryptable) return null;
  if (decoded.form === 'plaintext' && decoded.epoch === 0) {
    const place = placeOf(trace, record);
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
  const opened = association.state.protection.reopen(
    side,
    decoded,
    c.epoch[record] ?? 0,
    c.sequenceNumber[record] ?? 0,
  );
  if (!opened?.inner) return null;
  const { plaintext, inner } = opened;
  return { contentType: inner.contentType, buffer: 'plaintext', bytes: plaintext, from: 0, to: inner.content.length };
}
