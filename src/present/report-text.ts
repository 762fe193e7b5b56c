/** The report for a person at a terminal of 100 columns: verdict first, then the flights in characters. */
import type { Association, AssociationDetail, TraceSummary } from '../analysis/trace.ts';
import { findingLines, groupedFindings, wrap } from './findings-text.ts';
import { secretCount } from './key-rows.ts';
import { pointLetters, pointsSentences } from './points-text.ts';
import { textDiagram } from './text-diagram.ts';
import { VANTAGES } from './vantage-words.ts';

export interface TextReport {
  readonly trace: TraceSummary;
  readonly associations: readonly Association[];
  readonly detailOf: (a: Association) => AssociationDetail;
  /** One association was asked for: it is shown whole, however many there are. */
  readonly alone: boolean;
  readonly colour: boolean;
}

/** With more associations than this, a table of them replaces their diagrams. */
const MANY = 20;
const WIDTH = 100;

const MARKS: Readonly<Record<Association['outcome'], string>> = {
  established: 'ok',
  failed: 'FAILED',
  incomplete: 'stopped',
  ongoing: 'ongoing',
  'no-handshake': 'no handshake',
};

export function reportText({ trace, associations, detailOf, alone, colour }: TextReport): string {
  const lines: string[] = [];
  for (const capture of trace.captures) {
    lines.push(
      `${capture.name}: ${count(capture.packets, 'packet')}, ${count(capture.dtlsDatagrams, 'DTLS datagram')}, ${count(capture.dtlsRecords, 'record')}`,
    );
    for (const problem of capture.problems) lines.push(...wrap(`! ${problem.message}`, WIDTH, '  ', '    '));
  }
  if (trace.points)
    for (const sentence of pointsSentences(trace.points, trace.captures)) lines.push(...wrap(sentence, WIDTH, ''));
  if (trace.captures.length === 0) lines.push('No capture was given, only keys.');
  else if (trace.associations.length === 0) lines.push(...wrap(noDtls(trace), WIDTH, ''));
  lines.push(...keyLines(trace), '');
  for (const finding of trace.findings) lines.push(...findingLines(finding, WIDTH), '');
  if (associations.length > MANY && !alone) lines.push(...table(associations));
  else
    for (const a of associations) lines.push(...associationLines(detailOf(a), colour, pointLetters(trace.points)), '');
  return `${lines.join('\n').trimEnd()}\n`;
}

function noDtls({ captures }: TraceSummary): string {
  const datagrams = captures.reduce((n, c) => n + c.udpDatagrams, 0);
  return `No DTLS found among ${count(datagrams, 'UDP datagram')}. If a port carries it all the same, name it with --port.`;
}

function keyLines({ keys }: TraceSummary): string[] {
  const lines = keys.problems.flatMap((p) => wrap(`! ${p.source}: ${p.message}`, WIDTH, '  ', '    '));
  if (keys.secrets.length === 0) return lines;
  const used = keys.secrets.filter((s) => s.records > 0);
  lines.unshift(`keys: ${used.length} of ${secretCount(keys)} used`);
  for (const secret of keys.secrets.filter((s) => s.reason !== null).slice(0, 5))
    lines.push(...wrap(`${secret.source}: ${secret.reason}`, WIDTH, '  ', '    '));
  return lines;
}

function associationLines(detail: AssociationDetail, colour: boolean, pointOf: (capture: number) => string): string[] {
  const { association: a } = detail;
  const bold = (text: string) => (colour ? `\x1b[1m${text}\x1b[0m` : text);
  const lines = [
    bold(`${a.id}  ${endpointText(a.client)} ${a.rolesKnown ? '→' : '↔'} ${endpointText(a.server)}`),
    ...wrap(a.verdict, WIDTH, '    ').map(bold),
  ];
  const { records } = a;
  const facts = [
    a.version,
    a.cipherSuite?.name,
    a.group,
    a.pskIdentity === null ? null : `PSK identity ${a.pskIdentity}`,
    a.serverName,
  ].filter((f) => f);
  if (facts.length > 0) lines.push(...wrap(facts.join(' · '), WIDTH, '    '));
  const open =
    records.decrypted > 0 || records.undecryptable > 0
      ? `, ${records.decrypted} of ${records.decrypted + records.undecryptable} protected ones opened`
      : '';
  const odd = [
    records.retransmitted > 0 ? `${records.retransmitted} retransmitted` : null,
    records.duplicate > 0 ? `${records.duplicate} duplicate` : null,
    records.reordered > 0 ? `${records.reordered} out of order` : null,
    records.malformed > 0 ? `${records.malformed} malformed` : null,
  ].filter((o) => o !== null);
  lines.push(
    ...wrap(`${count(records.total, 'record')}${open}${odd.length > 0 ? `; ${odd.join(', ')}` : ''}`, WIDTH, '    '),
  );
  const reason = detail.records.find((r) => r.explanation !== null)?.explanation;
  if (reason) lines.push(...wrap(reason, WIDTH, '    '));
  const { vantage, relations } = detail;
  if (vantage.position !== 'unknown')
    lines.push(...wrap(`Captured ${VANTAGES[vantage.position]}. ${vantage.reason}`, WIDTH, '    '));
  for (const { says } of relations) lines.push(...wrap(says, WIDTH, '    '));
  if (a.keysFoundByTrial)
    lines.push('    No ClientHello names its secret: the one that opens it was found by trying those of the key logs.');
  if (a.carriers.length > 0) lines.push(...wrap(`Carried in ${a.carriers.join(', ')}.`, WIDTH, '    '));
  for (const change of a.addressChanges)
    lines.push(
      `    The ${change.endpoint} moved from ${endpointText(change.from)} to ${endpointText(change.to)} in packet ${change.packet}.`,
    );
  lines.push('', ...textDiagram(detail, WIDTH, pointOf));
  for (const finding of a.findings) lines.push('', ...findingLines(finding, WIDTH));
  return lines;
}

function table(associations: readonly Association[]): string[] {
  const rows = associations.map((a) => [
    a.id,
    `${endpointText(a.client)} ${a.rolesKnown ? '→' : '↔'} ${endpointText(a.server)}`,
    a.version?.replace('DTLS ', '') ?? '-',
    MARKS[a.outcome],
    a.handshakeMs === null ? '-' : `${a.handshakeMs.toFixed(1)} ms`,
    a.retransmissions > 0 ? `↻${a.retransmissions}` : '',
  ]);
  const head = ['id', 'addresses', 'ver', 'outcome', 'handshake', 'again'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((r) => r[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const counts = new Map<string, number>();
  for (const a of associations) counts.set(MARKS[a.outcome], (counts.get(MARKS[a.outcome]) ?? 0) + 1);
  return [
    `${associations.length} associations: ${[...counts].map(([mark, n]) => `${n} ${mark}`).join(', ')}`,
    '',
    line(head),
    ...rows.map(line),
    '',
    ...groupedFindings(associations, WIDTH),
  ];
}

export function endpointText({ address, port }: { readonly address: string; readonly port: number }): string {
  if (port === 0) return 'unknown address';
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
