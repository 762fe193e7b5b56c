import { expect, test } from 'vitest';
import type { RelationView } from '../analysis/story.ts';
import { relationParts } from './relation-parts.ts';

const relation = (says: string, other: string | null): RelationView => ({
  kind: 'resumes',
  with: other,
  timeMs: 0,
  packet: null,
  certainty: 'seen',
  says,
});
const shown = (says: string, other: string | null) =>
  relationParts(relation(says, other)).map(({ text, isName }) => (isName ? `[${text}]` : text));

test('the name of the other association is cut out of the sentence', () => {
  expect(shown('It resumes the session of a1 by its ticket.', 'a1')).toEqual([
    'It resumes the session of ',
    '[a1]',
    ' by its ticket.',
  ]);
  expect(shown('a2 resumes its session.', 'a2')).toEqual(['[a2]', ' resumes its session.']);
});

test('a1 is not found in a12', () => {
  expect(shown('Beside a12, a1 lived on.', 'a1')).toEqual(['Beside a12, ', '[a1]', ' lived on.']);
});

test('a sentence that names nobody gets the name at its end', () => {
  expect(shown('The client came back.', 'a3')).toEqual(['The client came back. See ', '[a3]', '.']);
  expect(shown('The path moved.', null)).toEqual(['The path moved.']);
});
