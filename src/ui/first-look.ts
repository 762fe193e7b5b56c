/** What the page shows of something that nobody has looked at yet. */
import type { ListedAssociation } from '../analysis/listed-association.ts';
import type { AssociationDetail } from '../analysis/trace.ts';

export function firstToLookAt(associations: readonly ListedAssociation[]): ListedAssociation | undefined {
  return associations.find((a) => a.outcome === 'failed') ?? associations[0];
}

/** What shows the headline, else what ended it, else where it began. */
export function firstOfInterest({ association, records }: AssociationDetail): number | null {
  const headline = association.findings.find((finding) => finding.headline && finding.severity !== 'note');
  const shown = headline?.evidence.find(({ record }) => records.some((r) => r.record === record));
  if (shown) return shown.record;
  const fatal = association.alerts.find((alert) => alert.level === 'fatal');
  return fatal?.record ?? records[0]?.record ?? null;
}
