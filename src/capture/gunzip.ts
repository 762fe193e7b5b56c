/** Chunks of a source, with a look at the first ones before they are used, and unpacked if need be. */
import { concat } from '../wire/text.ts';

/** Small pieces, because what a damaged stream has unpacked but not delivered yet is lost. */
const PIECE = 16 * 1024;
/** Nothing unpacked for so long means that nothing more will come. */
const QUIET_MS = 20;

/**
 * Up to here a file may unpack to anything. Beyond, packing a capture a thousand times smaller takes a capture that
 * says the same a thousand times, or somebody who wants memory and time to be spent.
 */
const FREE_BYTES = 1024 * 1024 * 1024;
const MOST_TIMES = 500;

/** The file unpacks to so much more than it is that it is not unpacked to its end. */
export class TooDense extends Error {}

/** Hands out chunks one by one. It never throws: `error` tells why the chunks ended early. */
export class Chunks {
  error: unknown = null;
  readonly #iterator: AsyncIterator<Uint8Array>;
  #held: Uint8Array[] = [];
  #over = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** The first `length` bytes, or all where there are fewer; `next` hands them out again. */
  async head(length: number): Promise<Uint8Array> {
    const held: Uint8Array[] = [];
    let total = 0;
    while (total < length) {
      const chunk = await this.next();
      if (!chunk) break;
      held.push(chunk.slice());
      total += chunk.length;
    }
    this.#held = held;
    return concat(...held).subarray(0, length);
  }

  /** Null at the end. */
  async next(): Promise<Uint8Array | null> {
    const held = this.#held.shift();
    if (held) return held;
    if (this.#over) return null;
    try {
      const result = await this.#iterator.next();
      if (!result.done) return result.value;
    } catch (error) {
      this.error = error ?? new Error('unknown');
    }
    this.#over = true;
    return null;
  }

  /** Lets go of the source before its end. */
  async close(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    try {
      await this.#iterator.return?.();
    } catch {
      // Nobody waits for more bytes, so an error while closing changes nothing.
    }
  }
}

/** What gzip data unpacks to. Throws where the data is damaged or cut short, and `TooDense`. */
export async function* gunzip(packed: Chunks, freeBytes = FREE_BYTES): AsyncGenerator<Uint8Array, void> {
  const amount = { packed: 0, unpacked: 0 };
  const reading = { delivered: 0, waiting: false, over: false };
  let rest = new Uint8Array();
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      while (rest.length === 0) {
        const chunk = await packed.next();
        if (!chunk) {
          await settled(reading);
          return controller.close();
        }
        rest = new Uint8Array(chunk);
        amount.packed += chunk.length;
      }
      controller.enqueue(rest.subarray(0, PIECE));
      rest = rest.subarray(PIECE);
    },
    cancel: () => packed.close(),
  });
  const reader = source.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      reading.waiting = true;
      const { done, value } = await reader.read();
      reading.waiting = false;
      if (done) return;
      reading.delivered++;
      amount.unpacked += value.length;
      if (amount.unpacked > freeBytes && amount.unpacked > MOST_TIMES * amount.packed) throw new TooDense();
      yield value;
    }
  } finally {
    reading.over = true;
    reader.cancel().catch(() => undefined);
  }
}

/**
 * Waits until all that was unpacked has been read. The end of the input comes only then: in a file that is cut short
 * it is an error, and an error throws away what the stream still holds.
 */
async function settled(reading: { delivered: number; waiting: boolean; over: boolean }): Promise<void> {
  let before = -1;
  while (!reading.over && !(reading.waiting && reading.delivered === before)) {
    before = reading.delivered;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
}
