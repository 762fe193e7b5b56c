/** From where an address can be reached: its own host, a private network or one link, or the Internet. */
import type { Reach } from './given.ts';

/** RFC 1122 §3.2.1.3, RFC 1918, RFC 6598, RFC 3927; RFC 4193, RFC 4291 §2.5. */
export function reachOf(address: string, given: ReadonlyMap<string, Reach>): Reach {
  const told = given.get(address);
  if (told !== undefined) return told;
  const mapped = address.startsWith('::ffff:') ? address.slice(7) : address;
  if (isLoopback(mapped)) return 'host';
  return (mapped.includes(':') ? isPrivate6(mapped) : isPrivate4(mapped)) ? 'private' : 'public';
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

function isPrivate4(address: string): boolean {
  const [a = -1, b = -1] = address.split('.').map(Number);
  return (
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}

/** Unique local and link-local addresses, and none at all. */
const isPrivate6 = (address: string): boolean => address === '::' || /^(f[cd]|fe[89ab])/.test(address.toLowerCase());
