/** The retransmission state machines of both endpoints over time. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { FateView, MachinesView } from './story.ts';
import type { Transmission } from './transmissions.ts';

export function machinesOf(
  _trace: AnalysedTrace,
  _association: AnalysedAssociation,
  _fates: ReadonlyMap<Transmission, FateView>,
): MachinesView {
  return { client: [], server: [], postHandshake: [] };
}
