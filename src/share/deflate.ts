/** Compression as every browser and Node has it (RFC 1951), with a limit on what it may grow to. */

export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return (await collect(bytes, new CompressionStream('deflate-raw'), Number.POSITIVE_INFINITY)) ?? new Uint8Array();
}

export type Inflated =
  | { readonly kind: 'inflated'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** No deflate data, or cut short. */
  | { readonly kind: 'damaged' }
  | { readonly kind: 'too-large' };

/** Stops as soon as more than `limit` bytes came out, whatever the rest would be. */
export async function inflate(bytes: Uint8Array<ArrayBuffer>, limit: number): Promise<Inflated> {
  try {
    const whole = await collect(bytes, new DecompressionStream('deflate-raw'), limit);
    return whole ? { kind: 'inflated', bytes: whole } : { kind: 'too-large' };
  } catch {
    return { kind: 'damaged' };
  }
}

/** Fed in pieces: what a piece inflates to is bounded, so the limit holds in memory too. */
const PIECE = 4096;

/** Null where more than `limit` bytes came. */
async function collect(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  let at = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + PIECE));
      at += PIECE;
    },
  });
  const reader = source.pipeThrough(through).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel().catch(() => undefined);
      return null;
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let to = 0;
  for (const part of parts) {
    whole.set(part, to);
    to += part.length;
  }
  return whole;
}
