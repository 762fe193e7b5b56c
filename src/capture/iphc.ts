/** Header compression of 6LoWPAN (RFC 6282): writes out the IPv6 and UDP headers that a frame only hints at. */
import { uint8, uint16 } from './big-endian.ts';
import type { Frame } from './frame.ts';

/** Header extensions by the EID of LOWPAN_NHC (RFC 6282 §4.2): hop-by-hop, routing, fragment, destination, mobility. */
const EXTENSIONS: readonly number[] = [0, 43, 44, 60, 135];
const FRAGMENT = 2;
const NESTED_IP = 7;
const MOST_EXTENSIONS = 16;
const DEEPEST_NESTING = 4;
const LARGEST_PACKET = 65_535;

const LINK_LOCAL: readonly number[] = [0xfe, 0x80, 0, 0, 0, 0, 0, 0];

/**
 * The prefix of a context is agreed by router advertisements that few captures hold. Site-local addresses are
 * deprecated (RFC 3879), so this prefix mixes with no other and is the same in both directions.
 */
export const placeholderPrefix = (context: number): readonly number[] => [0xfe, 0xc0, 0, 0, 0, 0, 0, context];

export interface Unpacked {
  /** An IPv6 packet, or the beginning of one. */
  readonly bytes: Uint8Array;
  /** From here on the bytes are those that the frame has from `frame.from` on. */
  readonly payloadAt: number;
}

/**
 * `size` is that of the whole packet in bytes; null for "to the end of the frame". `context` learns which unknown
 * prefixes were used. Null if the frame is no such packet or is cut inside its headers.
 */
export function unpackIphc(frame: Frame, size: number | null, context: (number: number) => void): Unpacked | null {
  const headers = new Headers(frame, context);
  if (!headers.ip(interfaceIdentifier(frame.linkSource), interfaceIdentifier(frame.linkDestination), 0)) return null;
  const { written } = headers;
  const payloadAt = written.length;
  const whole = size ?? payloadAt + frame.wireTo - frame.from;
  if (whole > LARGEST_PACKET || whole < payloadAt) return null;
  for (const { at, from } of headers.lengths) {
    written[at] = (whole - from) >> 8;
    written[at + 1] = (whole - from) & 255;
  }
  const bytes = new Uint8Array(payloadAt + frame.to - frame.from);
  bytes.set(written);
  bytes.set(frame.bytes.subarray(frame.from, frame.to), payloadAt);
  return { bytes, payloadAt };
}

/** From a link address (RFC 4944 §6, RFC 6282 §3.2.2). */
function interfaceIdentifier(link: Uint8Array): readonly number[] {
  if (link.length === 8) return [uint8(link, 0) ^ 2, ...link.subarray(1)];
  return shortIdentifier(uint16(link, 0));
}

function shortIdentifier(short: number): readonly number[] {
  return [0, 0, 0, 0xff, 0xfe, 0, short >> 8, short & 255];
}

class Headers {
  readonly written: number[] = [];
  /** Where a 16-bit length has to be written at the end, and from where on it counts. */
  readonly lengths: { readonly at: number; readonly from: number }[] = [];
  readonly #frame: Frame;
  readonly #context: (number: number) => void;

  constructor(frame: Frame, context: (number: number) => void) {
    this.#frame = frame;
    this.#context = context;
  }

  /** LOWPAN_IPHC (RFC 6282 §3.1). The identifiers are those of the layer around it. */
  ip(sourceId: readonly number[], destinationId: readonly number[], depth: number): boolean {
    const first = this.#byte();
    const second = this.#byte();
    if (first >> 5 !== 3 || depth > DEEPEST_NESTING) return false;
    const contexts = second & 0x80 ? this.#byte() : 0;
    const start = this.written.length;
    this.written.push(...this.#traffic((first >> 3) & 3), 0, 0);
    this.lengths.push({ at: start + 4, from: start + 40 });
    const compressed = (first & 4) !== 0;
    this.written.push(compressed ? 59 : this.#byte());
    this.written.push([0, 1, 64, 255][first & 3] || this.#byte());
    const source = this.#unicast((second >> 4) & 3, (second & 0x40) !== 0, contexts >> 4, sourceId, true);
    const mode = second & 3;
    const stateful = (second & 4) !== 0;
    const destination =
      second & 8
        ? this.#multicast(mode, stateful, contexts & 15)
        : this.#unicast(mode, stateful, contexts & 15, destinationId, false);
    if (!source || !destination || this.#isCut()) return false;
    this.written.push(...source, ...destination);
    return !compressed || this.#next(start + 6, source.slice(8), destination.slice(8), depth);
  }

  /** Version, traffic class and flow label (§3.1.1): the order of DSCP and ECN is turned around on the air. */
  #traffic(mode: number): readonly number[] {
    const ecnDscp = mode === 3 ? 0 : this.#byte();
    const dscp = mode === 1 ? 0 : ecnDscp & 0x3f;
    const trafficClass = (dscp << 2) | (ecnDscp >> 6);
    const flow = mode === 0 ? this.#take(3) : mode === 1 ? [ecnDscp, ...this.#take(2)] : [0, 0, 0];
    const [high = 0, middle = 0, low = 0] = flow;
    return [0x60 | (trafficClass >> 4), ((trafficClass & 15) << 4) | (high & 15), middle, low];
  }

  #unicast(
    mode: number,
    stateful: boolean,
    context: number,
    identifier: readonly number[],
    isSource: boolean,
  ): readonly number[] | null {
    if (mode === 0) {
      if (!stateful) return this.#take(16);
      // The unspecified address; reserved for a destination.
      return isSource ? new Array<number>(16).fill(0) : null;
    }
    if (stateful) this.#context(context);
    const prefix = stateful ? placeholderPrefix(context) : LINK_LOCAL;
    if (mode === 1) return [...prefix, ...this.#take(8)];
    return [...prefix, ...(mode === 2 ? shortIdentifier(this.#byte() * 256 + this.#byte()) : identifier)];
  }

  /** §3.2.3, §3.2.4. */
  #multicast(mode: number, stateful: boolean, context: number): readonly number[] | null {
    const zeros = (count: number) => new Array<number>(count).fill(0);
    if (stateful) {
      if (mode !== 0) return null;
      this.#context(context);
      return [0xff, ...this.#take(2), 64, ...placeholderPrefix(context), ...this.#take(4)];
    }
    if (mode === 0) return this.#take(16);
    if (mode === 1) return [0xff, this.#byte(), ...zeros(9), ...this.#take(5)];
    if (mode === 2) return [0xff, this.#byte(), ...zeros(11), ...this.#take(3)];
    return [0xff, 2, ...zeros(13), this.#byte()];
  }

  /** LOWPAN_NHC (§4): `typeAt` is where the header before says what follows it. */
  #next(typeAt: number, source: readonly number[], destination: readonly number[], depth: number): boolean {
    let at = typeAt;
    for (let count = 0; count < MOST_EXTENSIONS; count++) {
      const kind = this.#byte();
      if (kind >> 3 === 0x1e) return this.#udp(at, kind);
      if (kind >> 4 !== 0x0e) return false;
      const eid = (kind >> 1) & 7;
      if (eid === NESTED_IP) {
        this.written[at] = 41;
        return this.ip(source, destination, depth + 1);
      }
      const protocol = EXTENSIONS[eid];
      if (protocol === undefined) return false;
      this.written[at] = protocol;
      at = this.written.length;
      this.#extension(eid, (kind & 1) === 0);
      if (this.#isCut()) return false;
      if ((kind & 1) === 0) return true;
    }
    return false;
  }

  /** Its length counts bytes on the air, and options that only fill up are left out there (§4.2). */
  #extension(eid: number, nextInline: boolean): void {
    const next = nextInline ? this.#byte() : 59;
    const length = this.#byte();
    const whole = (length + 2 + 7) & ~7;
    this.written.push(next, eid === FRAGMENT ? 0 : whole / 8 - 1, ...this.#take(length));
    for (let i = length + 2; i < whole; i++) this.written.push(0);
  }

  /** Ports of 16, 8 or 4 bits; a checksum that was left out reads as 0 (§4.3). */
  #udp(typeAt: number, kind: number): boolean {
    this.written[typeAt] = 17;
    const start = this.written.length;
    const mode = kind & 3;
    if (mode === 3) {
      const nibbles = this.#byte();
      this.written.push(0xf0, 0xb0 | (nibbles >> 4), 0xf0, 0xb0 | (nibbles & 15));
    } else {
      this.written.push(mode === 2 ? 0xf0 : this.#byte(), this.#byte());
      this.written.push(mode === 1 ? 0xf0 : this.#byte(), this.#byte());
    }
    this.lengths.push({ at: start + 4, from: start });
    this.written.push(0, 0, ...(kind & 4 ? [0, 0] : this.#take(2)));
    return !this.#isCut();
  }

  #byte(): number {
    const value = uint8(this.#frame.bytes, this.#frame.from);
    this.#frame.from++;
    return value;
  }

  /** Past the end of the frame nothing: `#isCut` tells. */
  #take(length: number): readonly number[] {
    const { bytes, from, to } = this.#frame;
    this.#frame.from += length;
    return this.#isCut() ? [] : Array.from(bytes.subarray(from, Math.min(to, from + length)));
  }

  #isCut(): boolean {
    return this.#frame.from > this.#frame.to;
  }
}
