/**
 * Records that did not reach this capture, or did not reach their receiver. What is missing was lost before the
 * capture point; what was captured and came to nothing was lost after it; between two capture points both are known.
 */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { lossesAfter } from './losses-after.ts';
import { lossesBefore } from './losses-before.ts';
import { lossesBetween } from './losses-between.ts';
import type { LossView, VantageView } from './story.ts';

export function lossesOf(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  vantage: VantageView,
): readonly LossView[] {
  return [
    ...lossesBefore(trace, association, vantage),
    ...lossesAfter(trace, association, vantage),
    ...lossesBetween(trace, association),
  ].sort((a, b) => a.timeMs - b.timeMs || a.epoch - b.epoch);
}
