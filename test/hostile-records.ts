/** Records and messages made byte by byte, for captures that no endpoint would write (RFC 6347 §4.1, §4.2.2). */

export const TYPE = { ccs: 20, alert: 21, handshake: 22, data: 23, ack: 26 } as const;

export function record(type: number, epoch: number, sequenceNumber: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(13 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, type);
  view.setUint16(1, 0xfefd);
  view.setUint16(3, epoch);
  view.setUint32(7, sequenceNumber);
  view.setUint16(11, body.length);
  bytes.set(body, 13);
  return bytes;
}

export function fragment(
  type: number,
  messageSeq: number,
  length: number,
  offset: number,
  body: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(12 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, (type << 24) | length);
  view.setUint16(4, messageSeq);
  view.setUint32(6, offset << 8);
  view.setUint32(8, (view.getUint8(8) << 24) | body.length);
  bytes.set(body, 12);
  return bytes;
}

export const message = (type: number, messageSeq: number, body: Uint8Array) =>
  fragment(type, messageSeq, body.length, 0, body);

/** Bytes that differ from those of any other number. */
export function bytesOf(length: number, number: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (number * 31 + i * 7 + (number >> 8) * 13) & 0xff;
  if (length >= 4) new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

function helloBody(random: number, cookie: Uint8Array = new Uint8Array(0)): Uint8Array {
  return Uint8Array.from([
    ...[0xfe, 0xfd],
    ...bytesOf(32, random),
    ...[0, cookie.length],
    ...cookie,
    ...[0, 4, 0xc0, 0x2b, 0xc0, 0xa8, 1, 0],
  ]);
}

export const hello = (sequenceNumber: number, random: number, messageSeq = 0, cookie?: Uint8Array) =>
  record(TYPE.handshake, 0, sequenceNumber, message(1, messageSeq, helloBody(random, cookie)));

export function helloVerify(sequenceNumber: number, cookie: Uint8Array, messageSeq = 0): Uint8Array {
  return record(
    TYPE.handshake,
    0,
    sequenceNumber,
    message(3, messageSeq, Uint8Array.from([0xfe, 0xff, cookie.length, ...cookie])),
  );
}
