/** Both state machines at one moment: current state, what led there, the timer, and what the endpoint waits for. */
import type { Certainty, MachineStateName, MachineStepView } from '../analysis/story.ts';
import type { AssociationDetail, FlightView, Sender } from '../analysis/trace.ts';
import { capital } from '../analysis/words.ts';
import { awaitedFlight, type CoverageAt, coverageAt } from './coverage-at.ts';
import { flightMessages } from './flight-messages.ts';
import { attemptsOf } from './sequence-attempts.ts';
import { lastOfDatagram, timelineOf } from './timeline.ts';
import { type TimerAt, timerAt, whole } from './timer-at.ts';

/** Edges of the RFC's figure by the first letters of their states. */
export type Edge = 'PS' | 'SW' | 'WF' | 'WS' | 'SF' | 'WP' | 'FP' | 'FF';

export interface MachineAt {
  readonly sender: Sender;
  /** Null before its first step, and where nothing is known of it. */
  readonly state: MachineStateName | null;
  readonly edge: Edge | null;
  /** "Client waits, timer 4 000 ms", "Server is done, no timer". */
  readonly says: string;
  /** "Timer expired after 2 008 ms, flight 5 sent again"; null where there is none. */
  readonly cause: string | null;
  readonly certainty: Certainty;
  /** Record that shows it, for a link. */
  readonly record: number | null;
  readonly violation: string | null;
  /** "Flight 5, attempt 3 of 4"; null where that goes without saying. */
  readonly flight: string | null;
  readonly timer: TimerAt | null;
  /** "Waits for flight 6: NewSessionTicket, ChangeCipherSpec, Finished"; what it will do if it does not wait. */
  readonly next: string | null;
  readonly coverage: CoverageAt | null;
}

/** After all of that moment; where a record is given, after its datagram: those of a text without times have one time. */
export function machinesAt(
  detail: AssociationDetail,
  timeMs: number,
  names: Readonly<Record<Sender, string>>,
  record: number | null = null,
): MachineAt[] {
  const last = record === null ? Number.POSITIVE_INFINITY : lastOfDatagram(timelineOf(detail), record);
  return (['client', 'server'] as const).map((sender) => machineAt(sender, detail, { timeMs, last }, names[sender]));
}

interface Moment {
  readonly timeMs: number;
  /** Of records at this very time, the last one that counts. */
  readonly last: number;
}

/** Index of the step that a machine has come to; -1 before its first. */
function stepAt(steps: readonly MachineStepView[], { timeMs, last }: Moment): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.timeMs ?? 0) <= timeMs) low = middle + 1;
    else high = middle;
  }
  let at = low - 1;
  for (let step = steps[at]; step?.timeMs === timeMs && (step.record ?? 0) > last; step = steps[at]) at--;
  return at;
}

function machineAt(sender: Sender, detail: AssociationDetail, moment: Moment, name: string): MachineAt {
  const { timeMs } = moment;
  const steps = detail.machines[sender];
  const at = stepAt(steps, moment);
  const step = steps[at];
  if (!step) return nothingYet(sender, name);
  const before = steps.slice(Math.max(0, at - 2), at).reverse();
  const timer = timerAt(step, steps[at + 1], detail.timers[sender], timeMs);
  const awaited = step.state === 'WAITING' ? awaitedFlight(detail, sender, step) : null;
  return {
    sender,
    state: step.state,
    edge: edgeOf(before, step),
    says: `${name} ${stateWords(step, timer, awaited)}`,
    ...causeOf(before, step),
    violation: step.violation ?? (sends(before[0], step) ? before[0].violation : null),
    flight: flightWords(step, detail, sender),
    timer,
    next: nextWords(step, awaited, awaited ? flightMessages(detail, step.handshake, awaited) : []),
    coverage: awaited ? coverageAt(detail, step.handshake, awaited, timeMs) : null,
  };
}

function nothingYet(sender: Sender, name: string): MachineAt {
  return {
    ...{ sender, state: null, edge: null, says: `${name}: nothing yet`, cause: null, certainty: 'inferred' },
    ...{ record: null, violation: null, flight: null, timer: null, next: null, coverage: null },
  };
}

/** The step before is the sending that this one ends. */
function sends(before: MachineStepView | undefined, step: MachineStepView): before is MachineStepView {
  return before?.state === 'SENDING' && before.flight === step.flight && before.attempt === step.attempt;
}

/** That a flight was sent says less than why it was. */
function causeOf(
  [before, earlier]: readonly MachineStepView[],
  step: MachineStepView,
): Pick<MachineAt, 'cause' | 'certainty' | 'record'> {
  const own = { cause: capital(step.cause), certainty: step.certainty, record: step.record };
  if (step.state === 'SENDING' && step.cause === 'timer expired' && before)
    return { ...own, cause: `Timer expired after ${whole(step.timeMs - before.timeMs)}` };
  if (!sends(before, step) || step.attempt < 2) return own;
  const why =
    before.cause === 'timer expired' && earlier
      ? `Timer expired after ${whole(before.timeMs - earlier.timeMs)}`
      : capital(before.cause);
  return { cause: `${why}, flight ${step.flight} sent again`, certainty: before.certainty, record: before.record };
}

const LETTERS: Readonly<Partial<Record<MachineStateName, string>>> = {
  PREPARING: 'P',
  SENDING: 'S',
  WAITING: 'W',
  FINISHED: 'F',
};
const EDGES: ReadonlySet<string> = new Set(['PS', 'SW', 'WF', 'WS', 'SF', 'WP', 'FP', 'FF']);

function edgeOf([before, earlier]: readonly MachineStepView[], step: MachineStepView): Edge | null {
  if (!before) return null;
  // Repeating the last flight is an edge from FINISHED to itself in the figure.
  if (before.state === 'FINISHED' && step.state === 'SENDING') return 'FF';
  if (earlier?.state === 'FINISHED' && before.state === 'SENDING' && step.state === 'FINISHED') return 'FF';
  const key = `${LETTERS[before.state] ?? '-'}${LETTERS[step.state] ?? '-'}`;
  return EDGES.has(key) ? (key as Edge) : null;
}

function stateWords(step: MachineStepView, timer: TimerAt | null, awaited: FlightView | null): string {
  switch (step.state) {
    case 'PREPARING':
      return `prepares flight ${step.flight}`;
    case 'SENDING':
      return `sends flight ${step.flight}`;
    case 'WAITING':
      if (step.stateless) return 'waits, stateless: no timer';
      if (step.flight === 0) return 'waits for a ClientHello';
      if (timer) return `waits, ${timer.says}`;
      return awaited ? `waits for flight ${awaited.number}` : 'waits';
    case 'FINISHED':
      return 'is done, no timer';
    case 'CLOSED':
      return 'is closed';
    case 'ABANDONED':
      return 'gave up';
  }
}

function flightWords(step: MachineStepView, detail: AssociationDetail, sender: Sender): string | null {
  const { association } = detail;
  if (step.flight === 0 || step.state === 'CLOSED' || step.state === 'ABANDONED') return null;
  const handshake = association.handshakes.find((h) => h.number === step.handshake);
  const flight = handshake?.flights.find((f) => f.number === step.flight && f.sender === sender);
  const several = association.handshakes.length > 1;
  const captured = flight?.transmissions.length ?? 0;
  const attempts = attemptsOf(detail);
  const sent = flight ? attempts.countOf(step.handshake, step.flight) : 0;
  // The diagram counts copies that were lost whole; so does this.
  const number =
    flight && step.attempt <= captured ? attempts.numberOf(step.handshake, step.flight, step.attempt) : step.attempt;
  // The only attempt of the only handshake needs no words.
  if (!several && sent < 2 && number < 2) return null;
  const which = several ? `Handshake ${step.handshake}, flight ${step.flight}` : `Flight ${step.flight}`;
  // Attempts that the capture does not have count, too.
  const attempt = `attempt ${number}${sent >= number && sent > 1 ? ` of ${sent}` : ''}`;
  return sent > 1 || number > 1 ? `${which}, ${attempt}` : which;
}

const MOST_NAMED = 5;

function nextWords(step: MachineStepView, awaited: FlightView | null, messages: readonly string[]): string | null {
  if (step.state === 'FINISHED') return 'Sends only if asked again';
  if (step.state !== 'WAITING' || !awaited) return null;
  const { number } = awaited;
  const named = messages.slice(0, MOST_NAMED).join(', ');
  const more = messages.length > MOST_NAMED ? ` and ${messages.length - MOST_NAMED} more` : '';
  return `Waits for flight ${number}${named ? `: ${named}${more}` : ''}`;
}
