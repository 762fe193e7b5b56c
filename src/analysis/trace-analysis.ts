/** What was worked out of captures and keys: of every association, and of all of them together. */
import { type AnalysedAssociation, type AnalysedTrace, analyseInSteps } from './analyse.ts';
import { associationIndex } from './association-id.ts';
import {
  associationDetail,
  associationFacts,
  associationShown,
  associationStory,
  associationView,
} from './association-views.ts';
import { captureSummary } from './capture-summary.ts';
import { CertificateReader } from './certificates.ts';
import type { FindingView } from './finding.ts';
import type { Given } from './given.ts';
import { atOnce, type InSteps } from './in-steps.ts';
import type { Keyring } from './keyring.ts';
import { otherTraffic } from './other-traffic.ts';
import type { LoadedCapture, OneStream } from './points/one-stream.ts';
import { pointsView } from './points/points-view.ts';
import type { TraceState } from './read-trace.ts';
import { TraceDiagnosis } from './rules/diagnose.ts';
import type { Subject } from './rules/subject.ts';
import { TraceSubject } from './rules/trace-subject.ts';
import type { SdpFingerprint } from './sdp.ts';
import { surroundingsOf } from './surroundings.ts';
import type { Association, AssociationDetail, AssociationStory, TraceOverview, TraceSummary } from './trace.ts';

export interface AnalysisInput {
  readonly captures: readonly LoadedCapture[];
  readonly merged: OneStream;
  readonly given: Given;
  readonly fingerprints: readonly SdpFingerprint[];
}

/** Associations that were asked for last, and may be asked for again. */
const MOST_RECENT = 16;

export class TraceAnalysis {
  readonly trace: AnalysedTrace;
  readonly overview: TraceOverview;
  readonly #subject: TraceSubject;
  #findings: readonly FindingView[] | null = null;
  /** Null as long as nobody asked for all of them. */
  #all: readonly Association[] | null = null;
  #summary: TraceSummary | null = null;
  readonly #recent = new Map<number, Association>();

  constructor(trace: AnalysedTrace, overview: TraceOverview, subject: TraceSubject) {
    this.trace = trace;
    this.overview = overview;
    this.#subject = subject;
  }

  /** What was read and worked out of an association. */
  analysed(id: string): AnalysedAssociation | undefined {
    return this.trace.analysed[associationIndex(id)];
  }

  /** Null where there is none with this id. */
  association(id: string): Association | null {
    const index = associationIndex(id);
    const known = this.#all?.[index] ?? this.#recent.get(index);
    if (known) return known;
    const subject = this.#subject.subjects[index];
    return subject ? this.#view(subject, index) : null;
  }

  /** With everything that is known of it. */
  detail(id: string): AssociationDetail | null {
    const [analysed, association] = [this.analysed(id), this.association(id)];
    return analysed && association ? associationDetail(this.trace, analysed, association) : null;
  }

  /** With its records as far as they are shown one by one, see `associationShown`. */
  shown(id: string, around: number | null): AssociationDetail | null {
    const [analysed, association] = [this.analysed(id), this.association(id)];
    return analysed && association ? associationShown(this.trace, analysed, association, around) : null;
  }

  /** The same without its records, of which there may be many. */
  story(id: string): AssociationStory | null {
    const [analysed, association] = [this.analysed(id), this.association(id)];
    return analysed && association ? associationStory(this.trace, analysed, association) : null;
  }

  /** In order, each made when it is its turn. */
  *each(): Generator<Association> {
    if (this.#all) yield* this.#all;
    else {
      const diagnosis = this.#findings ? null : new TraceDiagnosis(this.#subject);
      for (const [index, subject] of this.#subject.subjects.entries()) {
        const view = this.#view(subject, index);
        diagnosis?.take(subject);
        yield view;
      }
      this.#findings ??= diagnosis?.findings() ?? null;
    }
  }

  /** Hands each to `take`; or keeps them all for `summary`, if nobody takes them. */
  *diagnosing(take: ((association: Association) => void) | null): InSteps<void> {
    if (!take && this.#all) return;
    const kept: Association[] = [];
    let done = 0;
    for (const association of this.each()) {
      if (take) take(association);
      else kept.push(association);
      yield ++done;
    }
    if (!take) this.#all = kept;
  }

  /** With all associations, which are kept from then on. */
  summary(): TraceSummary {
    atOnce(this.diagnosing(null));
    this.#summary ??= { ...this.overview, associations: this.#all ?? [], findings: this.findings() };
    return this.#summary;
  }

  findings(): readonly FindingView[] {
    if (!this.#findings) atOnce(this.diagnosing(() => {}));
    return this.#findings ?? [];
  }

  #view(subject: Subject, index: number): Association {
    const view = associationView(subject);
    this.#recent.set(index, view);
    for (const [oldest] of this.#recent) {
      if (this.#recent.size <= MOST_RECENT) break;
      this.#recent.delete(oldest);
    }
    return view;
  }
}

/** The second step after reading: flights, marks and outcomes; one association in each step. */
export function* analysisOf(read: TraceState, keyring: Keyring, input: AnalysisInput): InSteps<TraceAnalysis> {
  const { captures, merged, given, fingerprints } = input;
  const [originNs, endNs] = span(captures, merged);
  const trace = yield* analyseInSteps(read, originNs, around(input, originNs), endNs);
  const captureEndMs = Number(endNs - originNs) / 1e6;
  const originMs = given.relativeTime ? null : Number(originNs / 1_000_000n);
  const certificates = new CertificateReader(given.validity);
  const overview: TraceOverview = {
    captures: captures.map(({ facts, datagrams }, i) =>
      captureSummary(
        given.relativeTime ? { ...facts, firstTimeNs: null, lastTimeNs: null } : facts,
        read.dtlsDatagrams[i] ?? 0,
        read.dtlsRecords[i] ?? 0,
        i === 0 ? [...merged.problemsOf(i), ...read.remarks] : merged.problemsOf(i),
        datagrams.wholes(),
      ),
    ),
    keys: keyring.summary(),
    points: pointsView(merged.alignments, read),
    other: otherTraffic(captures.map((capture) => capture.facts.surroundings)),
  };
  const subject = new TraceSubject(
    trace,
    (analysed) => associationFacts(trace, analysed, { captureEndMs, originMs, certificates }),
    { captures: overview.captures, captureEndMs, originMs, fingerprints },
  );
  return new TraceAnalysis(trace, overview, subject);
}

/** When the first packet of all captures was captured, and the last one. */
function span(captures: readonly LoadedCapture[], merged: OneStream): readonly [bigint, bigint] {
  const times = captures.flatMap(({ facts }, capture) =>
    [facts.firstTimeNs, facts.lastTimeNs].filter((t) => t !== null).map((t) => merged.onOneClock(capture, t)),
  );
  const inOrder = times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const origin = inOrder[0] ?? 0n;
  return [origin, inOrder.at(-1) ?? origin];
}

function around({ captures, merged }: AnalysisInput, originNs: bigint) {
  return surroundingsOf(
    captures.map(({ facts: { surroundings } }, capture) => ({
      surroundings: merged.around(capture, surroundings),
      point: merged.pointOf(capture),
      toMs: (timeNs) => Number(merged.onOneClock(capture, timeNs) - originNs) / 1e6,
    })),
  );
}
