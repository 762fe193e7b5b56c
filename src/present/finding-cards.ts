/** Findings as the page shows them: in order, each under what caused it and with its shape. */
import type { FindingView, Severity } from '../analysis/finding.ts';
import type { Certainty } from '../analysis/story.ts';
import type { Association } from '../analysis/trace.ts';
import type { Shape } from './association-row.ts';

export interface FindingCard {
  /** Stable while the same trace is open. */
  readonly key: string;
  readonly finding: FindingView;
  readonly shape: Shape;
  /** The shape in a word. */
  readonly severity: string;
  /** The finding above that brought this one about. */
  readonly cause: FindingView | null;
}

export const SHAPES: Readonly<Record<Severity, Shape>> = {
  failure: 'failure',
  warning: 'warning',
  security: 'security',
  note: 'note',
};

/** Those of the association, its headline first, each followed by what it caused; then those of the whole trace. */
export function findingCards({ findings }: Association, general: readonly FindingView[]): readonly FindingCard[] {
  const all = keyed([...findings, ...general]).map(({ key, finding }) => ({
    key,
    finding,
    shape: SHAPES[finding.severity],
    severity: finding.severity,
  }));
  const rules = new Set(all.map(({ finding }) => finding.rule));
  const isOwn = ({ finding }: { finding: FindingView }) =>
    finding.consequenceOf === null || finding.consequenceOf === finding.rule || !rules.has(finding.consequenceOf);
  const placed = new Set<string>();
  const cards: FindingCard[] = [];
  const place = (card: (typeof all)[number], cause: FindingView | null) => {
    if (placed.has(card.key)) return;
    placed.add(card.key);
    cards.push({ ...card, cause });
    for (const other of all)
      if (!isOwn(other) && other.finding.consequenceOf === card.finding.rule) place(other, card.finding);
  };
  for (const card of all) if (isOwn(card)) place(card, null);
  // Findings that blame each other in a circle belong under nobody.
  for (const card of all) place(card, null);
  return cards;
}

/** Key of the first card of a rule; null where there is none. Nothing else needs to be known of the findings. */
export function cardKey(rule: string, findings: readonly Pick<FindingView, 'rule'>[]): string | null {
  return keyed(findings).find(({ finding }) => finding.rule === rule)?.key ?? null;
}

function keyed<Finding extends Pick<FindingView, 'rule'>>(findings: readonly Finding[]) {
  return findings.map((finding, i) => ({ key: `${finding.rule} ${i}`, finding }));
}

export function certaintyWord(certainty: Certainty): string {
  switch (certainty) {
    case 'seen':
      return 'Seen in the capture';
    case 'near-certain':
      return 'Near-certain: the sender keeps to the RFC';
    case 'inferred':
      return 'Inferred';
  }
}
