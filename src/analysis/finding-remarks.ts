/** What findings say of single records and packets, as short texts that stand beside them in a file. */
import type { EvidenceView, FindingView } from './finding.ts';
import type { TraceSummary } from './trace.ts';

export const allFindings = ({ findings, associations }: TraceSummary): readonly FindingView[] => [
  ...findings,
  ...associations.flatMap((a) => a.findings),
];

/** By 1-based number of the record. */
export function remarksOnRecords(summary: TraceSummary): ReadonlyMap<number, readonly string[]> {
  const remarks = new Map<number, string[]>();
  for (const finding of allFindings(summary))
    for (const evidence of finding.evidence)
      if (evidence.record !== null) append(remarks, evidence.record, remarkOf(finding, evidence));
  return remarks;
}

/** "wrong-psk: The two ends computed different keys. This Finished could not be opened." */
export function remarkOf({ rule, title }: FindingView, { says }: EvidenceView): string {
  return `${rule}: ${title}. ${says}`;
}

export function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (!list) map.set(key, [value]);
  else if (!list.includes(value)) list.push(value);
}
