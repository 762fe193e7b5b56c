/** The columns of the packet table: what they hold, how they sort, and the whole as text for the clipboard. */
import { type RecordLine, STATE_WORDS } from './packet-table.ts';

export type PacketColumn =
  | 'packet'
  | 'time'
  | 'delta'
  | 'elsewhere'
  | 'sender'
  | 'what'
  | 'number'
  | 'flight'
  | 'mark'
  | 'state'
  | 'bytes';

export interface PacketSort {
  readonly column: PacketColumn;
  readonly descending: boolean;
}

export const IN_TIME: PacketSort = { column: 'time', descending: false };

interface Column {
  readonly id: PacketColumn;
  readonly head: string;
  readonly name: string;
  readonly text: (line: RecordLine, roles: Roles) => string;
  readonly value: (line: RecordLine) => number | string;
}

interface Roles {
  readonly client: string;
  readonly server: string;
}

const COLUMNS: readonly Column[] = [
  { id: 'packet', head: 'packet', name: 'Packet', text: (l) => l.packet, value: (l) => l.packetNumber },
  { id: 'time', head: 'ms', name: 'Time in ms', text: (l) => l.time, value: (l) => l.timeMs },
  { id: 'delta', head: 'delta', name: 'Ms since the record before', text: (l) => l.delta, value: (l) => l.deltaMs },
  {
    id: 'elsewhere',
    head: 'other point',
    name: 'At the other capture point',
    text: (l) => l.elsewhere,
    value: (l) => l.delayMs ?? Number.POSITIVE_INFINITY,
  },
  {
    id: 'sender',
    head: 'sender',
    name: 'Sender and receiver',
    text: ({ sender }, roles) =>
      sender === 'client' ? `${roles.client} → ${roles.server}` : `${roles.server} → ${roles.client}`,
    value: (l) => l.sender,
  },
  {
    id: 'what',
    head: 'what',
    name: 'What it carries',
    text: (l) => (l.note === '' ? l.what : `${l.what} (${l.note})`),
    value: (l) => l.what,
  },
  {
    id: 'number',
    head: 'no.',
    name: 'Epoch and sequence number',
    text: (l) => l.number,
    value: (l) => l.epoch * 2 ** 48 + (l.sequenceNumber ?? 0),
  },
  {
    id: 'flight',
    head: 'flight',
    name: 'Flight and attempt',
    text: (l) => l.attempt,
    value: ({ flight, row }) =>
      flight === null ? Number.POSITIVE_INFINITY : flight * 1000 + (row.attempt?.number ?? 0),
  },
  { id: 'mark', head: 'mark', name: 'What is special', text: (l) => l.mark, value: (l) => l.mark || '\uffff' },
  {
    id: 'state',
    head: 'state',
    name: 'State',
    text: (l) => (l.state === null ? '' : STATE_WORDS[l.state]),
    value: (l) => (l.state === null ? '\uffff' : STATE_WORDS[l.state]),
  },
  { id: 'bytes', head: 'bytes', name: 'Bytes', text: (l) => String(l.bytes), value: (l) => l.bytes },
];

/** One capture point has no other. */
export function packetColumns(twoPoints: boolean): readonly Column[] {
  return COLUMNS.filter(({ id }) => id !== 'elsewhere' || twoPoints);
}

/** Equal ones stay in order of time. */
export function sortLines(lines: readonly RecordLine[], { column, descending }: PacketSort): readonly RecordLine[] {
  if (column === 'time') return descending ? [...lines].reverse() : lines;
  const value = COLUMNS.find(({ id }) => id === column)?.value ?? (() => 0);
  const sign = descending ? -1 : 1;
  return [...lines].sort((a, b) => sign * compare(value(a), value(b)));
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Ascending, descending, and back to the order of time. */
export function nextSort(sort: PacketSort, column: PacketColumn): PacketSort {
  if (sort.column !== column) return { column, descending: false };
  return sort.descending ? IN_TIME : { column, descending: true };
}

export function linesAsText(
  lines: readonly RecordLine[],
  form: 'tsv' | 'markdown',
  { roles, twoPoints }: { readonly roles: Roles; readonly twoPoints: boolean },
): string {
  const columns = packetColumns(twoPoints);
  const rows = [columns.map(({ head }) => head), ...lines.map((line) => columns.map(({ text }) => text(line, roles)))];
  if (form === 'tsv') return `${rows.map((cells) => cells.map(onOneLine).join('\t')).join('\n')}\n`;
  const [head = [], ...body] = rows.map(
    (cells) => `| ${cells.map((cell) => onOneLine(cell).replaceAll('|', '\\|')).join(' | ')} |`,
  );
  return `${[head, `|${columns.map(() => ' --- ').join('|')}|`, ...body].join('\n')}\n`;
}

function onOneLine(cell: string): string {
  return cell.replace(/\s+/g, ' ').trim();
}
