/**
 * The retransmission timer of each endpoint, and the stacks it is consistent with: never more than that, for a
 * schedule is not a name. Clean waits only; what the packets say besides narrows the list.
 */
import { ackDelay } from './ack-delay.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { least } from './extremes.ts';
import type { Side } from './record-table.ts';
import { against, type Observed, observed } from './stack-hints.ts';
import type { TimersView, TimerView } from './story.ts';
import { type Fit, fitting } from './timer-fitting.ts';
import { type Gap, runsWith, timerGapsOf } from './timer-gaps.ts';

export function timersOf(trace: AnalysedTrace, association: AnalysedAssociation): TimersView {
  return { client: timerOf(trace, association, 0), server: timerOf(trace, association, 1) };
}

export function timerOf(trace: AnalysedTrace, association: AnalysedAssociation, side: Side): TimerView | null {
  const gaps = timerGapsOf(trace, association, side);
  if (gaps.length === 0) return null;
  const seen = observed(trace, association, side);
  const best = bestOf(gaps, (used) => fitting(used, (stack) => against(stack, seen) === null));
  if (!best) return null;
  const { used, fit } = best;
  const delay = ackDelay(trace, association, side);
  const starts = used.filter((g) => g.fromStart && g.place === 0);
  const initial = least((starts.length > 0 ? starts : used).map((g) => g.ms));
  return {
    initial: seconds(initial),
    factor: factorOf(used),
    samples: used.map((g) => seconds(g.ms)),
    consistentWith: [...new Set(fit.stacks.map((s) => s.name))],
    hints: [...hintsOf(fit, seen, initial), ...(delay === null ? [] : [delay])],
    remarks: [
      ...(used.every((g) => g.clean) ? [] : [DISTURBED]),
      ...(starts.length > 0 ? [] : [LATER]),
      ...fit.remarks,
      ...odd(gaps, used, fit),
    ],
  };
}

const DISTURBED =
  'Records of the peer were sent during some of these waits; what arrived of them may have moved the timer.';
const LATER = 'The first wait of a flight was not seen: initial is the shortest of those that were.';
/** RFC 6347 §4.2.4.1 doubles the wait; a timer that was set back does not grow. */
const GROWS = 1.5;

/**
 * Clean waits; and with them those that were not but go on growing as a schedule does, for no reset makes them so.
 * Where none was clean, the others count only if they are some stack's own.
 */
function bestOf(gaps: readonly Gap[], fitOf: (gaps: readonly Gap[]) => Fit): { used: readonly Gap[]; fit: Fit } | null {
  if (!gaps.some((g) => g.clean)) {
    const fit = fitOf(gaps);
    return fit.firm ? { used: gaps, fit } : null;
  }
  const clean = runsWith(gaps, (gap) => gap.clean);
  const growing = runsWith(gaps, (gap, before) => gap.clean || (before !== undefined && gap.ms >= GROWS * before.ms));
  const fit = fitOf(growing);
  if (fit.firm && growing.some((g) => g.clean)) return { used: growing, fit };
  return { used: clean, fit: fitOf(clean) };
}

/** To the millisecond: no capture is better than that here. */
const seconds = (ms: number): number => Math.round(ms) / 1000;

/** How a wait compares to the one before it, the middle of all pairs; whole factors where it is near one. */
function factorOf(gaps: readonly Gap[]): number | null {
  const ratios = gaps
    .flatMap((gap, i) => {
      const before = gaps[i - 1];
      return before?.run === gap.run ? [gap.ms / before.ms] : [];
    })
    .sort((a, b) => a - b);
  const middle = ratios[(ratios.length - 1) >> 1];
  if (middle === undefined) return null;
  const whole = Math.round(middle);
  return whole > 0 && Math.abs(middle - whole) <= NEAR_WHOLE * whole ? whole : Math.round(middle * 100) / 100;
}

const NEAR_WHOLE = 0.06;

/** What in the packets ruled out stacks whose schedule fits, and what tells variants of one stack apart. */
function hintsOf(fit: Fit, seen: Observed, initialMs: number): string[] {
  const ruledOut = new Map<string, Set<string>>();
  for (const stack of fit.otherwise) {
    const why = against(stack, seen);
    if (why === null || fit.stacks.some((s) => s.name === stack.name)) continue;
    ruledOut.set(why, (ruledOut.get(why) ?? new Set()).add(stack.name));
  }
  const hints = [...ruledOut].map(([why, names]) => `${why} That is not ${listed([...names], 'or')}.`);
  for (const { name, variant } of fit.stacks) {
    const several = fit.stacks.filter((s) => s.name === name).length > 1;
    if (variant && !several) hints.push(`The waits are those of ${name} ${variant}.`);
  }
  const configured = fit.configured.map((s) => s.name);
  if (configured.length > 0)
    hints.push(
      `A first wait of ${seconds(initialMs)} s is not the default of ${listed([...new Set(configured)], 'or')}; applications may set it.`,
    );
  return hints;
}

function listed(names: readonly string[], word: string): string {
  if (names.length < 2) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}

/** Waits that were not clean and do not fit either: something that arrived in them will have moved the timer. */
function odd(gaps: readonly Gap[], used: readonly Gap[], { stacks, misfits }: Fit): string[] {
  if (stacks.length === 0 || gaps.length === used.length) return [];
  return gaps
    .filter((g) => !g.clean && misfits(g))
    .map(
      ({ flight, ms }) =>
        `Flight ${flight.number} was sent again after ${seconds(ms)} s, which is no wait of this schedule; records came or went in between.`,
    );
}
