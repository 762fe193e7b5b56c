/** IPv6 over IEEE 802.15.4: the dispatch, mesh and fragmentation headers (RFC 4944 §5). */
import { ip6Text } from './address.ts';
import { uint8, uint16 } from './big-endian.ts';
import { cutPieces, type Incomplete, Reassembly } from './fragments.ts';
import { type Frame, IP6, type LayerKind, NOTHING } from './frame.ts';
import { placeholderPrefix, unpackIphc } from './iphc.ts';
import type { Packet } from './packet.ts';
import type { ProblemList } from './problems.ts';

const PLAIN_IP6 = 0x41;
const BROADCAST = 0x50;
const MOST_HEADERS = 8;

export class Lowpan {
  readonly #problems: ProblemList;
  readonly #fragments: Reassembly;

  constructor(problems: ProblemList, incomplete: (datagram: Incomplete) => void) {
    this.#problems = problems;
    this.#fragments = new Reassembly(incomplete, { kind: '6LoWPAN', because: '' });
  }

  /** Turns the frame into the IPv6 packet inside; `NOTHING` for other frames and until the last fragment is there. */
  unpack(frame: Frame, packet: Packet): LayerKind {
    const { bytes } = frame;
    for (let count = 0; count < MOST_HEADERS; count++) {
      const dispatch = uint8(bytes, frame.from);
      if (dispatch >> 6 === 2) {
        if (!mesh(frame, dispatch)) return NOTHING;
      } else if (dispatch === BROADCAST) {
        if (!frame.skip(2)) return NOTHING;
      } else if (dispatch >> 3 === 0x18 || dispatch >> 3 === 0x1c) {
        return this.#fragment(frame, packet, dispatch >> 3 === 0x18);
      } else {
        return this.#whole(frame, packet, null) ? IP6 : NOTHING;
      }
    }
    return NOTHING;
  }

  /** Call once, after the last packet. */
  end(): void {
    this.#fragments.report(this.#problems);
  }

  /** Writes out the headers; `size` is told by the first fragment. False if there is no IPv6 packet. */
  #whole(frame: Frame, packet: Packet, size: number | null): boolean {
    const dispatch = uint8(frame.bytes, frame.from);
    if (dispatch === PLAIN_IP6) return frame.skip(1);
    if (dispatch >> 5 !== 3) return false;
    const unpacked = unpackIphc(frame, size, (context) => this.#unknownPrefix(packet, context));
    if (!unpacked) return false;
    const { from, to, wireTo } = frame;
    const pieces = cutPieces(frame.piecesOf(packet.number, from, to), 0, to - from, unpacked.payloadAt);
    frame.become(unpacked.bytes, wireTo - to, pieces);
    return true;
  }

  #unknownPrefix(packet: Packet, context: number): void {
    const prefix = ip6Text(Uint8Array.of(...placeholderPrefix(context), 0, 0, 0, 0, 0, 0, 0, 0), 0);
    this.#problems.once(
      `6LoWPAN context ${context}`,
      packet.number,
      packet.recordOffset,
      `The capture does not tell the prefix of 6LoWPAN context ${context}: addresses with it are shown with ` +
        `${prefix}/64 (first in packet ${packet.number}).`,
    );
  }

  /** Sizes and offsets are those of the uncompressed packet (§5.3). */
  #fragment(frame: Frame, packet: Packet, first: boolean): LayerKind {
    const { bytes, from: at } = frame;
    if (!frame.skip(first ? 4 : 5)) return NOTHING;
    const size = uint16(bytes, at) & 0x7ff;
    const tag = uint16(bytes, at + 2);
    const offset = first ? 0 : uint8(bytes, at + 4) * 8;
    if (first && !this.#whole(frame, packet, size)) return NOTHING;
    const wireLength = frame.wireTo - frame.from;
    if (offset + wireLength > size) return NOTHING;
    const whole = this.#fragments.add({
      key: `${frame.linkSource} ${frame.linkDestination} ${size} ${tag}`,
      bytes: frame.bytes,
      from: frame.from,
      to: frame.to,
      wireLength,
      offset,
      more: offset + wireLength < size,
      seconds: packet.clock.seconds(packet.timeHigh, packet.timeLow),
      timeNs: packet.clock.nanoseconds(packet.timeHigh, packet.timeLow),
      packet: packet.number,
      pieces: frame.piecesOf(packet.number, frame.from, frame.to),
      recordOffset: packet.recordOffset,
    });
    if (!whole) return NOTHING;
    frame.become(whole.bytes, whole.missing, whole.pieces);
    return IP6;
  }
}

/** Hops left, then the first sender and the last receiver (§5.2). */
function mesh(frame: Frame, dispatch: number): boolean {
  frame.from += (dispatch & 15) === 15 ? 2 : 1;
  const sourceLength = dispatch & 0x20 ? 2 : 8;
  const destinationLength = dispatch & 0x10 ? 2 : 8;
  const at = frame.from;
  if (!frame.skip(sourceLength + destinationLength)) return false;
  frame.linkSource = frame.bytes.slice(at, at + sourceLength);
  frame.linkDestination = frame.bytes.slice(at + sourceLength, frame.from);
  return true;
}
