/** Interfaces of a pcapng section and their clocks, and the options of any block (draft-ietf-opsawg-pcapng §3.5, §4.2). */
import { uint8, uint16In, uint32In } from './big-endian.ts';
import { TimeSpan } from './container.ts';
import type { CapturePort, Clock } from './packet.ts';

export interface Interface extends CapturePort {
  readonly times: TimeSpan;
}

/** Calls `visit` with every option between `from` and `to`; damaged options end the list. */
export function eachOption(
  bytes: Uint8Array,
  from: number,
  to: number,
  littleEndian: boolean,
  visit: (code: number, from: number, to: number) => void,
): void {
  let at = from;
  while (at + 4 <= to) {
    const code = uint16In(bytes, at, littleEndian);
    const length = uint16In(bytes, at + 2, littleEndian);
    const start = at + 4;
    if (code === 0 || start + length > to) return;
    visit(code, start, start + length);
    at = start + ((length + 3) & ~3);
  }
}

/** `from` is the start of the block's body, `to` its end. */
export function decodeInterface(bytes: Uint8Array, from: number, to: number, littleEndian: boolean): Interface {
  let resolution = 6;
  let offsetSeconds = 0n;
  let fcsLength = 0;
  let name: string | null = null;
  let description: string | null = null;
  eachOption(bytes, from + 8, to, littleEndian, (code, at, end) => {
    if (code === 2) name = optionText(bytes.subarray(at, end));
    if (code === 3) description = optionText(bytes.subarray(at, end));
    if (code === 9 && end > at) resolution = uint8(bytes, at);
    if (code === 13 && end > at) fcsLength = uint8(bytes, at);
    if (code === 14 && end - at === 8) {
      const high = uint32In(bytes, littleEndian ? at + 4 : at, littleEndian);
      const low = uint32In(bytes, littleEndian ? at : at + 4, littleEndian);
      offsetSeconds = BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
    }
  });
  return {
    linkType: uint16In(bytes, from, littleEndian),
    snapLength: uint32In(bytes, from + 4, littleEndian),
    fcsLength,
    resolution,
    offsetSeconds,
    name,
    description,
    times: new TimeSpan(pcapngClock(resolution, offsetSeconds)),
  };
}

/** Some writers end a text with a zero byte. */
export function optionText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\0+$/, '');
}

/** `resolution` is if_tsresol: a negative power of 10, or with the top bit set of 2. */
export function pcapngClock(resolution: number, offsetSeconds: bigint): Clock {
  const exponent = resolution & 0x7f;
  const perSecond = (resolution & 0x80 ? 2n : 10n) ** BigInt(exponent);
  const unitSeconds = resolution & 0x80 ? 2 ** -exponent : 10 ** -exponent;
  const offsetNs = offsetSeconds * 1_000_000_000n;
  // Nearly all files are of the first kind, where one multiplication does it.
  const unitNs = 1_000_000_000n % perSecond === 0n ? 1_000_000_000n / perSecond : null;
  const nanoseconds = (high: number, low: number): bigint => {
    const ticks = (BigInt(high) << 32n) | BigInt(low);
    return offsetNs + (unitNs === null ? (ticks * 1_000_000_000n) / perSecond : ticks * unitNs);
  };
  const perTick = unitNs === null ? null : Number(unitNs);
  return {
    nanoseconds,
    since: (high, low, baseHigh, baseLow) =>
      perTick === null
        ? Number(nanoseconds(high, low) - nanoseconds(baseHigh, baseLow))
        : ((high - baseHigh) * 0x1_0000_0000 + (low - baseLow)) * perTick,
    seconds: (high, low) => Number(offsetSeconds) + (high * 0x1_0000_0000 + low) * unitSeconds,
    digits: resolution & 0x80 ? Math.ceil(exponent * Math.LOG10E * Math.LN2) : exponent,
  };
}
