/** What associations have to do with each other over time: same quartet, roles, resumption, restarts, moved paths. */
import type { AnalysedTrace } from './analyse.ts';
import type { RelationView } from './story.ts';

/** By index of the association. */
export function relationsOf(_trace: AnalysedTrace): ReadonlyMap<number, readonly RelationView[]> {
  return new Map();
}
