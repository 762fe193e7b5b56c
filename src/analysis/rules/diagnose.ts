/** Runs all rules over a trace: one cause gives one headline, and its consequences hang under it. */
import type { EvidenceView, FindingView } from '../finding.ts';
import { SEVERITIES } from '../finding.ts';
import { RULES } from './index.ts';
import { type Evidence, type Gathering, type Match, RANKS, type Rule, type RuleText } from './rule.ts';
import type { Subject } from './subject.ts';
import type { TraceSubject } from './trace-subject.ts';

/** A finding and the rule that made it. */
interface Found {
  readonly rule: RuleText;
  readonly match: Match;
  readonly severity: FindingView['severity'];
}

export interface Diagnosis {
  readonly findings: readonly FindingView[];
  /** The sentence to make the verdict of; null where no finding is the headline. */
  readonly verdict: string | null;
}

/** Findings of one rule on one association beyond this say nothing new. */
const MAX_PER_RULE = 8;

/** What the capture itself lacks is looked at first: it takes certainty from all that rests on something missing. */
const OF_ASSOCIATION = RULES.filter((rule) => rule.scope === 'association');
const OF_CAPTURE = OF_ASSOCIATION.filter((rule) => rule.id === 'capture-problems');
const OTHERS = OF_ASSOCIATION.filter((rule) => !OF_CAPTURE.includes(rule));
/** What explains a failed handshake says nothing of one that was established. */
const OF_ESTABLISHED = OTHERS.filter((rule) => rule.phase !== 'handshake');
const OF_TRACE = RULES.filter((rule) => rule.scope === 'trace');

export function diagnoseAssociation(subject: Subject): Diagnosis {
  const ofCapture = foundBy(OF_CAPTURE, subject);
  const found = foundBy(subject.established ? OF_ESTABLISHED : OTHERS, subject);
  const lowered = ofCapture.length === 0 ? found : found.map((f) => lessCertain(f, ofCapture));
  return arrange(subject, [...lowered, ...ofCapture]);
}

/** Endpoints' own words and proofs stand; what was concluded from an absence may be the capture's doing. */
function lessCertain(f: Found, ofCapture: readonly Found[]): Found {
  if (f.match.certainty === 'seen') return f;
  const doubts = ofCapture.map(({ match }) => `The capture itself is incomplete: ${lowerFirst(match.title)}.`);
  return {
    ...f,
    match: { ...f.match, certainty: 'inferred', alternatives: [...doubts, ...(f.match.alternatives ?? [])] },
  };
}

const lowerFirst = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

/** What concerns no single association. `take` all of them, in order, before asking for the findings. */
export class TraceDiagnosis {
  readonly #trace: TraceSubject;
  readonly #gatherings: readonly { readonly rule: RuleText; readonly gathering: Gathering }[];

  constructor(trace: TraceSubject) {
    this.#trace = trace;
    this.#gatherings = OF_TRACE.map((rule) => ({ rule, gathering: rule.begin(trace) }));
  }

  take(subject: Subject): void {
    for (const { gathering } of this.#gatherings) gathering.take(subject);
  }

  findings(): readonly FindingView[] {
    const found = this.#gatherings.flatMap(({ rule, gathering }) => foundIn(rule, gathering.matches()));
    const headline = headlineOf(found);
    return order(found, headline).map((f) => view(f, this.#trace, f === headline, causeOf(f, found, headline)));
  }
}

/** In the order of the rules. Nearly all find nothing, so nothing is made for those. */
function foundBy(rules: readonly Rule[], subject: Subject): readonly Found[] {
  const found: Found[] = [];
  for (const rule of rules) {
    const matches = rule.check(subject);
    if (matches.length > 0) found.push(...foundIn(rule, matches));
  }
  return found;
}

function foundIn(rule: RuleText, matches: readonly Match[]): Found[] {
  return matches.slice(0, MAX_PER_RULE).map((match) => ({ rule, match, severity: match.severity ?? rule.severity }));
}

function arrange(subject: Subject, all: readonly Found[]): Diagnosis {
  const headline = headlineOf(all);
  const findings = order(all, headline).map((f) => view(f, subject.all, f === headline, causeOf(f, all, headline)));
  return { findings, verdict: headline ? (headline.match.verdict ?? `${headline.match.title}.`) : null };
}

function headlineOf(all: readonly Found[]): Found | null {
  const candidates = all.filter(
    (f) => (f.severity === 'failure' || f.severity === 'warning' || f.rule.mayHeadline) && !isExplained(f, all),
  );
  return candidates.toSorted(byWeight)[0] ?? null;
}

/** Another finding of at least the same weight says why this one came about. */
function isExplained(f: Found, all: readonly Found[]): boolean {
  return all.some((other) => explains(other, f) && severityOf(other) <= severityOf(f));
}

/** Of two that explain each other, the weightier one is the cause. */
function explains(cause: Found, f: Found): boolean {
  if (cause === f || !cause.rule.explains?.includes(f.rule.id)) return false;
  return !f.rule.explains?.includes(cause.rule.id) || byWeight(cause, f) < 0;
}

const severityOf = ({ severity }: Found): number => SEVERITIES.indexOf(severity);

function byWeight(x: Found, y: Found): number {
  return (
    severityOf(x) - severityOf(y) ||
    RANKS.indexOf(x.rule.rank) - RANKS.indexOf(y.rule.rank) ||
    certaintyOf(x) - certaintyOf(y)
  );
}

const CERTAINTIES: readonly Match['certainty'][] = ['seen', 'near-certain', 'inferred'];
const certaintyOf = ({ match }: Found): number => CERTAINTIES.indexOf(match.certainty);

function order(all: readonly Found[], headline: Found | null): readonly Found[] {
  return all.toSorted((x, y) => Number(y === headline) - Number(x === headline) || byWeight(x, y));
}

/** The rule that explains it: one that names it, or for another failure the headline. */
function causeOf(f: Found, all: readonly Found[], headline: Found | null): string | null {
  if (f === headline) return null;
  const cause = all.find((other) => explains(other, f));
  if (cause) return cause.rule.id;
  return headline && f.severity === 'failure' && headline.severity === 'failure' && f.rule.id !== headline.rule.id
    ? headline.rule.id
    : null;
}

function view(
  { rule, match, severity }: Found,
  subject: TraceSubject,
  headline: boolean,
  consequenceOf: string | null,
): FindingView {
  const [first, ...rest] = match.evidence;
  return {
    rule: rule.id,
    severity,
    title: match.title,
    explanation: match.explanation,
    advice: match.advice ?? rule.advice,
    inferred: match.certainty === 'inferred',
    certainty: match.certainty,
    evidence: [evidenceView(first, subject), ...rest.map((e) => evidenceView(e, subject))],
    citations: match.citations ?? rule.citations,
    alternatives: [...(match.alternatives ?? []), ...rule.alternatives],
    headline,
    consequenceOf,
  };
}

function evidenceView({ record, packet, timeMs, says }: Evidence, { trace }: TraceSubject): EvidenceView {
  if (record === undefined) return { packet: packet ?? null, record: null, timeMs: timeMs ?? null, says };
  return { packet: trace.packetOf(record), record: record + 1, timeMs: trace.timeMs(record), says };
}
