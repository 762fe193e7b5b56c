/** pcapng files (draft-ietf-opsawg-pcapng): one little-endian section, in pieces as they come. */
import type { CapturePort } from '../capture/packet.ts';

const SECTION = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE = 1;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;
const TLS_KEY_LOG = 0x544c534b;

const OPTION = {
  comment: 1,
  name: 2,
  description: 3,
  application: 4,
  resolution: 9,
  fcsLength: 13,
  offset: 14,
} as const;
/** `shb_userappl` has the number of `epb_…` and `if_…` options that mean something else. */
const EPB_FLAGS = 2;
/** An option's length has 16 bits. */
const LONGEST_OPTION = 0xffff;
const MICROSECONDS = 6;

export interface WrittenPacket {
  readonly port: CapturePort;
  /** On the port's clock, as two words. */
  readonly timeHigh: number;
  readonly timeLow: number;
  readonly bytes: Uint8Array;
  /** On the wire. */
  readonly originalLength: number;
  readonly fcsLength: number;
  readonly comments: readonly string[];
}

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

export class PcapngWriter {
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  readonly #ports = new Map<CapturePort, number>();

  /** @param comments of the whole file; `application` is what wrote it. */
  constructor(application: string, comments: readonly string[] = []) {
    const head = words(BYTE_ORDER_MAGIC, 1, 0xffffffff, 0xffffffff);
    this.#block(SECTION, head, [...comments.map(comment), { code: OPTION.application, value: utf8(application) }]);
  }

  /** The key log that opens what follows. */
  secrets(keyLog: string): void {
    const bytes = utf8(keyLog, Number.POSITIVE_INFINITY);
    this.#block(DECRYPTION_SECRETS, joined(words(TLS_KEY_LOG, bytes.length), padded(bytes)), []);
  }

  packet({ port, timeHigh, timeLow, bytes, originalLength, fcsLength, comments }: WrittenPacket): void {
    const head = words(this.#number(port), timeHigh, timeLow, bytes.length, originalLength);
    const flags = fcsLength === port.fcsLength ? [] : [{ code: EPB_FLAGS, value: words((fcsLength & 15) << 5) }];
    this.#block(ENHANCED_PACKET, joined(head, padded(bytes)), [...comments.map(comment), ...flags]);
  }

  /** The file, in pieces that need not be joined. */
  get parts(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#parts;
  }

  #number(port: CapturePort): number {
    const known = this.#ports.get(port);
    if (known !== undefined) return known;
    const number = this.#ports.size;
    this.#ports.set(port, number);
    this.#block(INTERFACE, words(port.linkType & 0xffff, port.snapLength), [...portOptions(port)]);
    return number;
  }

  #block(type: number, body: Uint8Array, options: readonly Option[]): void {
    const listed = options.length > 0 ? joined(...options.map(written), words(0)) : new Uint8Array();
    const length = 12 + body.length + listed.length;
    this.#parts.push(joined(words(type, length), body, listed, words(length)));
  }
}

function* portOptions({ resolution, offsetSeconds, fcsLength, name, description }: CapturePort): Generator<Option> {
  if (name !== null) yield { code: OPTION.name, value: utf8(name) };
  if (description !== null) yield { code: OPTION.description, value: utf8(description) };
  if (resolution !== MICROSECONDS) yield { code: OPTION.resolution, value: Uint8Array.of(resolution) };
  if (fcsLength !== 0) yield { code: OPTION.fcsLength, value: Uint8Array.of(fcsLength) };
  if (offsetSeconds !== 0n) {
    const value = new Uint8Array(8);
    new DataView(value.buffer).setBigInt64(0, offsetSeconds, true);
    yield { code: OPTION.offset, value };
  }
}

const comment = (text: string): Option => ({ code: OPTION.comment, value: utf8(text) });

function written({ code, value }: Option): Uint8Array {
  return joined(words(code | (value.length << 16)), padded(value));
}

function utf8(text: string, longest = LONGEST_OPTION): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return bytes.length <= longest ? bytes : bytes.subarray(0, longest);
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value >>> 0, true);
  return bytes;
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array((bytes.length + 3) & ~3);
  whole.set(bytes);
  return whole;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
