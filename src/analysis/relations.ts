/** What associations have to do with each other over time: same quartet, roles, resumption, restarts, moved paths. */
import type { AnalysedTrace } from './analyse.ts';
import { noteIdleDrops } from './relations/idle-drop.ts';
import { notePaths } from './relations/paths.ts';
import { noteQuartets } from './relations/quartet.ts';
import { Related } from './relations/related.ts';
import { noteRestarts } from './relations/restart.ts';
import { noteResumptions } from './relations/resumption.ts';
import { noteSameClient } from './relations/same-client.ts';
import type { RelationView } from './story.ts';

/** By index of the association. Every part looks at each association once, and finds others through maps. */
export function relationsOf(trace: AnalysedTrace): ReadonlyMap<number, readonly RelationView[]> {
  const related = new Related(trace);
  const resumption = noteResumptions(related);
  noteQuartets(related);
  noteRestarts(related, resumption);
  noteSameClient(related);
  notePaths(related);
  noteIdleDrops(related);
  return related.views();
}
