/** How associations are called: by their place in the trace, "a1" for the first. */

export const associationId = (index: number): string => `a${index + 1}`;

/** "a12" → 11; -1 for what is no id. */
export function associationIndex(id: string): number {
  return /^a[1-9]\d{0,9}$/.test(id) ? Number(id.slice(1)) - 1 : -1;
}
