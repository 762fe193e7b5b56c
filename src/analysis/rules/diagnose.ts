/** Runs all rules over a trace: one cause gives one headline, and its consequences hang under it. */
import type { EvidenceView, FindingView } from '../finding.ts';
import { SEVERITIES } from '../finding.ts';
import { RULES } from './index.ts';
import { type Evidence, type Match, RANKS, type Rule, type RuleText, type TraceRule } from './rule.ts';
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
const FIRST = 'capture-problems';

export function diagnoseAssociation(subject: Subject): Diagnosis {
  const ofCapture = RULES.flatMap((rule) =>
    rule.scope === 'association' && rule.id === FIRST ? foundBy(rule, subject) : [],
  );
  const found = RULES.flatMap((rule) =>
    rule.scope === 'association' && rule.id !== FIRST ? foundBy(rule, subject) : [],
  );
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

export function diagnoseTrace(subject: TraceSubject): readonly FindingView[] {
  const found = RULES.flatMap((rule) => (rule.scope === 'trace' ? foundInTrace(rule, subject) : []));
  const headline = headlineOf(found);
  return order(found, headline).map((f) => view(f, subject, f === headline, causeOf(f, found, headline)));
}

function foundBy(rule: Rule, subject: Subject): Found[] {
  // What explains a failed handshake says nothing of one that was established.
  if (rule.phase === 'handshake' && subject.established) return [];
  return found(rule, rule.check(subject));
}

const foundInTrace = (rule: TraceRule, subject: TraceSubject): Found[] => found(rule, rule.check(subject));

const found = (rule: RuleText, matches: readonly Match[]): Found[] =>
  matches.slice(0, MAX_PER_RULE).map((match) => ({ rule, match, severity: match.severity ?? rule.severity }));

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
  return { packet: trace.datagramOf(record).packet, record: record + 1, timeMs: trace.timeMs(record), says };
}
