/** A way by which bytes of unknown origin come in, as the fuzzer drives it. */

export interface Entry {
  /** For `--entry` and for the folder of the kept corpus. */
  readonly name: string;
  /** Decides which mutations are tried: those of bytes, or also those of words and lines. */
  readonly form: 'bytes' | 'text';
  /** Inputs that are as they should be, to be damaged. Small: damage then hits what is read. */
  seeds(): readonly Uint8Array[];
  /**
   * Gives everything that comes of it, for soundness.ts to look through, and throws what is wrong. Total functions: whatever is thrown
   * counts as a crash.
   */
  read(input: Uint8Array): unknown;
  /** What the answer may weigh, see soundness.ts, for an input of so many bytes. */
  readonly growth?: (inputLength: number) => number;
  /** Names of fields whose text is the input's own, and shown as such or not at all: control characters may be there. */
  readonly verbatim?: readonly string[];
}

export class Wrong extends Error {}

/** Fails the input with this sentence. */
export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Wrong(otherwise);
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export const asText = (input: Uint8Array): string => decoder.decode(input);
export const asBytes = (text: string): Uint8Array => encoder.encode(text);
