/** Secrets as lines of an NSS key log (RFC 9850), which Wireshark and every other reader knows. */
import type { KeyLine } from '../analysis/used-keys.ts';

export function keyLogText(lines: readonly KeyLine[]): string {
  return lines.map(({ label, clientRandom, secret }) => `${label} ${clientRandom} ${secret}\n`).join('');
}
