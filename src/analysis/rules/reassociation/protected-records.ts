/** What a protected record is, as far as its header and its size tell where no key opens it. */
import { cipherSuite } from '../../../crypto/suites.ts';
import { CONTENT_TYPE } from '../../../dtls/record.ts';
import { protectedSizes } from '../../flight-parts.ts';
import type { Side } from '../../record-table.ts';
import { ACK_BYTES, FIRST_APPLICATION_EPOCH_13 } from '../sorted-records.ts';
import type { RecordFact, Subject } from '../subject.ts';

const ALERT_BYTES = 2;
const HELLO_REQUEST_BYTES = 12;
const FINISHED_BYTES = 24;
const HEADER_12 = 13;

/** Under keys that the handshake made, beyond the handshake itself. */
export function isAfterHandshake({ is13 }: Subject, { epoch }: RecordFact): boolean {
  return epoch >= (is13 ? FIRST_APPLICATION_EPOCH_13 : 1);
}

/** It was sent once: no copy that the network or the capture made. */
export const isOriginal = ({ mark }: RecordFact): boolean => mark !== 'duplicate';

/** Its length without its header; null where a connection ID hides how long that is. */
function protectedLength(subject: Subject, fact: RecordFact): number | null {
  // The content type is hidden only behind the header of DTLS 1.3.
  if (fact.contentType !== null) return fact.contentType === CONTENT_TYPE.tls12Cid ? null : fact.length - HEADER_12;
  const first = subject.trace.bytesOf(fact.index)[0] ?? 0;
  // RFC 9147 §4: 001CSLEE, then the connection ID, the sequence number and the length.
  const cid = (first & 0x10) === 0 ? 0 : connectionIdLength(subject, fact);
  return fact.length - 1 - cid - ((first & 0x08) === 0 ? 1 : 2) - ((first & 0x04) === 0 ? 0 : 2);
}

const connectionIdLength = ({ analysed }: Subject, { side }: RecordFact): number =>
  analysed.state.connectionIds[side === 0 ? 1 : 0][0]?.length ?? 0;

/** Of DTLS 1.3: the first byte, one or two of the sequence number, and two of the length or none (RFC 9147 §4). */
const SHORTEST_HEADER = 2;
const LONGEST_HEADER = 5;

/** Sizes that a plaintext has once the suite of the association protected it. */
function sizesOf({ a }: Subject, plaintext: number): readonly number[] {
  const suite = a.cipherSuite ? cipherSuite(a.cipherSuite.id) : undefined;
  if (!suite) return [];
  // The content type goes inside in DTLS 1.3 (RFC 8446 §5.2).
  return protectedSizes(suite.tls13 ? plaintext + 1 : plaintext, suite);
}

function hasSizeOf(subject: Subject, fact: RecordFact, plaintext: number): boolean {
  const sizes = sizesOf(subject, plaintext);
  // Nearly all are too long or too short whatever their header has: those need not be read.
  const longest = LONGEST_HEADER + connectionIdLength(subject, fact);
  const fits = (size: number) => fact.length >= size + SHORTEST_HEADER && fact.length <= size + longest;
  if (fact.contentType === null && !sizes.some(fits)) return false;
  const length = protectedLength(subject, fact);
  return length !== null && sizes.includes(length);
}

/** An alert: certain where the content type is in the clear or the record is open, else by its size. */
export function isAlert(subject: Subject, fact: RecordFact): boolean {
  if (fact.contentType === CONTENT_TYPE.alert) return true;
  const carried = subject.carried(fact.index);
  if (carried.length > 0) return carried.some((item) => item.kind === 'alert');
  return fact.contentType === null && hasSizeOf(subject, fact, ALERT_BYTES);
}

/** A close_notify, or an alert that stayed closed. */
export function mayBeClose(subject: Subject, fact: RecordFact): boolean {
  if (!isAlert(subject, fact)) return false;
  const carried = subject.carried(fact.index);
  return carried.length === 0 || carried.some((item) => item.kind === 'alert' && item.code === 0);
}

/** Application data; a closed record of DTLS 1.3 or with a connection ID counts, if it has no size of an alert or ACK. */
export function isData(subject: Subject, fact: RecordFact): boolean {
  if (!isAfterHandshake(subject, fact) || !isOriginal(fact)) return false;
  if (fact.contentType === CONTENT_TYPE.applicationData) return true;
  const carried = subject.carried(fact.index);
  if (carried.length > 0) return carried.some((item) => item.kind === 'applicationData');
  if (fact.contentType === CONTENT_TYPE.tls12Cid) return fact.flight === 0;
  return fact.contentType === null && ![ALERT_BYTES, ACK_BYTES].some((size) => hasSizeOf(subject, fact, size));
}

/** Either side sent data before this record. */
export function hasDataBefore(subject: Subject, index: number): boolean {
  const { first } = subject.sorted.plainData;
  return (first !== null && first < index) || subject.others.some((r) => r.index < index && isData(subject, r));
}

/** Records of a side with data. */
export function dataFrom(subject: Subject, side: Side): number {
  return (
    subject.sorted.plainData.count[side] + subject.others.filter((r) => r.side === side && isData(subject, r)).length
  );
}

/** A handshake record under keys, still closed, that is no Finished: a renegotiation, or the wish for one. */
export function isClosedHandshake(subject: Subject, fact: RecordFact): boolean {
  return (
    fact.epoch > 0 &&
    fact.contentType === CONTENT_TYPE.handshake &&
    fact.state === 'undecryptable' &&
    sizesOf(subject, FINISHED_BYTES).length > 0 &&
    !hasSizeOf(subject, fact, FINISHED_BYTES)
  );
}

export const hasSizeOfHelloRequest = (subject: Subject, fact: RecordFact): boolean =>
  hasSizeOf(subject, fact, HELLO_REQUEST_BYTES);

/** The record names its association by a connection ID (RFC 9146 §4, RFC 9147 §4). */
export function hasConnectionId(subject: Subject, { index }: RecordFact): boolean {
  return subject.trace.records.columns.cid[index] !== 0;
}
