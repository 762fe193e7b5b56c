/** Which schedules of STACKS a list of waits fits. */
import type { Gap } from './timer-gaps.ts';
import { STACKS, type Stack } from './timer-schedules.ts';

export interface Fit {
  readonly stacks: readonly Stack[];
  /** Those among them that fit with a first wait that is not their default. */
  readonly configured: readonly Stack[];
  /** What would fit by its waits, but the packets speak against it. */
  readonly otherwise: readonly Stack[];
  readonly remarks: readonly string[];
  /** A stack fits by its own default waits, and not only by what applications or chance make of them. */
  readonly firm: boolean;
  /** Whether the wait is none of the schedules that fit. */
  misfits(gap: Gap): boolean;
}

/** Timers fire a little early where something else wakes the sender, and late where it is busy. */
const SLACK: Slack = { ms: 15, share: 0.04 };
const BUSY: Slack = { ms: 30, share: 0.12 };
/** Transmissions that a capture may miss at the start of a flight. */
const MISSED = [0, 1, 2, 3, 4, 5, 6];

interface Slack {
  readonly ms: number;
  readonly share: number;
}

interface Schedule {
  readonly stack: Stack;
  /** By how much its waits are stretched; 1 for the default. */
  readonly scale: number;
}

export function fitting(gaps: readonly Gap[], possible: (stack: Stack) => boolean): Fit {
  const strict = schedulesThatFit(gaps, SLACK);
  const isPossible = ({ stack }: Schedule) => possible(stack);
  if (strict.some((s) => isFirm(s) && isPossible(s))) return fitOf(strict, possible, []);
  const cut = withoutDeadline(gaps);
  const upToDeadline = cut ? schedulesThatFit(cut.gaps, SLACK) : [];
  if (cut && upToDeadline.some((s) => isFirm(s) && isPossible(s))) return fitOf(upToDeadline, possible, [cut.remark]);
  const busy = schedulesThatFit(gaps, BUSY).filter((s) => isFirm(s) && !strict.includes(s));
  const all = [...busy, ...strict];
  if (all.some(isPossible)) return fitOf(all, possible, busy.some(isPossible) ? [LATE] : []);
  return { ...fitOf(all, possible, []), remarks: [NONE] };
}

const LATE = 'The timer expired later than the schedule of any stack says: the sender, or the capture, was busy.';
const NONE = 'No stack that is known waits like this.';

function fitOf(all: readonly Schedule[], possible: (stack: Stack) => boolean, remarks: readonly string[]): Fit {
  const found = all.filter(({ stack }) => possible(stack));
  return {
    stacks: found.map((s) => s.stack),
    configured: found.filter((s) => s.scale !== 1 && !s.stack.firstWithin).map((s) => s.stack),
    otherwise: all.filter(({ stack }) => !possible(stack)).map((s) => s.stack),
    remarks,
    firm: found.some(isFirm),
    misfits: (gap) => !found.some((s) => MISSED.some((index) => fitsAt(s, gap, index, BUSY))),
  };
}

/** Its default waits, without chance in them: what else would fit says little. */
const isFirm = ({ stack, scale }: Schedule): boolean => scale === 1 && stack.jitterMs === undefined;

/** A last wait that is cut short by a deadline for the whole handshake says nothing of the timer. */
function withoutDeadline(gaps: readonly Gap[]): { readonly gaps: readonly Gap[]; readonly remark: string } | null {
  const last = gaps.at(-1);
  const before = gaps.at(-2);
  if (!last || last.run !== before?.run || last.ms >= 1.8 * before.ms) return null;
  const seconds = Math.round(last.ms) / 1000;
  return {
    gaps: gaps.slice(0, -1),
    remark: `The last wait, ${seconds} s, is shorter than the schedule says: a limit for the whole handshake may have cut it.`,
  };
}

function schedulesThatFit(gaps: readonly Gap[], slack: Slack): Schedule[] {
  return schedules(gaps).filter((s) => fits(s, gaps, slack));
}

const DEFAULTS: readonly Schedule[] = STACKS.filter((s) => !s.firstWithin).map((stack) => ({ stack, scale: 1 }));
/** First waits that are somebody's default, and so hardly anybody's choice. */
const USUAL_FIRST_MS = [1000, 2000, 8000, 9000, 25_000];

/** The defaults; and where the first wait is none of the usual, those whose applications often set another. */
function schedules(gaps: readonly Gap[]): readonly Schedule[] {
  const [first] = runsOf(gaps).toSorted((a, b) => Number(b[0]?.fromStart) - Number(a[0]?.fromStart))[0] ?? [];
  if (!first) return DEFAULTS;
  // Where the first waits are missing, this one may be a later one.
  const steps = first.fromStart ? [0] : MISSED;
  if (USUAL_FIRST_MS.some((ms) => steps.some((i) => near(first.ms, ms * 2 ** i, SLACK)))) return DEFAULTS;
  const scaled = STACKS.filter(
    ({ configurable, firstWithin }) =>
      configurable || (firstWithin && first.ms >= firstWithin[0] - SLACK.ms && first.ms <= firstWithin[1]),
  );
  return [...DEFAULTS, ...scaled.map((stack): Schedule => ({ stack, scale: first.ms / stack.waits(0) }))];
}

function fits(schedule: Schedule, gaps: readonly Gap[], slack: Slack): boolean {
  const { repeats = Number.POSITIVE_INFINITY, carriesOver = false } = schedule.stack;
  // Waits that differ on purpose are not all the same by chance.
  if (
    schedule.stack.jitterMs &&
    gaps.length > 1 &&
    fits({ ...schedule, stack: { ...schedule.stack, jitterMs: 0 } }, gaps, SLACK)
  )
    return false;
  return runsOf(gaps).every((run) => {
    // Nobody repeats more often than until it gives up.
    if (run.some((g) => g.place >= repeats)) return false;
    const offsets = !run[0]?.fromStart ? MISSED : carriesOver && run[0].isVersion13 ? [0, 1] : [0];
    return offsets.some((offset) => run.every((gap) => fitsAt(schedule, gap, offset + gap.place, slack)));
  });
}

function runsOf(gaps: readonly Gap[]): readonly (readonly Gap[])[] {
  const runs = new Map<number, Gap[]>();
  for (const gap of gaps) {
    const run = runs.get(gap.run);
    if (run) run.push(gap);
    else runs.set(gap.run, [gap]);
  }
  return [...runs.values()];
}

function fitsAt({ stack, scale }: Schedule, gap: Gap, index: number, slack: Slack): boolean {
  return near(gap.ms, scale * stack.waits(index), slack, stack.jitterMs);
}

function near(ms: number, expectedMs: number, { ms: lateMs, share }: Slack, jitterMs = 0): boolean {
  const early = Math.max(SLACK.ms, SLACK.share * expectedMs) + jitterMs;
  return ms >= expectedMs - early && ms <= expectedMs + Math.max(lateMs, share * expectedMs) + jitterMs;
}
