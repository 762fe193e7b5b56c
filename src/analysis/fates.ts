/** What became of every transmission, as its answer or the lack of one shows. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { FateView, LossView, VantageView } from './story.ts';
import type { Transmission } from './transmissions.ts';

export function fatesOf(
  _trace: AnalysedTrace,
  _association: AnalysedAssociation,
  _vantage: VantageView,
  _losses: readonly LossView[],
): ReadonlyMap<Transmission, FateView> {
  return new Map();
}
