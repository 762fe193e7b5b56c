/** The retransmission timer of each endpoint, and the stacks it is consistent with. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { TimersView } from './story.ts';

export function timersOf(_trace: AnalysedTrace, _association: AnalysedAssociation): TimersView {
  return { client: null, server: null };
}
