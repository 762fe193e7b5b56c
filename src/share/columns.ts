/** The datagrams of a payload, column by column: numbers of one kind beside each other deflate better (measured: 14 %). */
import { LARGEST_DATAGRAM, type Limits } from './limits.ts';
import type { LeftOut, SharedDatagram } from './shared-trace.ts';
import { ByteSource, ByteWriter, Damaged } from './varint.ts';

/** Null is 0, so that a column of nothing is a run of zeros. */
const NONE = 0;

export function writeDatagrams(datagrams: readonly SharedDatagram[]): Uint8Array {
  const w = new ByteWriter();
  w.varint(datagrams.length);
  for (const d of datagrams) w.varint(d.capture);
  deltas(w, datagrams, (d) => d.packet);
  deltas(w, datagrams, (d) => d.time);
  for (const d of datagrams) w.varint(d.flow);
  for (const d of datagrams) w.varint(d.payload.length);
  for (const d of datagrams) w.varint(d.leftOut.length);
  for (const d of datagrams) {
    let at = 0;
    for (const { from, length } of d.leftOut) {
      w.varint(from - at);
      w.varint(length);
      at = from + length;
    }
  }
  let same = 0;
  for (const d of datagrams)
    for (const out of d.leftOut) {
      w.signed(out.same - same);
      same = out.same;
    }
  for (const d of datagrams) w.varint(d.pieces.length);
  for (const d of datagrams)
    for (const { packet, length } of d.pieces) {
      w.signed(packet - d.packet);
      w.varint(length);
    }
  for (const d of datagrams) w.varint(d.missing);
  for (const d of datagrams) w.varint(d.ttl === null ? NONE : d.ttl + 1);
  for (const d of datagrams) w.varint(d.ipVersion ?? NONE);
  deltas(w, datagrams, (d) => (d.ipId === null ? NONE : d.ipId + 1));
  for (const d of datagrams) for (const kept of keptBytes(d)) w.bytes(kept);
  return w.result();
}

/** Throws `Damaged`. `flows` and `captures`: how many there are to refer to. */
export function readDatagrams(
  bytes: Uint8Array,
  flows: number,
  captures: number,
  limits: Limits,
): readonly SharedDatagram[] {
  const s = new ByteSource(bytes);
  const count = s.varint();
  // Each has eleven columns of at least a byte.
  if (count > limits.datagrams || count * 11 > bytes.length) throw new Damaged('has too many datagrams');
  const column = (read: () => number) => Array.from({ length: count }, read);
  const sums = () => {
    let value = 0;
    return column(() => {
      value += s.signed();
      if (!Number.isSafeInteger(value)) throw new Damaged('has a number out of range');
      return value;
    });
  };
  const capture = column(() => below(captures, s.varint()));
  const packet = sums();
  const time = sums();
  const flow = column(() => below(flows, s.varint()));
  const length = column(() => below(LARGEST_DATAGRAM + 1, s.varint()));
  if (length.reduce((sum, one) => sum + one, 0) > limits.bytes) throw new Damaged('is too large');
  const holes = column(() => s.varint());
  atMost(limits.parts, holes);
  const ranges = holes.map((n, i) => readRanges(s, n, length[i] ?? 0));
  let same = 0;
  const leftOut = ranges.map((list) =>
    list.map((range): LeftOut => {
      same += s.signed();
      if (!Number.isSafeInteger(same)) throw new Damaged('has a number out of range');
      return { ...range, same: atLeast0(same) };
    }),
  );
  const pieceCounts = column(() => below(MOST_PIECES + 1, s.varint()));
  atMost(limits.parts, pieceCounts);
  const pieces = pieceCounts.map((n, i) => readPieces(s, n, packet[i] ?? 0));
  const missing = column(() => below(LARGEST_DATAGRAM + 1, s.varint()));
  const ttl = column(() => below(257, s.varint()));
  const version = column(() => s.varint());
  const ipId = sums();
  const datagrams = Array.from({ length: count }, (_, i): SharedDatagram => {
    const out = leftOut[i] ?? [];
    return {
      capture: capture[i] ?? 0,
      packet: atLeast0(packet[i]),
      time: time[i] ?? 0,
      flow: flow[i] ?? 0,
      payload: rebuilt(s, length[i] ?? 0, out),
      leftOut: out,
      pieces: pieces[i] ?? [],
      missing: missing[i] ?? 0,
      ttl: orNull(ttl[i]),
      ipId: orNull(ipId[i]),
      ipVersion: ipVersionOf(version[i]),
    };
  });
  if (s.remaining > 0) throw new Damaged('has more bytes than datagrams');
  return datagrams;
}

function deltas(w: ByteWriter, datagrams: readonly SharedDatagram[], of: (d: SharedDatagram) => number): void {
  let before = 0;
  for (const d of datagrams) {
    w.signed(of(d) - before);
    before = of(d);
  }
}

function* keptBytes({ payload, leftOut }: SharedDatagram): Generator<Uint8Array> {
  let at = 0;
  for (const { from, length } of leftOut) {
    yield payload.subarray(at, from);
    at = from + length;
  }
  yield payload.subarray(at);
}

function readRanges(s: ByteSource, count: number, length: number): readonly Omit<LeftOut, 'same'>[] {
  let at = 0;
  return Array.from({ length: count }, () => {
    const from = at + s.varint();
    const one = { from, length: s.varint() };
    at = from + one.length;
    if (at > length) throw new Damaged('leaves out more than there is');
    return one;
  });
}

/** A datagram of 65 535 bytes in IP fragments of eight. */
const MOST_PIECES = 8192;

function readPieces(s: ByteSource, count: number, packet: number): SharedDatagram['pieces'] {
  if (count > s.remaining) throw new Damaged('ends too early');
  return Array.from({ length: count }, () => ({
    packet: atLeast0(packet + s.signed()),
    length: below(LARGEST_DATAGRAM + 1, s.varint()),
  }));
}

/** Kept bytes in their places; elsewhere the number by which equal runs are known, then zeros. */
function rebuilt(s: ByteSource, length: number, leftOut: readonly LeftOut[]): Uint8Array {
  const payload = new Uint8Array(length);
  let at = 0;
  for (const out of leftOut) {
    payload.set(s.bytes(out.from - at), at);
    fillLeftOut(payload, out);
    at = out.from + out.length;
  }
  payload.set(s.bytes(length - at), at);
  return payload;
}

/** What stands for the bytes of a run that was left out. */
export function fillLeftOut(payload: Uint8Array, { from, length, same }: LeftOut): void {
  payload.fill(0, from, from + length);
  for (let i = 0, rest = same; i < length && rest > 0; i++, rest = Math.floor(rest / 256))
    payload[from + i] = rest % 256;
}

function ipVersionOf(version: number | undefined): SharedDatagram['ipVersion'] {
  if (version === NONE) return null;
  if (version !== 4 && version !== 6) throw new Damaged('has a version of IP that is none');
  return version;
}

function atMost(limit: number, counts: readonly number[]): void {
  if (counts.reduce((sum, one) => sum + one, 0) > limit) throw new Damaged('has too many parts');
}

function below(limit: number, value: number): number {
  if (value >= limit) throw new Damaged('refers to something that it does not have');
  return value;
}

function atLeast0(value: number | undefined): number {
  if (value === undefined || value < 0) throw new Damaged('has a number out of range');
  return value;
}

function orNull(value: number | undefined): number | null {
  if (value === undefined || value < 0) throw new Damaged('has a number out of range');
  return value === NONE ? null : value - 1;
}
