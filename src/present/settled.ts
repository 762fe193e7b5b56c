/**
 * What a second capture point settles: questions, what the first point alone answers, and what both together do.
 * What one point alone tells comes from an analysis of its captures alone, never from a guess about it.
 */
import type { Asked, Settled } from './settled-answer.ts';
import { copyQuestions, finishedQuestions, flightQuestions } from './settled-events.ts';
import { lossQuestions } from './settled-losses.ts';

export type { Answer, Asked, Settled } from './settled-answer.ts';

export function settledQuestions(asked: Asked): readonly Settled[] {
  return [...lossQuestions(asked), ...finishedQuestions(asked), ...flightQuestions(asked), ...copyQuestions(asked)];
}
