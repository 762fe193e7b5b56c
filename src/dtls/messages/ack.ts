/** ACK (RFC 9147 §7): which records of the peer arrived. */
import type { ByteReader } from '../../wire/reader.ts';
import { decodeList } from '../extensions/vectors.ts';

export interface RecordNumber {
  readonly epoch: number;
  readonly sequenceNumber: number;
}

export interface Ack {
  readonly recordNumbers: readonly RecordNumber[];
}

const RECORD_NUMBER_LENGTH = 16;

/** Reads an ACK record's plaintext to its end. An empty list is legal: it asks for a retransmission. */
export function decodeAck(r: ByteReader): Ack {
  const recordNumbers = decodeList(r, 'record_numbers', 2, RECORD_NUMBER_LENGTH, decodeRecordNumber);
  r.finish('ACK');
  return { recordNumbers };
}

function decodeRecordNumber(r: ByteReader): RecordNumber {
  return r.group(
    'RecordNumber',
    () => ({ epoch: decodeUint64(r, 'epoch'), sequenceNumber: decodeUint64(r, 'sequence_number') }),
    ({ epoch, sequenceNumber }) => `${epoch}:${sequenceNumber}`,
  );
}

/** Exact up to 2^53; neither number may pass 2^48 - 1 (RFC 9147 §4.2.1, §8). */
function decodeUint64(r: ByteReader, field: string): number {
  const from = r.offset;
  const bytes = r.opaque(field, 8, (value) => `${numberOf(value)}`);
  const value = numberOf(bytes);
  if (value >= 2 ** 48) r.illegal(field, r.span(from), 'no epoch and no sequence number passes 2^48 - 1');
  return value;
}

function numberOf(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
