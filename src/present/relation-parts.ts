/** A sentence on how an association belongs to another one, cut where the other is named, so that the name can be a link. */
import type { RelationView } from '../analysis/story.ts';

export interface RelationPart {
  readonly text: string;
  /** The part is the other's name. */
  readonly isName: boolean;
}

export function relationParts({ says, with: other }: RelationView): RelationPart[] {
  if (other === null) return [{ text: says, isName: false }];
  // "a1" is not the beginning of "a12".
  const at = says.search(new RegExp(`\\b${other.replace(/\W/g, '\\$&')}\\b`));
  const [before, after] = at < 0 ? [`${says} See `, '.'] : [says.slice(0, at), says.slice(at + other.length)];
  return [
    { text: before, isName: false },
    { text: other, isName: true },
    { text: after, isName: false },
  ].filter(({ text }) => text !== '');
}
