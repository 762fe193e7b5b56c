/**
 * The bytes behind a link or in a .dtlstrace file, before compression:
 * "DT", version, then sections of type (1 byte), length (varint) and body, then the first 8 bytes of SHA-256 of all that.
 * Unknown sections of even type are skipped, those of odd type refused: a reader must not show half of the truth.
 */
import { hash } from '../crypto/hashes.ts';
import { sameBytes } from '../wire/text.ts';
import { readDatagrams, writeDatagrams } from './columns.ts';
import { readHeader } from './header.ts';
import { shortened } from './key-names.ts';
import { type Limits, MOST_SECRETS } from './limits.ts';
import { readNotes } from './note-shape.ts';
import { list, text } from './shape.ts';
import type { ClaimedMessage, SharedTrace } from './shared-trace.ts';
import { FORMAT, FORMAT_VERSION, type Format, upgraded } from './upgraders.ts';
import { ByteSource, ByteWriter, Damaged } from './varint.ts';

const MAGIC = [0x44, 0x54] as const;
const CHECKSUM_BYTES = 8;

const SECTION = { header: 1, datagrams: 3, notes: 4, messages: 6, secrets: 7, surroundings: 10 } as const;

export type Sections = ReadonlyMap<number, Uint8Array>;

export type Decoded =
  | { readonly kind: 'trace'; readonly trace: SharedTrace }
  /** `message` is the rest of a sentence that begins with what was opened: "This link …". */
  | { readonly kind: 'unusable'; readonly message: string };

export function encodePayload(trace: SharedTrace): Uint8Array<ArrayBuffer> {
  const { datagrams, notes, messages, secrets, surroundings, ...header } = trace;
  const w = new ByteWriter();
  for (const byte of [...MAGIC, FORMAT_VERSION]) w.uint8(byte);
  section(w, SECTION.header, json(header));
  section(w, SECTION.datagrams, writeDatagrams(datagrams));
  if (notes.length > 0) section(w, SECTION.notes, json(notes));
  if (messages.length > 0) section(w, SECTION.messages, writeMessages(messages));
  if (secrets.length > 0) section(w, SECTION.secrets, json(secrets));
  if (surroundings !== null) section(w, SECTION.surroundings, json(surroundings));
  w.bytes(checksum(w.result()));
  return w.result();
}

/** Never throws, whatever the bytes. */
export function decodePayload(bytes: Uint8Array, limits: Limits, format: Format = FORMAT): Decoded {
  try {
    return decode(bytes, limits, format);
  } catch (failure) {
    // A bug must not look like a damaged link.
    if (!(failure instanceof Damaged)) throw failure;
    return { kind: 'unusable', message: `was altered: it ${failure.message}.` };
  }
}

function decode(bytes: Uint8Array, limits: Limits, format: Format): Decoded {
  if (bytes[0] !== MAGIC[0] || bytes[1] !== MAGIC[1])
    return { kind: 'unusable', message: 'holds no trace of DTLScope.' };
  const version = bytes[2] ?? 0;
  if (version > format.version) return { kind: 'unusable', message: newer(version, format.version) };
  const body = bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM_BYTES));
  if (body.length < 3 || !sameBytes(checksum(body), bytes.subarray(body.length)))
    return { kind: 'unusable', message: 'is damaged: its checksum does not match. Ask for it again.' };
  const sections = upgraded(version, readSections(new ByteSource(body.subarray(3))), format);
  for (const type of sections.keys())
    if (type % 2 === 1 && !Object.values(SECTION).some((known) => known === type))
      return { kind: 'unusable', message: 'needs a newer version of this page: reload it.' };
  return { kind: 'trace', trace: traceOf(sections, limits) };
}

function traceOf(sections: Sections, limits: Limits): SharedTrace {
  const header = readHeader(parsed(sections.get(SECTION.header), limits));
  const { endpoints, flows, captures } = header;
  if (flows.some(({ source, destination }) => source >= endpoints.length || destination >= endpoints.length))
    throw new Damaged('refers to an endpoint that it does not have');
  const columns = sections.get(SECTION.datagrams);
  if (!columns) throw new Damaged('has no datagrams');
  const [notes, messages, secrets, surroundings] = [
    sections.get(SECTION.notes),
    sections.get(SECTION.messages),
    sections.get(SECTION.secrets),
    sections.get(SECTION.surroundings),
  ];
  return {
    ...header,
    datagrams: readDatagrams(columns, flows.length, captures.length, limits),
    notes: notes ? readNotes(parsed(notes, limits)) : [],
    messages: messages ? readMessages(messages, limits) : [],
    secrets: secrets ? list(text(), MOST_SECRETS)(parsed(secrets, limits)) : [],
    surroundings: surroundings ? parsed(surroundings, limits) : null,
  };
}

export function newer(version: number, known = FORMAT_VERSION): string {
  return `needs version ${version} of the format, this page knows ${known}: reload the page.`;
}

function readSections(s: ByteSource): Sections {
  const sections = new Map<number, Uint8Array>();
  while (s.remaining > 0) {
    const type = s.uint8();
    if (sections.has(type)) throw new Damaged('has a part twice');
    sections.set(type, s.bytes(s.varint()));
  }
  return sections;
}

function section(w: ByteWriter, type: number, body: Uint8Array): void {
  w.uint8(type);
  w.varint(body.length);
  w.bytes(body);
}

function writeMessages(messages: readonly ClaimedMessage[]): Uint8Array {
  const w = new ByteWriter();
  w.varint(messages.length);
  for (const { plaintext, ...one } of messages) {
    const { capture, packet, record, contentType, epoch, sequenceNumber } = one;
    for (const n of [capture, packet, record, contentType, epoch, sequenceNumber, plaintext.length]) w.varint(n);
    w.bytes(plaintext);
  }
  return w.result();
}

function readMessages(bytes: Uint8Array, { parts }: Limits): readonly ClaimedMessage[] {
  const s = new ByteSource(bytes);
  const count = s.varint();
  if (count > parts || count * 7 > bytes.length) throw new Damaged('has too many messages');
  return Array.from({ length: count }, () => {
    const [capture, packet, record] = [s.varint(), s.varint(), s.varint()];
    const [contentType, epoch, sequenceNumber] = [s.varint(), s.varint(), s.varint()];
    return { capture, packet, record, contentType, epoch, sequenceNumber, plaintext: s.bytes(s.varint()) };
  });
}

function checksum(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes).subarray(0, CHECKSUM_BYTES);
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(shortened(value)));
}

function parsed(bytes: Uint8Array | undefined, limits: Limits): unknown {
  if (!bytes) throw new Damaged('lacks a part');
  if (bytes.length > limits.json) throw new Damaged('has a part that is too large');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Damaged('has a part that is no JSON');
  }
}
