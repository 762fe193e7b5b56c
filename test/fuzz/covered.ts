/**
 * Which parts of the program ran, as V8 counts them: an input that reached a part for the first time is worth
 * damaging further. Only for some of the inputs, since counting and asking take their time.
 */
import { type Profiler, Session } from 'node:inspector';

/** Half-open, ascending, disjoint. */
type Stretches = readonly (readonly [from: number, to: number])[];

export class Coverage {
  readonly #session = new Session();
  /** Of each function that ran, by where it stands: what of it never did. */
  readonly #never = new Map<number, Stretches>();
  readonly #url: string;

  /** @param url of the script whose parts count. */
  constructor(url: string) {
    this.#url = url;
    this.#session.connect();
    this.#session.post('Profiler.enable');
  }

  start(): void {
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  stop(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
  }

  /** Functions of which something ran since the last question that never ran before; with `keep` false they stay new. */
  fresh(keep = true): number {
    let count = 0;
    for (const { url, functions } of this.#taken()) {
      if (url !== this.#url) continue;
      for (const { ranges } of functions) {
        const [whole] = ranges;
        if (!whole || whole.count === 0) continue;
        const before = this.#never.get(whole.startOffset);
        const now = ranges.filter((r) => r.count === 0).map((r) => [r.startOffset, r.endOffset] as const);
        const never = before ? common(before, now) : now;
        if (before && length(never) === length(before)) continue;
        count++;
        if (keep) this.#never.set(whole.startOffset, never);
      }
    }
    return count;
  }

  /** Functions that ran, of those that were counted. */
  get reached(): number {
    return this.#never.size;
  }

  #taken(): readonly Profiler.ScriptCoverage[] {
    let taken: readonly Profiler.ScriptCoverage[] = [];
    // Answered before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (!error) taken = result;
    });
    return taken;
  }
}

const length = (stretches: Stretches): number => stretches.reduce((sum, [from, to]) => sum + to - from, 0);

function common(a: Stretches, b: Stretches): Stretches {
  return a.flatMap(([from, to]) =>
    b.flatMap(([start, end]) =>
      start < to && end > from ? [[Math.max(from, start), Math.min(to, end)] as const] : [],
    ),
  );
}
