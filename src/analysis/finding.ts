/** What went wrong, as views and reports have it: a finding with its evidence. Plain data, as in trace.ts. */
import type { Certainty } from './story.ts';

export type Severity = 'failure' | 'warning' | 'security' | 'note';

/** Worst first. */
export const SEVERITIES: readonly Severity[] = ['failure', 'warning', 'security', 'note'];

/** Something in the capture that can be pointed at. */
export interface EvidenceView {
  readonly packet: number | null;
  /** 1-based number in the trace. */
  readonly record: number | null;
  readonly timeMs: number | null;
  readonly says: string;
}

export interface FindingView {
  /** Id of the rule: kebab-case, never changes. */
  readonly rule: string;
  readonly severity: Severity;
  /** One sentence without a full stop. */
  readonly title: string;
  /** What happened and why, in plain sentences, with the numbers of this capture. */
  readonly explanation: string;
  /** What to do. */
  readonly advice: string;
  /** It rests on an assumption about what this capture cannot show. */
  readonly inferred: boolean;
  readonly certainty: Certainty;
  readonly evidence: readonly [EvidenceView, ...EvidenceView[]];
  readonly citations: readonly string[];
  /** What else it could be, and how to tell. */
  readonly alternatives: readonly string[];
  /** The one finding from which the verdict of its association is made. */
  readonly headline: boolean;
  /** The rule whose finding caused this one; null where it stands for itself. */
  readonly consequenceOf: string | null;
}
