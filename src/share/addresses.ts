/** Addresses for documentation in place of the real ones (RFC 5737, RFC 2544, RFC 3849): the same for the same within a link. */

/** 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, then 198.18.0.0/15. */
const SMALL = ['192.0.2', '198.51.100', '203.0.113'] as const;
const HOSTS = 254;
/** What a text without addresses has in their place: it says nothing. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(['', 'A', 'B', 'text']);
/** Anything that may be an address amid words. */
const IN_TEXT = /\d{1,3}(?:\.\d{1,3}){3}|(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?:\d{1,3}(?:\.\d{1,3}){3})?/gi;

export class AddressBook {
  readonly #known = new Map<string, string>();
  #v4 = 0;
  #v6 = 0;

  /** What stands for the address. A text may have host names as addresses: they are replaced too. */
  replaced(address: string): string {
    if (PLACEHOLDERS.has(address)) return address;
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const other = address.includes(':') ? v6(this.#v6++) : v4(this.#v4++);
    this.#known.set(address, other);
    return other;
  }

  /** Original addresses, in the order in which they were replaced. */
  get replacements(): readonly { readonly from: string; readonly to: string }[] {
    return [...this.#known].map(([from, to]) => ({ from, to }));
  }

  /** The text with every address replaced, whether or not it is one of the trace. */
  inText(text: string): string {
    return text.replace(IN_TEXT, (address) => this.replaced(address));
  }
}

function v4(n: number): string {
  const net = SMALL[Math.floor(n / HOSTS)];
  if (net !== undefined) return `${net}.${(n % HOSTS) + 1}`;
  const rest = n - SMALL.length * HOSTS;
  return `198.${18 + ((rest >> 16) & 1)}.${(rest >> 8) & 255}.${rest & 255}`;
}

function v6(n: number): string {
  return `2001:db8::${hexGroups(n + 1)}`;
}

const hexGroups = (n: number): string =>
  n > 0xffff ? `${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}` : n.toString(16);
