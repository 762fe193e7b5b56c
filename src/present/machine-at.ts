/** Both state machines at one moment: current state, last transition and its cause, and how long the wait was. */
import { countUpTo } from '../analysis/extremes.ts';
import type { Certainty, MachineStateName, MachineStepView, MachinesView } from '../analysis/story.ts';
import type { Sender } from '../analysis/trace.ts';
import { capital } from '../analysis/words.ts';
import { milliseconds } from './time-scale.ts';

/** Edges of the RFC's figure by the first letters of their states. */
export type Edge = 'PS' | 'SW' | 'WF' | 'WS' | 'SF' | 'WP' | 'FP' | 'FF';

export interface MachineAt {
  readonly sender: Sender;
  /** Null before its first step, and where nothing is known of it. */
  readonly state: MachineStateName | null;
  readonly edge: Edge | null;
  /** "Client waits", "Server is done, no timer". */
  readonly says: string;
  /** "Sends flight 5 again, attempt 3"; null where there is none. */
  readonly cause: string | null;
  readonly certainty: Certainty;
  /** Record that shows it, for a link. */
  readonly record: number | null;
  readonly violation: string | null;
}

export function machinesAt(
  machines: MachinesView,
  timeMs: number,
  names: Readonly<Record<Sender, string>>,
): MachineAt[] {
  return (['client', 'server'] as const).map((sender) => machineAt(sender, machines[sender], timeMs, names[sender]));
}

function machineAt(sender: Sender, steps: readonly MachineStepView[], timeMs: number, name: string): MachineAt {
  const at =
    countUpTo(
      steps.map((s) => s.timeMs),
      timeMs,
    ) - 1;
  const step = steps[at];
  if (!step)
    return {
      sender,
      state: null,
      edge: null,
      says: `${name}: nothing yet`,
      cause: null,
      certainty: 'inferred',
      record: null,
      violation: null,
    };
  return {
    sender,
    state: step.state,
    edge: edgeOf(steps[at - 1], step),
    says: `${name} ${stateWords(step, steps[at + 1])}`,
    cause: capital(step.cause),
    certainty: step.certainty,
    record: step.record,
    violation: step.violation,
  };
}

const LETTERS: Readonly<Partial<Record<MachineStateName, string>>> = {
  PREPARING: 'P',
  SENDING: 'S',
  WAITING: 'W',
  FINISHED: 'F',
};
const EDGES: ReadonlySet<string> = new Set(['PS', 'SW', 'WF', 'WS', 'SF', 'WP', 'FP', 'FF']);

function edgeOf(before: MachineStepView | undefined, step: MachineStepView): Edge | null {
  if (!before) return null;
  const key = `${LETTERS[before.state] ?? '-'}${LETTERS[step.state] ?? '-'}`;
  // Repeating the last flight is an edge from FINISHED to itself in the figure.
  if (key === 'FS') return 'FF';
  return EDGES.has(key) ? (key as Edge) : null;
}

function stateWords(step: MachineStepView, next: MachineStepView | undefined): string {
  switch (step.state) {
    case 'PREPARING':
      return `prepares flight ${step.flight}`;
    case 'SENDING':
      return `sends flight ${step.flight}`;
    case 'WAITING': {
      if (step.stateless) return 'waits, stateless: no timer';
      const waited = next && next.state === 'SENDING' && next.flight === step.flight ? next.timeMs - step.timeMs : null;
      return waited === null ? 'waits' : `waits, timer ${milliseconds(Math.round(waited)).replace(/\.\d+$/, '')} ms`;
    }
    case 'FINISHED':
      return 'is done, no timer';
    case 'CLOSED':
      return 'is closed';
    case 'ABANDONED':
      return 'gave up';
  }
}
