/** One finding as Markdown, and the escapes that keep hostile names from becoming markup. */
import type { FindingView } from '../analysis/finding.ts';
import { SEVERITY_WORDS } from './findings-text.ts';

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
export function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>#|@~]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ');
}

/** A code span; a longer fence than any run of backticks inside. */
export function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${text.replace(/[\r\n]+/g, ' ')}${pad}${fence}`;
}
