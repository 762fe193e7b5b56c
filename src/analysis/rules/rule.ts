/**
 * A diagnosis rule: one file, one pure check over an analysed association (or over the whole trace, for what concerns
 * no single association). Ids, citations and advice are the rule's own text; the docs are made from them.
 */
import type { Severity } from '../finding.ts';
import type { Certainty } from '../story.ts';
import type { Subject } from './subject.ts';
import type { TraceSubject } from './trace-subject.ts';

/** What a rule points at: a record (0-based index of the trace), a packet, or a time alone. */
export interface Evidence {
  readonly record?: number;
  readonly packet?: number;
  readonly timeMs?: number;
  readonly says: string;
}

/** One thing that a rule found. The type says it: no finding without evidence. */
export interface Match {
  /** One sentence without a full stop, at most 30 words: what happened here. */
  readonly title: string;
  /** Plain sentences with the numbers of this capture. */
  readonly explanation: string;
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly certainty: Certainty;
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
  readonly advice?: string;
  readonly citations?: readonly string[];
  /** What else it could be in this case, and how to tell; added to the rule's own. */
  readonly alternatives?: readonly string[];
  /** The verdict of the association, if this is its headline; made from the title where it is absent. */
  readonly verdict?: string;
}

/**
 * What a rule rests on, strongest first: of several failures the strongest is the headline, and the others hang under
 * it. 'alert': an endpoint says itself why. 'proof': keys or bytes prove it. 'size': only large datagrams are lost.
 * 'specific': a pattern of its own. 'final-flight': the last flight. 'silence': somebody stopped answering.
 * 'remark': says how, never why.
 */
export type Rank = 'alert' | 'proof' | 'size' | 'specific' | 'final-flight' | 'silence' | 'remark';
export const RANKS: readonly Rank[] = ['alert', 'proof', 'size', 'specific', 'final-flight', 'silence', 'remark'];

export type Group =
  | 'reachability'
  | 'cookies'
  | 'negotiation'
  | 'certificates'
  | 'fragmentation'
  | 'loss'
  | 'psk'
  | 'reassociation'
  | 'resumption'
  | 'alerts'
  | 'epochs'
  | 'webrtc'
  | 'iot'
  | 'dtls13'
  | 'security';

/** The rule's own words: for findings, and for its page in docs/findings/. */
export interface RuleText {
  /** kebab-case; appears in reports, links and tests, and never changes. */
  readonly id: string;
  readonly group: Group;
  /** The finding in general, one short sentence without a full stop. */
  readonly title: string;
  readonly severity: Severity;
  readonly rank: Rank;
  /** "RFC 6347 §4.2.4", … */
  readonly citations: readonly [string, ...string[]];
  /** What to do; no sentence over 30 words. */
  readonly advice: string;
  /** What else it could be, and how to tell; at least one sentence. */
  readonly alternatives: readonly [string, ...string[]];
  /** For the page: what it looks like in a capture, and why it happens. */
  readonly looksLike: string;
  readonly why: string;
  /** Issues and documents of stacks in which it was seen: "openssl#18635", … */
  readonly sources?: readonly string[];
  /** A capture of samples/ that shows it. */
  readonly sample?: string;
  /** What keys add: 'no' nothing, 'helps' certainty, 'needed': without them the rule cannot fire. */
  readonly keys: 'no' | 'helps' | 'needed';
  /**
   * 'handshake': it explains why a handshake failed, so it says nothing of one that was established. 'any' else.
   */
  readonly phase: 'handshake' | 'any';
  /** Rules whose findings on the same association are consequences of this one. */
  readonly explains?: readonly string[];
  /** A note or security finding that may stand as the headline where nothing is wrong. */
  readonly mayHeadline?: boolean;
}

export interface Rule extends RuleText {
  readonly scope: 'association';
  check(subject: Subject): readonly Match[];
}

export interface TraceRule extends RuleText {
  readonly scope: 'trace';
  begin(trace: TraceSubject): Gathering;
}

/** A rule over the whole trace at work: it sees each association once, in order, while its messages are at hand. */
export interface Gathering {
  take(subject: Subject): void;
  matches(): readonly Match[];
}
