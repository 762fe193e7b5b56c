/** Full sequence numbers from the 8 or 16 bits that a unified header carries, RFC 9147 §4.2.2. */

/**
 * The number with these low bits that lies closest to the one expected next; of two equally close ones the higher,
 * because losses are longer than reordering is.
 * @param lowBits after the mask was taken off.
 * @param expected the highest number of this epoch that authenticated, plus one; 0 when there was none.
 */
export function reconstructSequenceNumber(lowBits: number, width: 8 | 16, expected: number): number {
  const modulus = 2 ** width;
  const near = expected - (expected % modulus) + lowBits;
  const candidates = [near + modulus, near, near - modulus];
  let best = near;
  for (const candidate of candidates) {
    if (candidate < 0) continue;
    const closer = Math.abs(candidate - expected) - Math.abs(best - expected);
    if (closer < 0 || (closer === 0 && candidate > best)) best = candidate;
  }
  return best;
}
