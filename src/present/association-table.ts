/** Many associations at a terminal: a line for each, and what was found on them; each is looked at once, and not kept. */
import type { Association } from '../analysis/trace.ts';
import { endpointText } from './endpoint-text.ts';
import { FindingGroups } from './findings-text.ts';

const MARKS: Readonly<Record<Association['outcome'], string>> = {
  established: 'ok',
  failed: 'FAILED',
  incomplete: 'stopped',
  ongoing: 'ongoing',
  'no-handshake': 'no handshake',
};

const HEAD = ['id', 'addresses', 'ver', 'outcome', 'handshake', 'again'];

export function associationTable(associations: Iterable<Association>, width: number): string[] {
  const rows: string[][] = [];
  const counts = new Map<string, number>();
  const groups = new FindingGroups();
  for (const a of associations) {
    const mark = MARKS[a.outcome];
    counts.set(mark, (counts.get(mark) ?? 0) + 1);
    groups.take(a);
    rows.push([
      a.id,
      `${endpointText(a.client)} ${a.rolesKnown ? '→' : '↔'} ${endpointText(a.server)}`,
      a.version?.replace('DTLS ', '') ?? '-',
      mark,
      a.handshakeMs === null ? '-' : `${a.handshakeMs.toFixed(1)} ms`,
      a.retransmissions > 0 ? `↻${a.retransmissions}` : '',
    ]);
  }
  const widths = HEAD.map((title, i) => rows.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), title.length));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    `${rows.length} associations: ${[...counts].map(([mark, n]) => `${n} ${mark}`).join(', ')}`,
    '',
    line(HEAD),
    ...rows.map(line),
    '',
    ...groups.lines(rows.length, width),
  ];
}
