/** The report for a person at a terminal of 100 columns: verdict first, then the flights in characters. */
import type { FindingView } from '../analysis/finding.ts';
import type { Association, AssociationDetail, TraceOverview } from '../analysis/trace.ts';
import { associationTable } from './association-table.ts';
import { endpointText } from './endpoint-text.ts';
import { findingLines, wrap } from './findings-text.ts';
import { secretCount } from './key-rows.ts';
import { pointLetters, pointsSentences } from './points-text.ts';
import { textDiagram } from './text-diagram.ts';
import { VANTAGES } from './vantage-words.ts';

export interface TextReport {
  readonly overview: TraceOverview;
  /** What concerns no single association; asked for once all associations were looked at. */
  readonly findings: () => readonly FindingView[];
  /** In the whole trace. */
  readonly total: number;
  /** How many of them are reported, and those, in order. */
  readonly count: number;
  readonly associations: Iterable<Association>;
  readonly detailOf: (a: Association) => AssociationDetail;
  /** One association was asked for: it is shown whole, however many there are. */
  readonly alone: boolean;
  readonly colour: boolean;
}

/** With more associations than this, a table of them replaces their diagrams. */
const MANY = 20;
const WIDTH = 100;

export function reportText(report: TextReport): string {
  const { overview, total, findings } = report;
  const associations = associationsText(report);
  const lines: string[] = [];
  for (const capture of overview.captures) {
    lines.push(
      `${capture.name}: ${count(capture.packets, 'packet')}, ${count(capture.dtlsDatagrams, 'DTLS datagram')}, ${count(capture.dtlsRecords, 'record')}`,
    );
    for (const problem of capture.problems) lines.push(...wrap(`! ${problem.message}`, WIDTH, '  ', '    '));
  }
  if (overview.points)
    for (const sentence of pointsSentences(overview.points, overview.captures))
      lines.push(...wrap(sentence, WIDTH, ''));
  if (overview.captures.length === 0) lines.push('No capture was given, only keys.');
  else if (total === 0) lines.push(...wrap(noDtls(overview), WIDTH, ''));
  lines.push(...keyLines(overview), '');
  for (const finding of findings()) lines.push(...findingLines(finding, WIDTH), '');
  return `${[...lines, ...associations].join('\n').trimEnd()}\n`;
}

function associationsText({ overview, count, associations, detailOf, alone, colour }: TextReport): readonly string[] {
  if (count > MANY && !alone) return associationTable(associations, WIDTH);
  const pointOf = pointLetters(overview.points);
  return Array.from(associations, (a) => [...associationLines(detailOf(a), colour, pointOf), '']).flat();
}

function noDtls({ captures }: TraceOverview): string {
  const datagrams = captures.reduce((n, c) => n + c.udpDatagrams, 0);
  return `No DTLS found among ${count(datagrams, 'UDP datagram')}. If a port carries it all the same, name it with --port.`;
}

function keyLines({ keys }: TraceOverview): string[] {
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
  // A diagram may have more lines than a function takes arguments.
  return [
    ...lines,
    '',
    ...textDiagram(detail, WIDTH, pointOf),
    ...a.findings.flatMap((finding) => ['', ...findingLines(finding, WIDTH)]),
  ];
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
