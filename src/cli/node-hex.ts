/** Hex by node's own encoder. */
const ROOM = Buffer.alloc(1 << 14);

export function nodeHex(bytes: Uint8Array): string {
  if (bytes.length > ROOM.length) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
  // To copy them takes less time than to make a Buffer of them.
  ROOM.set(bytes);
  return ROOM.toString('hex', 0, bytes.length);
}
