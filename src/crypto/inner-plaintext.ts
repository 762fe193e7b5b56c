/** DTLSInnerPlaintext (RFC 9146 §4) and TLSInnerPlaintext (RFC 8446 §5.2): content ‖ real type ‖ zeros. */

export interface InnerPlaintext {
  readonly contentType: number;
  readonly content: Uint8Array;
  /** Zero bytes after the type. */
  readonly paddingLength: number;
}

/** Takes the padding and the type off; null where there is no type, all bytes being zero or there being none. */
export function stripInnerPlaintext(plaintext: Uint8Array): InnerPlaintext | null {
  let end = plaintext.length;
  while (end > 0 && plaintext[end - 1] === 0) end--;
  const contentType = plaintext[end - 1];
  if (contentType === undefined) return null;
  return { contentType, content: plaintext.subarray(0, end - 1), paddingLength: plaintext.length - end };
}
