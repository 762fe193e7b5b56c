/** One input, read, and what is wrong with what came of it. */
import type { Entry } from './entry.ts';
import { weigh } from './soundness.ts';

export interface Attempt {
  /** Null where all is well. */
  readonly wrong: string | null;
  readonly weight: number;
}

export async function attempt(entry: Entry, input: Uint8Array): Promise<Attempt> {
  try {
    const given = input.slice();
    let answer = entry.read(given);
    if (answer instanceof Promise) answer = await answer;
    return { wrong: null, weight: weigh(answer, entry, input.length) };
  } catch (failure) {
    return { wrong: failure instanceof Error ? (failure.stack ?? failure.message) : String(failure), weight: 0 };
  }
}
