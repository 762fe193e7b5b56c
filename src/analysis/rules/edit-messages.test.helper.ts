/** Changes to captures, message by message: what an endpoint with another fault would have sent. */
import type { EditedDatagram } from '../../../test/edited-capture.ts';
import { concat } from '../../wire/text.ts';

const RECORD_HEADER = 13;
const MESSAGE_HEADER = 12;
const HANDSHAKE = 22;
const ALERT = 21;

export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;
export const HELLO_VERIFY_REQUEST = 3;
export const CERTIFICATE = 11;
export const SERVER_KEY_EXCHANGE = 12;
export const CERTIFICATE_REQUEST = 13;
export const SERVER_HELLO_DONE = 14;
export const CERTIFICATE_VERIFY = 15;
export const CLIENT_KEY_EXCHANGE = 16;

/** Null leaves the message out; the numbers after it close up. */
export type Change = (body: Uint8Array, message: { readonly type: number; readonly seq: number }) => Uint8Array | null;

/** Changes the plaintext messages of one type, which have to be whole. Datagrams that become empty are left out. */
export function change(datagrams: readonly EditedDatagram[], type: number, how: Change): EditedDatagram[] {
  return datagrams.flatMap((d) => {
    const payload = concat(...recordsOf(d.payload).flatMap((record) => changed(record, type, how) ?? []));
    return payload.length === 0 ? [] : [{ ...d, payload }];
  });
}

/** The records of a datagram of DTLS 1.2, header included; what cannot be cut stays one piece. */
export function recordsOf(payload: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at < payload.length; ) {
    const length = (payload[at] ?? 0) >> 5 === 1 ? payload.length - at : RECORD_HEADER + number(payload, at + 11, 2);
    records.push(payload.subarray(at, at + length));
    at += length;
  }
  return records;
}

/** Sends the plaintext messages of one type in two fragments, each in a datagram of its own. */
export function cut(datagrams: readonly EditedDatagram[], type: number, at: number): EditedDatagram[] {
  return datagrams.flatMap((d, i) => {
    if (!has(type)(d)) return [d];
    const [record = d.payload] = recordsOf(d.payload);
    const body = record.slice(RECORD_HEADER + MESSAGE_HEADER);
    const seq = number(record, RECORD_HEADER + 4, 2);
    return [0, at].map((from, n) => {
      const piece = body.subarray(from, n === 0 ? at : body.length);
      const header = Uint8Array.of(
        type,
        ...bytes(body.length, 3),
        ...bytes(seq, 2),
        ...bytes(from, 3),
        ...bytes(piece.length, 3),
      );
      return {
        ...d,
        timeMs: d.timeMs + n / 10,
        payload: plaintextRecord(HANDSHAKE, 100 + 2 * i + n, concat(header, piece)),
      };
    });
  });
}

/** Whether the datagram has a plaintext message of that type. */
export const has =
  (type: number) =>
  (d: EditedDatagram): boolean =>
    recordsOf(d.payload).some((r) => r[0] === HANDSHAKE && number(r, 3, 2) === 0 && r[RECORD_HEADER] === type);

function changed(record: Uint8Array, type: number, how: Change): Uint8Array | null {
  if (record[0] !== HANDSHAKE || number(record, 3, 2) !== 0 || record[RECORD_HEADER] !== type) return record;
  const seq = number(record, RECORD_HEADER + 4, 2);
  const body = how(record.slice(RECORD_HEADER + MESSAGE_HEADER), { type, seq });
  return body && plaintextRecord(HANDSHAKE, number(record, 9, 2), message(type, seq, body), record.subarray(1, 3));
}

/** A whole handshake message with its header. */
export function message(type: number, seq: number, body: Uint8Array): Uint8Array {
  return concat(
    Uint8Array.of(type, ...bytes(body.length, 3), ...bytes(seq, 2), 0, 0, 0, ...bytes(body.length, 3)),
    body,
  );
}

export function plaintextRecord(
  type: number,
  sequenceNumber: number,
  content: Uint8Array,
  version: Uint8Array = Uint8Array.of(0xfe, 0xfd),
): Uint8Array {
  return concat(
    Uint8Array.of(type),
    version,
    Uint8Array.of(0, 0, 0, 0, ...bytes(sequenceNumber, 4), ...bytes(content.length, 2)),
    content,
  );
}

/** A plaintext fatal alert of whoever sent `like`, some milliseconds later. */
export function alertAfter(like: EditedDatagram, code: number, laterMs = 1): EditedDatagram {
  return { ...like, timeMs: like.timeMs + laterMs, payload: plaintextRecord(ALERT, 900, Uint8Array.of(2, code)) };
}

/** The answer of the other side to `to`. */
export function answeredBy(to: EditedDatagram, payload: Uint8Array, laterMs = 1): EditedDatagram {
  return { ...to, source: to.destination, destination: to.source, timeMs: to.timeMs + laterMs, payload };
}

/** A fatal alert of the other side in answer to `to`. */
export const refusedWith = (to: EditedDatagram, code: number, laterMs = 1): EditedDatagram =>
  answeredBy(to, plaintextRecord(ALERT, 900, Uint8Array.of(2, code)), laterMs);

/** Changes the extensions of a hello: a body takes the place of the extension or comes last, null takes it away. */
export function withExtension(type: number, body: Uint8Array | null): Change {
  return (hello, { type: kind }) => {
    const at = extensionsAt(hello, kind);
    const kept: Uint8Array[] = [];
    for (let i = at + 2; i < hello.length; ) {
      const end = i + 4 + number(hello, i + 2, 2);
      if (number(hello, i, 2) !== type) kept.push(hello.subarray(i, end));
      i = end;
    }
    if (body) kept.push(concat(Uint8Array.of(...bytes(type, 2), ...bytes(body.length, 2)), body));
    const all = concat(...kept);
    return concat(hello.subarray(0, at), Uint8Array.of(...bytes(all.length, 2)), all);
  };
}

/** Changes the cipher suites of a ClientHello, or the one of a ServerHello. */
export function withSuites(...suites: readonly number[]): Change {
  return (hello, { type }) => {
    const at = suitesAt(hello, type);
    const list = Uint8Array.of(...suites.flatMap((s) => bytes(s, 2)));
    if (type === SERVER_HELLO) return concat(hello.subarray(0, at), list, hello.subarray(at + 2));
    const length = number(hello, at, 2);
    return concat(
      hello.subarray(0, at),
      Uint8Array.of(...bytes(list.length, 2)),
      list,
      hello.subarray(at + 2 + length),
    );
  };
}

/** One change after the other. */
export const both =
  (...changes: readonly Change[]): Change =>
  (body, m) =>
    changes.reduce<Uint8Array | null>((b, c) => b && c(b, m), body);

function suitesAt(hello: Uint8Array, type: number): number {
  const afterSession = 35 + (hello[34] ?? 0);
  return type === SERVER_HELLO ? afterSession : afterSession + 1 + (hello[afterSession] ?? 0);
}

function extensionsAt(hello: Uint8Array, type: number): number {
  const at = suitesAt(hello, type);
  if (type === SERVER_HELLO) return at + 3;
  const afterSuites = at + 2 + number(hello, at, 2);
  return afterSuites + 1 + (hello[afterSuites] ?? 0);
}

export function number(from: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 256 + (from[at + i] ?? 0);
  return value;
}

export function bytes(value: number, length: number): number[] {
  return Array.from({ length }, (_, i) => Math.floor(value / 256 ** (length - 1 - i)) % 256);
}
