/**
 * One trace is one value of the store, so that it is written in one step:
 * "DTS1", when it expires (ms since 1970, 8 bytes), SHA-256 of the delete token (32), length of the ciphertext (4),
 * ciphertext. Once expired the ciphertext goes and the head stays a while, to say why the trace is gone.
 */
const MAGIC = Buffer.from('DTS1', 'latin1');
const AT = { expires: 4, tokenHash: 12, length: 44 } as const;
export const HEAD_BYTES = 48;

export interface Head {
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly tokenHash: Uint8Array;
  /** Of the ciphertext; 0 once it was removed. */
  readonly length: number;
}

export function writeValue({ expires, tokenHash }: Omit<Head, 'length'>, ciphertext: Uint8Array): Buffer {
  const value = Buffer.alloc(HEAD_BYTES + ciphertext.length);
  value.set(MAGIC);
  value.writeBigUInt64BE(BigInt(Math.floor(expires)), AT.expires);
  value.set(tokenHash, AT.tokenHash);
  value.writeUInt32BE(ciphertext.length, AT.length);
  value.set(ciphertext, HEAD_BYTES);
  return value;
}

/** Null for what we did not write. */
export function readHead(bytes: Uint8Array): Head | null {
  if (bytes.length < HEAD_BYTES) return null;
  const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!value.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  return {
    expires: Number(value.readBigUInt64BE(AT.expires)),
    tokenHash: value.subarray(AT.tokenHash, AT.length),
    length: value.readUInt32BE(AT.length),
  };
}

/** Null for what is not whole: nobody was told that it had been stored. */
export function readValue(bytes: Uint8Array): { readonly head: Head; readonly ciphertext: Uint8Array } | null {
  const head = readHead(bytes);
  if (head === null || bytes.length !== HEAD_BYTES + head.length) return null;
  return { head, ciphertext: bytes.subarray(HEAD_BYTES) };
}
