/** How often one address may ask: a bucket of tokens each, refilled steadily. */

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** More addresses than this at once: those that asked longest ago are forgotten, so that nobody fills the memory. */
const MOST_BUCKETS = 20_000;

/** @returns how many seconds the address must wait; 0 where it may ask now. */
export type RateLimit = (address: string, now: number) => number;

export function rateLimit(perMinute: number): RateLimit {
  const buckets = new Map<string, Bucket>();
  const perMs = perMinute / 60_000;
  return (address, now) => {
    const name = networkOf(address);
    const bucket = buckets.get(name) ?? { tokens: perMinute, filledAt: now };
    bucket.tokens = Math.min(perMinute, bucket.tokens + Math.max(0, now - bucket.filledAt) * perMs);
    bucket.filledAt = now;
    // The order of the map is the order of asking.
    buckets.delete(name);
    buckets.set(name, bucket);
    if (buckets.size > MOST_BUCKETS) for (const oldest of buckets.keys()) if (buckets.delete(oldest)) break;
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perMs / 1000);
    bucket.tokens -= 1;
    return 0;
  };
}

/** One subscriber has a whole /64 of IPv6. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [front = '', back] = plain.toLowerCase().split('::');
  const groups = front === '' ? [] : front.split(':');
  if (back !== undefined) {
    const behind = back === '' ? [] : back.split(':');
    while (groups.length + behind.length < 8) groups.push('0');
    groups.push(...behind);
  }
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
