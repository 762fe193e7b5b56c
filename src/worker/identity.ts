/** By what the page knows a capture again, to find what the reader wrote about it. */
import { runningHash } from '../crypto/hashes.ts';
import { toBase64url } from '../share/base64url.ts';
import type { InputFile } from './protocol.ts';

const END_BYTES = 64 << 10;
const IDENTITY_BYTES = 16;

/**
 * SHA-256 over the size and the first and last 64 KiB of each capture, in order of opening: cheap for captures of
 * gigabytes, and two that agree in all of it are the same for every purpose here. Names do not count.
 */
export async function captureIdentity(captures: readonly InputFile[]): Promise<string> {
  const running = runningHash('sha256');
  for (const { blob } of captures) {
    running.update(new TextEncoder().encode(`${blob.size}\n`));
    const ends = blob.size <= 2 * END_BYTES ? [blob] : [blob.slice(0, END_BYTES), blob.slice(-END_BYTES)];
    for (const end of ends) running.update(new Uint8Array(await end.arrayBuffer()));
  }
  return toBase64url(running.digest().subarray(0, IDENTITY_BYTES));
}
