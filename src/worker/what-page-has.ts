/** What the page knows to be open: it is changed aside, and the page hears of it once it is analysed. */
import { type ListedAssociation, Listing, listedTrace } from '../analysis/listed-association.ts';
import type { AnalysisProgress } from '../analysis/progress.ts';
import type { AnalysisSession } from './analysis-session.ts';
import type { FromWorker } from './protocol.ts';
import type { SharedFacts } from './sharing-protocol.ts';
import type { Turns } from './turns.ts';

/** What became of a change to what is open. */
export interface Changed {
  /** There is something new. */
  readonly ok: boolean;
  readonly cancelled: boolean;
  readonly failures: readonly string[];
}

export const CHANGED: Changed = { ok: true, cancelled: false, failures: [] };

/** Associations in one message: the page takes in so many between two frames. */
const MOST_AT_ONCE = 200;

export class WhatPageHas {
  /** Of the shared trace that is open; null where none is. */
  shared: SharedFacts | null = null;
  readonly #session: AnalysisSession;
  readonly #post: (message: FromWorker) => void;
  readonly #turns: Turns;

  constructor(session: AnalysisSession, post: (message: FromWorker) => void, turns: Turns) {
    this.#session = session;
    this.#post = post;
    this.#turns = turns;
  }

  /** @returns brings back what is open now. */
  keep(): () => void {
    const [session, shared] = [this.#session.fork(), this.shared];
    return () => {
      this.#session.adopt(session);
      this.shared = shared;
    };
  }

  /**
   * Changes what is open, aside: that is taken over once it is analysed. False where it was not, because it was
   * cancelled meanwhile or there was nothing usable; then everything is as it was.
   */
  async change(job: number, change: (session: AnalysisSession) => Changed | Promise<Changed>): Promise<boolean> {
    const cancelled = () => this.#turns.isCancelled(job);
    try {
      const session = this.#session.fork();
      const done = cancelled() ? null : await change(session);
      const isWhole = done?.ok && !done.cancelled && !cancelled() && (await this.#tellAll(job, session));
      if (isWhole) {
        this.#session.adopt(session);
        this.#post(this.#opened(job, done.failures));
      } else if (!done || done.ok || done.cancelled || cancelled()) this.#post({ is: 'cancelled', job });
      else this.#post({ is: 'failed', job, failures: done.failures });
      return isWhole === true;
    } finally {
      this.#turns.forget(job);
    }
  }

  /** Analyses what is open in `session`, and tells its associations where there are many. False where it was cancelled. */
  async #tellAll(job: number, session: AnalysisSession): Promise<boolean> {
    const analysing = (progress: AnalysisProgress) => this.#post({ is: 'analysing', job, progress });
    if (!(await this.#turns.inSteps(job, session.reading(), analysing))) return false;
    if (!isLarge(session)) return await this.#turns.inSteps(job, session.diagnosing(null), analysing);
    let part: ListedAssociation[] = [];
    let listing = new Listing();
    const tell = () => {
      if (part.length > 0) this.#post({ is: 'part', job, associations: part });
      part = [];
      listing = new Listing();
    };
    const diagnosing = session.diagnosing((association) => {
      part.push(listing.row(association));
      if (part.length >= MOST_AT_ONCE) tell();
    });
    const isWhole = await this.#turns.inSteps(job, diagnosing, analysing);
    if (isWhole) tell();
    return isWhole;
  }

  #opened(job: number, failures: readonly string[]): FromWorker {
    const session = this.#session;
    const trace = isLarge(session)
      ? { ...session.overview(), associations: [], findings: session.findings() }
      : listedTrace(session.trace());
    if (!trace.captures.some(({ format }) => format === 'dtlstrace')) this.shared = null;
    return { is: 'opened', job, trace, failures, ...(this.shared ? { shared: this.shared } : {}) };
  }
}

/** One message would be too much for all of its associations. */
const isLarge = (session: AnalysisSession): boolean => session.ids().length > MOST_AT_ONCE;
