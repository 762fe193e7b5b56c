/** Hex digits by character code: a text of megabytes is read character by character, without patterns. */

/** Value of each ASCII character as a hex digit, -1 for the others. */
const VALUES = Int8Array.from({ length: 128 }, (_, code) => {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
});

export function hexValue(code: number): number {
  return code < 128 ? (VALUES[code] ?? -1) : -1;
}

/** The byte that two digits at `at` write; -1 where they are no two digits. */
export function hexByte(text: string, at: number): number {
  const high = hexValue(text.charCodeAt(at) || 0);
  const low = hexValue(text.charCodeAt(at + 1) || 0);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** How many hex digits stand in a row. */
export function countDigits(text: string, at: number): number {
  let end = at;
  while (end < text.length && hexValue(text.charCodeAt(end)) >= 0) end++;
  return end - at;
}

/** Part of a word: letters, digits and the underscore. */
export function isWord(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
}

export function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 160;
}
