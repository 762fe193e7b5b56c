/** One association as a row of a list: its words, its shape, and how rows are filtered and sorted. */
import type { Association, Endpoint } from '../analysis/trace.ts';
import { endpointText, milliseconds } from '../analysis/words.ts';

export { endpointText, milliseconds };

export type Shape = 'failure' | 'warning' | 'security' | 'note' | 'ok';

export interface AssociationRow {
  readonly id: string;
  readonly shape: Shape;
  /** The shape in one word, for those who cannot see it. */
  readonly status: string;
  readonly ports: string;
  readonly version: string;
  readonly handshake: string;
  readonly retransmissions: number;
}

export type SortKey = 'order' | 'status' | 'ports' | 'version' | 'handshake' | 'retransmissions';

const SEVERITY: readonly Shape[] = ['failure', 'warning', 'security', 'note', 'ok'];

export function associationRow(a: Association): AssociationRow {
  return {
    id: a.id,
    shape: shapeOf(a),
    status: a.outcome === 'no-handshake' ? 'no handshake' : a.outcome,
    ports: `${portText(a.client)}→${portText(a.server)}`,
    version: shortVersion(a.version),
    handshake: handshakeText(a),
    retransmissions: a.retransmissions,
  };
}

/** The port, or what stands for the endpoint where a text told no port. */
export function portText({ address, port }: Endpoint): string {
  return port === 0 ? address : String(port);
}

/** The worst of what went wrong; where no rule found anything, what the outcome says. */
export function shapeOf(a: Association): Shape {
  if (a.findings.some((f) => f.severity === 'failure')) return 'failure';
  if (a.findings.some((f) => f.severity === 'warning')) return a.outcome === 'failed' ? 'failure' : 'warning';
  switch (a.outcome) {
    case 'failed':
      return 'failure';
    case 'incomplete':
      return 'warning';
    case 'established':
      return a.retransmissions > 0 ? 'warning' : 'ok';
    default:
      return 'note';
  }
}

/** "7 018 ms", "alert unknown_ca", "stopped at flight 3", "no handshake". */
export function handshakeText(a: Association): string {
  if (a.outcome === 'no-handshake') return 'no handshake';
  if (a.outcome === 'established') {
    const took = a.handshakeMs === null ? 'established' : milliseconds(a.handshakeMs);
    return a.addressChanges.length > 0 ? `${took}, moved` : took;
  }
  const fatal = a.alerts.find((alert) => alert.level === 'fatal');
  if (a.outcome === 'failed' && fatal) return `alert ${fatal.description}`;
  const flight = a.handshakes.at(-1)?.flights.at(-1)?.number;
  if (a.outcome === 'ongoing') return flight === undefined ? 'not finished' : `at flight ${flight}`;
  return flight === undefined ? a.outcome : `stopped at flight ${flight}`;
}

/** "1.2" of "DTLS 1.2". */
export function shortVersion(version: string | null): string {
  return version === null ? '—' : (/\d\.\d/.exec(version)?.[0] ?? version);
}

/** Groups of three digits, divided by thin spaces. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

/** "812 bytes", "1.5 KB", "12.3 MB". */
export function byteCount(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "1 packet", "2 924 packets". */
export function counted(value: number, noun: string): string {
  return `${grouped(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** What the filter box searches: every term has to match. */
export function associationFilter(query: string): (a: Association) => boolean {
  const terms = query
    .toLowerCase()
    .split(/\s+/)
    .filter((term) => term !== '');
  const matchers = terms.map(termMatcher);
  return (a) => matchers.every((matches) => matches(a));
}

function termMatcher(term: string): (a: Association) => boolean {
  const [, key = '', value = ''] = /^(status|version|port|ip|finding):(.*)$/.exec(term) ?? [];
  switch (key) {
    case 'status':
      return (a) => a.outcome.startsWith(value) || shapeOf(a).startsWith(value);
    case 'version':
      return (a) => shortVersion(a.version).startsWith(value);
    case 'port':
      return (a) => String(a.client.port).startsWith(value) || String(a.server.port).startsWith(value);
    case 'finding':
      return (a) => a.findings.some((f) => f.rule.startsWith(value) || f.severity.startsWith(value));
    case 'ip':
      return (a) => a.client.address.startsWith(value) || a.server.address.startsWith(value);
    default:
      return (a) => searchText(a).includes(term);
  }
}

/** Kept beside the association: with ten thousand of them a keystroke has no time to build it anew. */
const searchTexts = new WeakMap<Association, string>();

function searchText(a: Association): string {
  const kept = searchTexts.get(a);
  if (kept !== undefined) return kept;
  const endpoints = [a.client, a.server].map((e) => `${e.address}:${e.port}`);
  const names = [a.version, a.cipherSuite?.name, a.keyExchange, a.group, a.alpn, a.serverName, a.pskIdentity];
  const alerts = a.alerts.map((alert) => alert.description);
  const ports = `${a.client.port}→${a.server.port}`;
  const words = [a.id, ...endpoints, ports, a.outcome, a.verdict, ...names, ...alerts];
  const text = words.join(' ').toLowerCase();
  searchTexts.set(a, text);
  return text;
}

/** Ascending; equal ones stay in the order of the trace. */
export function sortAssociations(
  associations: readonly Association[],
  key: SortKey,
  descending: boolean,
): readonly Association[] {
  if (key === 'order') return descending ? [...associations].reverse() : associations;
  const sign = descending ? -1 : 1;
  return [...associations].sort((a, b) => sign * compare(a, b, key));
}

function compare(a: Association, b: Association, key: Exclude<SortKey, 'order'>): number {
  switch (key) {
    case 'status':
      return SEVERITY.indexOf(shapeOf(a)) - SEVERITY.indexOf(shapeOf(b));
    case 'ports':
      return a.client.port - b.client.port || a.server.port - b.server.port;
    case 'version':
      return shortVersion(a.version).localeCompare(shortVersion(b.version));
    case 'handshake':
      return (a.handshakeMs ?? Number.MAX_VALUE) - (b.handshakeMs ?? Number.MAX_VALUE);
    case 'retransmissions':
      return a.retransmissions - b.retransmissions;
  }
}
