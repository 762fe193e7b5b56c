/** The report as Markdown, fit to paste into a ticket: verdict, findings with their evidence, flights. */
import type { FindingView } from '../analysis/finding.ts';
import type { Association, AssociationDetail, TraceSummary } from '../analysis/trace.ts';
import { SEVERITY_WORDS } from './findings-text.ts';
import { endpointText } from './report-text.ts';
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
  for (const finding of trace.findings) lines.push(...findingMarkdown(finding));
  if (associations.length === 0) lines.push('No DTLS was found.', '');
  for (const a of associations) lines.push(...associationMarkdown(a, associations.length > MANY ? null : detailOf(a)));
  return `${lines.join('\n').trimEnd()}\n`;
}

function associationMarkdown(a: Association, detail: AssociationDetail | null): string[] {
  const facts = [a.version, a.cipherSuite?.name, a.group, a.serverName].filter((f) => f !== null && f !== undefined);
  const arrow = a.rolesKnown ? '→' : '↔';
  return [
    `## ${a.id}: ${endpointText(a.client)} ${arrow} ${endpointText(a.server)}`,
    '',
    `**${plain(a.verdict)}**`,
    '',
    ...(facts.length > 0 ? [facts.map((f) => code(f)).join(' · '), ''] : []),
    ...a.findings.flatMap(findingMarkdown),
    ...(detail ? ['```', ...textDiagram(detail, DIAGRAM_WIDTH).map(fenced), '```', ''] : []),
  ];
}

/** One finding, as `Copy` in the page gives it too. */
export function findingMarkdown(f: FindingView): string[] {
  const lines = [
    `### ${SEVERITY_WORDS[f.severity]}: ${plain(f.title)}`,
    '',
    `${plain(f.explanation)}${f.inferred ? ' *(inferred)*' : ''}`,
    '',
    ...f.evidence.map(({ packet, timeMs, says }) => {
      const place = [
        packet === null ? '' : `packet ${packet}`,
        timeMs === null ? '' : `${(timeMs / 1000).toFixed(3)} s`,
      ].filter((p) => p !== '');
      return `- ${place.length > 0 ? `${place.join(', ')}: ` : ''}${plain(says)}`;
    }),
    '',
  ];
  if (f.consequenceOf !== null) lines.push(`Follows from ${code(f.consequenceOf)}.`, '');
  lines.push(`**What to do:** ${plain(f.advice)}`, '');
  if (f.alternatives.length > 0)
    lines.push('**What else it could be:**', ...f.alternatives.map((a) => `- ${plain(a)}`), '');
  lines.push(`${code(f.rule)} · ${f.citations.join(', ')}`, '');
  return lines;
}

/** Names on the wire are hostile: nothing of them may become markup, a link or a mention. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>#|@~]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ');
}

/** A code span; a longer fence than any run of backticks inside. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${text.replace(/[\r\n]+/g, ' ')}${pad}${fence}`;
}

/** A line of the fenced diagram never closes the fence. */
const fenced = (line: string): string => line.replace(/^(\s*)```/, "$1'''");
