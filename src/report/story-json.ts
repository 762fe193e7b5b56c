/** The part of the report that tells what happened: losses, machines, timers, time, relations. Seconds, as everywhere in it. */
import type {
  ArrivalView,
  FateView,
  LossView,
  MachineStepView,
  PointsView,
  TimerView,
  TimingView,
} from '../analysis/story.ts';
import type { AssociationStory } from '../analysis/trace.ts';

/** Milliseconds to seconds, exact to the nanosecond. */
export const seconds = (ms: number): number => Math.round(ms * 1e6) / 1e9;
const secondsOrNull = (ms: number | null): number | null => (ms === null ? null : seconds(ms));

export function storyJson(story: AssociationStory) {
  const { vantage, losses, machines, timers, timing, relations, replayDrops } = story;
  return {
    vantage,
    losses: losses.map(loss),
    machines: {
      client: machines.client.map(step),
      server: machines.server.map(step),
      postHandshake: machines.postHandshake.map(({ sender, message, flight, steps }) => ({
        sender,
        message,
        flight,
        steps: steps.map(step),
      })),
    },
    timers: { client: timer(timers.client), server: timer(timers.server) },
    timing: times(timing),
    relations: relations.map(({ timeMs, ...relation }) => ({ ...relation, time: seconds(timeMs) })),
    replayDrops,
  };
}

function loss({ timeMs, ...rest }: LossView) {
  return { ...rest, time: seconds(timeMs) };
}

function step({ timeMs, ...rest }: MachineStepView) {
  return { time: seconds(timeMs), ...rest };
}

const timer = (view: TimerView | null) => view && { ...view };

function times({ handshakeMs, timerWaitMs, roundTripMs, flights }: TimingView) {
  return {
    handshake: secondsOrNull(handshakeMs),
    timerWait: { client: seconds(timerWaitMs.client), server: seconds(timerWaitMs.server) },
    roundTrip: { client: secondsOrNull(roundTripMs.client), server: secondsOrNull(roundTripMs.server) },
    flights: flights.map(({ startMs, completeMs, answerAfterMs, timerWaitMs: wait, ...flight }) => ({
      ...flight,
      start: seconds(startMs),
      complete: secondsOrNull(completeMs),
      answerAfter: secondsOrNull(answerAfterMs),
      timerWait: seconds(wait),
    })),
  };
}

export function fateJson({ fate, certainty, reason, evidence }: FateView) {
  return { fate, certainty, reason, evidence };
}

export function arrivalJson({ timeMs, ...arrival }: ArrivalView) {
  return { ...arrival, time: seconds(timeMs) };
}

export function pointsJson(points: PointsView | null) {
  if (!points) return null;
  const { offsetMs, offsetErrorMs, delayMs, ...rest } = points;
  const delay = (d: PointsView['delayMs']['fromFirst']) =>
    d && { least: seconds(d.least), median: seconds(d.median), greatest: seconds(d.greatest) };
  return {
    ...rest,
    offset: seconds(offsetMs),
    offsetError: seconds(offsetErrorMs),
    delay: { fromFirst: delay(delayMs.fromFirst), fromSecond: delay(delayMs.fromSecond) },
  };
}
