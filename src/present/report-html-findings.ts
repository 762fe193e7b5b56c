/** Findings in the HTML report: the headline first, each with its evidence, what to do and what else it could be. */
import type { FindingView } from '../analysis/finding.ts';
import { SEVERITY_WORDS } from './findings-text.ts';
import { element, escaped } from './markup.ts';
import { list, paragraph } from './report-html-parts.ts';

/** `recordIds` tells where the record has a row to point at; null for a record that has none. */
export function findingsHtml(
  findings: readonly FindingView[],
  title: string,
  anchorOf: (record: number) => string | null = () => null,
): string {
  if (findings.length === 0) return '';
  return element('h3', {}, escaped(title)) + findings.map((finding) => findingHtml(finding, anchorOf)).join('\n');
}

function findingHtml(finding: FindingView, anchorOf: (record: number) => string | null): string {
  const { severity, title, explanation, inferred, evidence, advice, alternatives, citations, rule } = finding;
  const shown = evidence.map(({ packet, record, timeMs, says }) => {
    const place = [
      packet === null ? null : `packet ${packet}`,
      timeMs === null ? null : `${(timeMs / 1000).toFixed(3)} s`,
    ].filter((p) => p !== null);
    const anchor = record === null ? null : anchorOf(record);
    const where = escaped(place.join(', '));
    const linked = anchor === null || where === '' ? where : element('a', { href: `#${anchor}` }, where);
    return `${linked === '' ? '' : `${linked}: `}${escaped(says)}`;
  });
  return element(
    'article',
    { class: `finding ${severity}` },
    [
      element('h4', {}, `${element('b', {}, SEVERITY_WORDS[severity])} ${escaped(title)}`),
      paragraph(`${explanation}${inferred ? ' (Inferred.)' : ''}`),
      finding.consequenceOf === null ? '' : paragraph(`Follows from ${finding.consequenceOf}.`),
      list(shown),
      element('p', {}, `${element('b', {}, 'What to do:')} ${escaped(advice)}`),
      alternatives.length > 0 ? paragraph('What else it could be:') + list(alternatives.map(escaped)) : '',
      paragraph(`${rule} · ${citations.join(', ')}`, 'muted'),
    ].join(''),
  );
}
