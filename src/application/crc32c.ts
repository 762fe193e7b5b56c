/** The checksum of SCTP (RFC 9260 §6.8, appendix A): CRC-32 with Castagnoli's polynomial, reflected. */

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** Bytes are asked for by index, as they may lie behind a cursor. */
export function crc32c(length: number, byteAt: (index: number) => number): number {
  let crc = 0xffffffff;
  for (let i = 0; i < length; i++) crc = (crc >>> 8) ^ (TABLE[(crc ^ byteAt(i)) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
