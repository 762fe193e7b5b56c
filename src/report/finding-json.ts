/** A finding as the report has it. */
import type { FindingView } from '../analysis/finding.ts';
import { seconds } from './story-json.ts';

export function findingJson({ evidence, ...finding }: FindingView) {
  return {
    ...finding,
    evidence: evidence.map(({ timeMs, ...e }) => ({ ...e, time: timeMs === null ? null : seconds(timeMs) })),
  };
}
