/** Reads a record again from the datagram it lies in, and opens it again where it is protected. */
import { stripInnerPlaintext } from '../crypto/protection12.ts';
import { CONTENT_TYPE, type DtlsRecord, decodeRecord } from '../dtls/record.ts';
import { type BufferId, ByteReader, type FieldSink, type Problem } from '../wire/reader.ts';
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
  const { pieces, frame, frameOffset, payload } = trace.datagramOf(record);
  const onePacket = pieces.length === 1;
  const payloadAt = onePacket ? pieces[0].fileOffset - frameOffset : 0;
  const from = payloadAt + (c.from[record] ?? 0);
  return {
    bytes: onePacket ? frame : payload,
    base: onePacket ? frameOffset : 0,
    payloadAt,
    from,
    to: from + (c.length[record] ?? 0),
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
  const cidLength = state.connectionIds[receiver]?.length ?? 0;
  const title = (r: DtlsRecord) =>
    `record ${record + 1}, epoch ${trace.records.columns.epoch[record] ?? 0}, ${r.at.to - r.at.from} bytes`;
  return reader.group('record', () => decodeRecord(reader, cidLength), title);
}

/** What the record carries, in the clear; null where it stayed closed. */
export function contentOf(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  record: number,
): RecordContent | null {
  const decoded = readRecord(trace, association, record);
  const state = trace.records.columns.state[record];
  if (decoded.form !== 'plaintext' || state === STATE.undecryptable) return null;
  const { contentType, fragment, epoch } = decoded;
  if (epoch === 0) {
    const place = placeOf(trace, record);
    return { contentType, buffer: 'packet', bytes: place.bytes, from: place.to - fragment.length, to: place.to };
  }
  const side: Side = trace.records.columns.side[record] === 0 ? 0 : 1;
  const plaintext = association.state.open(side, decoded);
  if (!plaintext) return null;
  if (contentType !== CONTENT_TYPE.tls12Cid)
    return { contentType, buffer: 'plaintext', bytes: plaintext, from: 0, to: plaintext.length };
  const inner = stripInnerPlaintext(plaintext);
  return (
    inner && {
      contentType: inner.contentType,
      buffer: 'plaintext',
      bytes: plaintext,
      from: 0,
      to: inner.content.length,
    }
  );
}
