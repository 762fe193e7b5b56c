/** The columns of the list of associations: how much room each takes, what it says, and how rows are sorted by it. */
import type { EarlyAssociation } from '../analysis/early-association.ts';
import type { ListedAssociation } from '../analysis/listed-association.ts';
import {
  endpointText,
  grouped,
  handshakeText,
  portText,
  type Shape,
  shapeOf,
  shortVersion,
} from './association-row.ts';

export const SORT_KEYS = [
  'order',
  'status',
  'ports',
  'version',
  'handshake',
  'retransmissions',
  'records',
  'findings',
  'start',
  'name',
  'suite',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Column {
  readonly key: SortKey;
  /** Over the column; '' where the cells speak for themselves. */
  readonly head: string;
  /** In a sentence: "Sort by retransmissions". */
  readonly name: string;
  /** As CSS writes it. */
  readonly width: string;
  /** Least width of the whole list, in px, at which it is shown. */
  readonly from: number;
  readonly look: 'text' | 'mono' | 'number' | 'status';
  /** Has no room for a word. */
  readonly narrow?: true;
  readonly text: (a: ListedAssociation) => string;
  /** While its capture is read; null where only the analysis can tell. */
  readonly soFar: ((a: EarlyAssociation) => string) | null;
}

/** The same before and after the analysis. */
const known = (text: (a: EarlyAssociation) => string) => ({ text, soFar: text });
/** What the analysis finds out. */
const found = (text: (a: ListedAssociation) => string) => ({ text, soFar: null });

/** From this width on there is room for addresses beside the ports. */
const ADDRESSES_FROM = 500;

/** From left to right. */
const COLUMNS: readonly Column[] = [
  { key: 'status', head: '', name: 'status', width: '31px', from: 0, look: 'status', narrow: true, ...found(() => '') },
  { key: 'order', head: '#', name: 'number', width: '34px', from: 560, look: 'number', ...known((a) => a.id.slice(1)) },
  { key: 'ports', head: 'ports', name: 'ports', width: '84px', from: 0, look: 'mono', ...known(ports) },
  {
    key: 'version',
    head: '',
    name: 'version',
    width: '26px',
    from: 0,
    look: 'text',
    ...known((a) => shortVersion(a.version)),
  },
  {
    key: 'suite',
    head: 'cipher suite',
    name: 'cipher suite',
    width: 'minmax(90px, 1.2fr)',
    from: 900,
    look: 'text',
    ...known(suite),
  },
  {
    key: 'name',
    head: 'name',
    name: 'server name or PSK identity',
    width: 'minmax(70px, .6fr)',
    from: 740,
    look: 'text',
    ...known(nameOf),
  },
  {
    key: 'start',
    head: 'start',
    name: 'start',
    width: '70px',
    from: 620,
    look: 'number',
    ...known((a) => seconds(a.startMs)),
  },
  {
    key: 'handshake',
    head: 'handshake',
    name: 'handshake',
    width: 'minmax(40px, 1fr)',
    from: 0,
    look: 'text',
    ...found(handshakeText),
  },
  {
    key: 'records',
    head: 'records',
    name: 'records',
    width: '54px',
    from: 340,
    look: 'number',
    ...known((a) => grouped(a.records.total)),
  },
  {
    key: 'findings',
    head: 'findings',
    name: 'findings',
    width: '56px',
    from: 400,
    look: 'number',
    ...found((a) => some(a.findings.length)),
  },
  {
    key: 'retransmissions',
    head: '↻',
    name: 'retransmissions',
    width: '32px',
    from: 250,
    look: 'number',
    narrow: true,
    ...found(repeats),
  },
];

const WITH_ADDRESSES: Column = {
  key: 'ports',
  head: 'client → server',
  name: 'ports of client → server',
  width: 'minmax(150px, 2.2fr)',
  from: ADDRESSES_FROM,
  look: 'mono',
  ...known((a) => `${endpointText(a.client)} → ${endpointText(a.server)}`),
};

/** Those that fit into a list of this width. */
export function columnsWithin(width: number): readonly Column[] {
  return COLUMNS.filter(({ from }) => from <= width).map((column) =>
    column.key === 'ports' && width >= ADDRESSES_FROM ? WITH_ADDRESSES : column,
  );
}

/** Ascending; equal ones stay in the order of the trace. */
export function sortAssociations(
  associations: readonly ListedAssociation[],
  key: SortKey,
  descending: boolean,
): readonly ListedAssociation[] {
  if (key === 'order') return descending ? [...associations].reverse() : associations;
  const sign = descending ? -1 : 1;
  // Each value is computed once, not in every comparison.
  return associations
    .map((association) => ({ association, by: sortValue(association, key) }))
    .sort((a, b) => sign * (a.by < b.by ? -1 : a.by > b.by ? 1 : 0))
    .map(({ association }) => association);
}

const SEVERITY: readonly Shape[] = ['failure', 'warning', 'security', 'note', 'ok'];
const LARGEST_PORT = 65_536;

function sortValue(a: ListedAssociation, key: Exclude<SortKey, 'order'>): number | string {
  switch (key) {
    case 'status':
      return SEVERITY.indexOf(shapeOf(a));
    case 'ports':
      return a.client.port * LARGEST_PORT + a.server.port;
    case 'version':
      return shortVersion(a.version);
    case 'handshake':
      return a.handshakeMs ?? Number.MAX_VALUE;
    case 'retransmissions':
      return a.retransmissions;
    case 'records':
      return a.records.total;
    case 'findings':
      return a.findings.length;
    case 'start':
      return a.startMs;
    case 'name':
      return nameOf(a).toLowerCase();
    case 'suite':
      return suite(a);
  }
}

function ports({ client, server }: EarlyAssociation): string {
  return `${portText(client)}→${portText(server)}`;
}

/** The server name that the client asked for, else the identity of its pre-shared key. */
function nameOf(a: EarlyAssociation): string {
  return a.serverName ?? a.pskIdentity ?? '';
}

function suite(a: EarlyAssociation): string {
  return a.cipherSuite?.name.replace(/^TLS_/, '') ?? '';
}

function repeats({ retransmissions }: ListedAssociation): string {
  return retransmissions > 0 ? `↻${retransmissions}` : '';
}

function some(count: number): string {
  return count === 0 ? '' : String(count);
}

function seconds(ms: number): string {
  return `${grouped(Math.trunc(ms / 1000))}.${String(Math.trunc(Math.abs(ms) % 1000)).padStart(3, '0')}`;
}
