/** Records that did not reach this capture, or did not reach their receiver. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { LossView, VantageView } from './story.ts';

export function lossesOf(
  _trace: AnalysedTrace,
  _association: AnalysedAssociation,
  _vantage: VantageView,
): readonly LossView[] {
  return [];
}
