/** The report as Markdown, fit to paste into a ticket: verdict, findings with their evidence, flights. */
import type { Association, AssociationDetail, TraceSummary } from '../analysis/trace.ts';
import { endpointText } from './endpoint-text.ts';
import { code, findingMarkdown, plain } from './finding-markdown.ts';
import { pointLetters, pointsSentences } from './points-text.ts';
import { textDiagram } from './text-diagram.ts';

export interface MarkdownReport {
  readonly trace: TraceSummary;
  readonly associations: readonly Association[];
  readonly detailOf: (a: Association) => AssociationDetail;
}

/** Diagrams of more associations than this would bury the findings. */
const MANY = 20;
const DIAGRAM_WIDTH = 100;

export function reportMarkdown({ trace, associations, detailOf }: MarkdownReport): string {
  const names = trace.captures.map((c) => `${code(c.name)} (${c.packets} packets, ${c.dtlsRecords} DTLS records)`);
  const lines = [`# DTLS in ${names.join(', ') || 'no capture'}`, ''];
  for (const capture of trace.captures)
    for (const problem of capture.problems) lines.push(`> ${code(capture.name)}: ${plain(problem.message)}`, '');
  if (trace.points) lines.push(...pointsSentences(trace.points, trace.captures).map(plain), '');
  for (const finding of trace.findings) lines.push(...findingMarkdown(finding));
  if (associations.length === 0) lines.push('No DTLS was found.', '');
  const of = (a: Association) =>
    associationMarkdown(a, associations.length > MANY ? null : detailOf(a), pointLetters(trace.points));
  return `${[...lines, ...associations.flatMap(of)].join('\n').trimEnd()}\n`;
}

function associationMarkdown(
  a: Association,
  detail: AssociationDetail | null,
  pointOf: (capture: number) => string,
): string[] {
  const facts = [a.version, a.cipherSuite?.name, a.group, a.serverName].filter((f) => f !== null && f !== undefined);
  const arrow = a.rolesKnown ? '→' : '↔';
  return [
    `## ${a.id}: ${endpointText(a.client)} ${arrow} ${endpointText(a.server)}`,
    '',
    `**${plain(a.verdict)}**`,
    '',
    ...(facts.length > 0 ? [facts.map((f) => code(f)).join(' · '), ''] : []),
    ...a.findings.flatMap(findingMarkdown),
    ...(detail ? ['```', ...textDiagram(detail, DIAGRAM_WIDTH, pointOf).map(fenced), '```', ''] : []),
  ];
}

/** A line of the fenced diagram never closes the fence. */
const fenced = (line: string): string => line.replace(/^(\s*)```/, "$1'''");
