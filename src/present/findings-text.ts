/** Findings in characters, for a terminal of 100 columns, and grouped over many associations. */
import { type FindingView, SEVERITIES, type Severity } from '../analysis/finding.ts';
import type { Association } from '../analysis/trace.ts';

/** The word is the cue; colour never is. */
export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  failure: 'FAILURE',
  warning: 'WARNING',
  security: 'SECURITY',
  note: 'note',
};

const INDENT = '    ';
const DETAIL = '      ';

/** One finding whole; a consequence or a note in two lines. */
export function findingLines(finding: FindingView, width: number): string[] {
  const { severity, title, explanation, evidence, advice, citations, alternatives, inferred, consequenceOf } = finding;
  const brief = consequenceOf !== null || severity === 'note';
  const lines = wrap(`${SEVERITY_WORDS[severity]}  ${title}${inferred ? ' (inferred)' : ''}`, width, INDENT, DETAIL);
  lines.push(...wrap(explanation, width, DETAIL));
  if (consequenceOf !== null) lines.push(`${DETAIL}follows from ${consequenceOf}`);
  for (const e of brief ? evidence.slice(0, 1) : evidence) lines.push(...evidenceLines(e, width));
  if (!brief) {
    lines.push(...wrap(`Do: ${advice}`, width, DETAIL));
    for (const other of alternatives) lines.push(...wrap(`Or: ${other}`, width, DETAIL));
  }
  lines.push(...wrap(`${finding.rule} · ${citations.join(', ')}`, width, DETAIL));
  return lines;
}

function evidenceLines({ packet, timeMs, says }: FindingView['evidence'][number], width: number): string[] {
  const place = [
    packet === null ? null : `packet ${packet}`,
    timeMs === null ? null : `${(timeMs / 1000).toFixed(3)} s`,
  ].filter((p) => p !== null);
  return wrap(`· ${place.length > 0 ? `${place.join(', ')}: ` : ''}${says}`, width, DETAIL, `${DETAIL}  `);
}

/** Rules and the associations they fired on, worst first: what a capture with thousands of associations is told by. */
export class FindingGroups {
  readonly #groups = new Map<string, { readonly finding: FindingView; readonly ids: string[]; count: number }>();

  take({ id, findings }: Pick<Association, 'id' | 'findings'>): void {
    for (const key of new Set(findings.map(groupKey))) {
      const finding = findings.find((f) => groupKey(f) === key);
      const group = this.#groups.get(key) ?? (finding && { finding, ids: [], count: 0 });
      if (!group) continue;
      this.#groups.set(key, group);
      group.count++;
      if (group.ids.length < SHOWN_IDS) group.ids.push(id);
    }
  }

  /** @param total how many associations there are. */
  lines(total: number, width: number): string[] {
    const weight = ({ finding }: { finding: FindingView }) => SEVERITIES.indexOf(finding.severity);
    return [...this.#groups.values()]
      .sort((x, y) => weight(x) - weight(y) || y.count - x.count)
      .flatMap(({ finding, ids, count }) => {
        const shown = count > ids.length ? [...ids, '…'] : ids;
        const head = `${SEVERITY_WORDS[finding.severity].padEnd(8)}  ${finding.rule}: ${count} of ${total} (${shown.join(' ')})`;
        return [...wrap(head, width, '', INDENT), ...wrap(`${finding.title}.`, width, INDENT)];
      });
  }
}

const groupKey = ({ rule, severity }: FindingView): string => `${rule} ${severity}`;

const SHOWN_IDS = 8;

/** Lines of at most `width` characters, cut between words; a word that is longer stands alone. */
export function wrap(text: string, width: number, indent: string, hanging = indent): string[] {
  const lines: string[] = [];
  let line = indent;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && [...line].length + 1 + [...word].length > width) {
      lines.push(line);
      line = hanging;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(line);
  return lines;
}
