/** Addresses that are not reached from the Internet: private, of one link or of one host. */

/** RFC 1918, RFC 6598, RFC 3927, RFC 1122 §3.2.1.3; RFC 4193, RFC 4291 §2.5. */
export function isPrivateAddress(address: string): boolean {
  const mapped = address.startsWith('::ffff:') ? address.slice(7) : address;
  return mapped.includes(':') ? isPrivate6(mapped) : isPrivate4(mapped);
}

function isPrivate4(address: string): boolean {
  const [a = -1, b = -1] = address.split('.').map(Number);
  return (
    a === 10 ||
    a === 127 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}

/** Unique local and link-local addresses, loopback, and none at all. */
const isPrivate6 = (address: string): boolean =>
  address === '::1' || address === '::' || /^(f[cd]|fe[89ab])/.test(address.toLowerCase());
