/** Words of the longest sentence of a text. */
export function longestSentence(text: string): number {
  const sentences = text.split(/(?<=[.:;!?])\s+/);
  return Math.max(0, ...sentences.map((s) => s.split(/\s+/).filter((w) => /\w/.test(w)).length));
}
