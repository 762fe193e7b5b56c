/** Unchecked reads for the paths that run once per packet. The caller has checked the bounds; past the end they give 0. */

export function uint8(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

export function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function uint32(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) * 0x10000 + uint16(bytes, at + 2);
}

/** In the byte order of the file that wrote it. */
export function uint16In(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  return littleEndian ? (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) : uint16(bytes, at);
}

/** In the byte order of the file that wrote it. */
export function uint32In(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  return littleEndian ? uint16In(bytes, at, true) + uint16In(bytes, at + 2, true) * 0x10000 : uint32(bytes, at);
}
