/** What an answer is, and what the questions about two capture points share. */
import type { Certainty, PointsView } from '../analysis/story.ts';
import type { AssociationDetail, RecordView, Sender } from '../analysis/trace.ts';
import type { PointName, SeenTwice } from './capture-points.ts';

export interface Answer {
  /** `proven` by both points; null where the question stays open. */
  readonly certainty: Certainty | 'proven' | null;
  readonly says: string;
  /** Shows it; null for none. */
  readonly record: number | null;
}

export interface Settled {
  readonly question: string;
  /** Null until the first point has been asked. */
  readonly alone: Answer | null;
  readonly both: Answer;
}

/** What the questions are asked of. */
export interface Asked {
  readonly detail: AssociationDetail;
  /** As the captures of A tell it without B; null until that is known. */
  readonly alone: AssociationDetail | null;
  readonly twice: SeenTwice;
  readonly points: PointsView;
}

export const OPEN: Answer = { certainty: null, says: 'not told', record: null };

export const peerOf = (sender: Sender): Sender => (sender === 'client' ? 'server' : 'client');

/** The point that what this endpoint sends comes to last. */
export const farFrom = (twice: SeenTwice, sender: Sender): PointName => twice.near[peerOf(sender)];

export function hasArrived({ arrival, capture, sender }: RecordView, twice: SeenTwice): boolean {
  return arrival !== null || twice.nameOf(capture) === farFrom(twice, sender);
}

const RANKS: readonly Certainty[] = ['seen', 'near-certain', 'inferred'];

/** A sentence about several things is as sure as the least sure of them. */
export function leastCertain(all: readonly Certainty[]): Certainty {
  return RANKS[all.reduce((worst, one) => Math.max(worst, RANKS.indexOf(one)), 0)] ?? 'inferred';
}
