/** Who waited for whom: durations of flights, and how much of them was waiting for a timer. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { TimingView } from './story.ts';

export function timingOf(_trace: AnalysedTrace, _association: AnalysedAssociation): TimingView {
  return {
    handshakeMs: null,
    timerWaitMs: { client: 0, server: 0 },
    roundTripMs: { client: null, server: null },
    flights: [],
  };
}
