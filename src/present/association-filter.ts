/** The filter box over the list of associations: words, and `key:value` terms. Every term has to match. */
import type { ListedAssociation } from '../analysis/listed-association.ts';
import type { Endpoint } from '../analysis/trace.ts';
import { shapeOf, shortVersion } from './association-row.ts';
import { lostTransmissions, stacksOf } from './lost-transmissions.ts';

export interface Filter {
  readonly matches: (a: ListedAssociation) => boolean;
  /** What was not understood and is searched for as a word, in sentences. */
  readonly remarks: readonly string[];
}

type Matcher = (a: ListedAssociation) => boolean;

interface FilterKey {
  readonly key: string;
  /** What can follow, for the list of all keys. */
  readonly example: string;
  readonly says: string;
  /** Null where the value makes no sense. The value is in lower case. */
  readonly matcher: (value: string) => Matcher | null;
}

export const FILTER_KEYS: readonly FilterKey[] = [
  { key: 'status', example: 'failed', says: 'failed, established, incomplete, ongoing, warning', matcher: status },
  {
    key: 'version',
    example: '1.3',
    says: 'DTLS version',
    matcher: (v) => (a) => shortVersion(a.version).startsWith(v),
  },
  { key: 'suite', example: 'ccm_8', says: 'part of the cipher suite', matcher: part((a) => a.cipherSuite?.name) },
  { key: 'port', example: '5684', says: 'of either side', matcher: port },
  { key: 'ip', example: '10.0.', says: 'how an address begins', matcher: address },
  { key: 'sni', example: 'example', says: 'part of the server name', matcher: part((a) => a.serverName) },
  { key: 'psk', example: 'client', says: 'part of the PSK identity', matcher: part((a) => a.pskIdentity) },
  { key: 'finding', example: 'warning', says: 'severity, or a rule’s id', matcher: finding },
  { key: 'alert', example: 'unknown_ca', says: 'name or number', matcher: alert },
  { key: 'group', example: 'x25519', says: 'of the key exchange', matcher: part((a) => a.group) },
  { key: 'cid', example: 'yes', says: 'yes, no, or how one begins in hex', matcher: connectionId },
  { key: 'retransmissions', example: '>2', says: 'of flights', matcher: count((a) => a.retransmissions) },
  { key: 'lost', example: 'server', says: 'yes, no, or whose flight: client, server-proven …', matcher: lost },
  { key: 'stack', example: 'openssl', says: 'part of what the timers fit', matcher: stack },
  { key: 'handshake', example: '>1000', says: 'ms until established', matcher: count((a) => a.handshakeMs) },
  { key: 'records', example: '>100', says: 'of both sides', matcher: count((a) => a.records.total) },
  { key: 'keys', example: 'no', says: 'yes, no or some: what could be decrypted', matcher: keys },
];

export function associationFilter(query: string): Filter {
  const matchers: Matcher[] = [];
  const remarks: string[] = [];
  // A value with spaces stands in quotation marks.
  for (const [term] of query.toLowerCase().matchAll(/(?:[^\s"]|"[^"]*"?)+/g)) {
    const { matches, remark } = readTerm(term.replaceAll('"', ''));
    matchers.push(matches);
    if (remark !== null) remarks.push(remark);
  }
  return { matches: (a) => matchers.every((matches) => matches(a)), remarks };
}

function readTerm(term: string): { readonly matches: Matcher; readonly remark: string | null } {
  const word: Matcher = (a) => searchText(a).includes(term);
  const [, name = '', value = ''] = /^([a-z]+):(.*)$/s.exec(term) ?? [];
  const key = FILTER_KEYS.find((known) => known.key === name);
  // Two colons make an IPv6 address.
  if (name === '' || (!key && value.includes(':'))) return { matches: word, remark: null };
  if (!key) return { matches: word, remark: `There is no key “${name}”, so “${term}” is searched for as a word.` };
  const matches = key.matcher(value);
  // Nobody is contradicted in mid-word.
  if (value === '') return { matches: () => true, remark: null };
  if (matches) return { matches, remark: null };
  return { matches: word, remark: `“${name}:” takes a value such as ${name}:${key.example} (${key.says}).` };
}

function status(value: string): Matcher {
  return (a) => a.outcome.startsWith(value) || shapeOf(a).startsWith(value);
}

/** As `loosely` says, or to the letter where the value begins with "=". */
function fits(text: string, value: string, loosely: (text: string) => boolean): boolean {
  return value.startsWith('=') ? text === value.slice(1) : loosely(text);
}

function part(of: (a: ListedAssociation) => string | null | undefined): (value: string) => Matcher {
  return (value) => (a) => fits(of(a)?.toLowerCase() ?? '', value, (text) => text.includes(value));
}

function port(value: string): Matcher | null {
  return /^\d{1,5}$/.test(value) ? (a) => endpoints(a).some((e) => String(e.port).startsWith(value)) : null;
}

function address(value: string): Matcher {
  return (a) => endpoints(a).some((e) => e.address.startsWith(value));
}

/** Also those that an endpoint had before it moved. */
function endpoints({ client, server, addressChanges }: ListedAssociation): readonly Endpoint[] {
  return [client, server, ...addressChanges.flatMap(({ from, to }) => [from, to])];
}

function finding(value: string): Matcher {
  return (a) =>
    a.findings.some((f) => fits(f.rule, value, (rule) => rule.startsWith(value)) || f.severity.startsWith(value));
}

function alert(value: string): Matcher {
  return (a) =>
    a.alerts.some((one) => fits(one.description, value, (name) => name.includes(value)) || String(one.code) === value);
}

function connectionId(value: string): Matcher | null {
  const ids = ({ connectionIds: { client, server } }: ListedAssociation) =>
    [client, server].filter((id) => id !== null);
  if (value === 'yes') return (a) => ids(a).length > 0;
  if (value === 'no') return (a) => ids(a).length === 0;
  return /^[0-9a-f]+$/.test(value) ? (a) => ids(a).some((id) => id.startsWith(value)) : null;
}

/** "server", "proven", "server-proven": all words have to fit one and the same loss. */
function lost(value: string): Matcher | null {
  if (value === 'yes') return (a) => lostTransmissions(a).length > 0;
  if (value === 'no') return (a) => lostTransmissions(a).length === 0;
  const words = value.split('-').filter((word) => word !== '');
  const known = ['client', 'server', 'inferred', 'proven'];
  // Nobody is contradicted in mid-word.
  if (!words.every((word) => known.some((one) => one.startsWith(word)))) return null;
  return (a) =>
    lostTransmissions(a).some(({ sender, proven }) =>
      words.every((word) => [sender, proven ? 'proven' : 'inferred'].some((one) => one.startsWith(word))),
    );
}

function stack(value: string): Matcher {
  return (a) => stacksOf(a).some((one) => fits(one.toLowerCase(), value, (text) => text.includes(value)));
}

function count(of: (a: ListedAssociation) => number | null): (value: string) => Matcher | null {
  return (value) => {
    const [, sign = '', digits] = /^([<>]=?|=)?(\d+(?:\.\d+)?)$/.exec(value) ?? [];
    if (digits === undefined) return null;
    const limit = Number(digits);
    return (a) => {
      const found = of(a);
      return found !== null && compares(found, sign, limit);
    };
  };
}

function compares(value: number, sign: string, limit: number): boolean {
  switch (sign) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    default:
      return value === limit;
  }
}

function keys(value: string): Matcher | null {
  const open = ({ records }: ListedAssociation) => records.decrypted > 0;
  const closed = ({ records }: ListedAssociation) => records.undecryptable > 0;
  switch (value) {
    case 'yes':
      return (a) => open(a) && !closed(a);
    case 'no':
      return (a) => !open(a) && closed(a);
    case 'some':
      return (a) => open(a) && closed(a);
    default:
      return null;
  }
}

/** Kept beside the association: with ten thousand of them a keystroke has no time to build it anew. */
const searchTexts = new WeakMap<ListedAssociation, string>();

function searchText(a: ListedAssociation): string {
  const kept = searchTexts.get(a);
  if (kept !== undefined) return kept;
  const addresses = [a.client, a.server].map((e) => `${e.address}:${e.port}`);
  const names = [a.version, a.cipherSuite?.name, a.keyExchange, a.group, a.alpn, a.serverName, a.pskIdentity];
  const alerts = a.alerts.map((one) => one.description);
  const ports = `${a.client.port}→${a.server.port}`;
  const words = [a.id, ...addresses, ports, a.outcome, a.verdict, ...names, ...alerts];
  const text = words.join(' ').toLowerCase();
  searchTexts.set(a, text);
  return text;
}

/** Builds what words are searched in, before the first key is pressed. */
export function prepareSearch(associations: readonly ListedAssociation[]): void {
  for (const association of associations) searchText(association);
}
