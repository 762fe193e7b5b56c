/** How long things took, what the timers of both sides show, and where that was captured: lines to read. */
import type { Certainty, TimersView, TimerView, TimingView, VantageView } from '../analysis/story.ts';
import type { EndpointNames } from './capture-points.ts';
import { milliseconds } from './time-scale.ts';
import { VANTAGES } from './vantage-words.ts';

export interface TimingFact {
  readonly name: string;
  readonly says: string;
  /** What rests on assumptions has a sign; null for what needs none. */
  readonly certainty: Certainty | null;
  /** Muted, under it: whole sentences. */
  readonly remarks: readonly string[];
}

const SAMPLES_SHOWN = 6;

export function vantageFact({ position, certainty, reason }: VantageView): TimingFact {
  const says = position === 'unknown' ? 'somewhere on the path' : VANTAGES[position];
  return { name: 'Captured', says, certainty, remarks: [reason] };
}

export function timingFacts({ handshakeMs, timerWaitMs, roundTripMs }: TimingView, names: EndpointNames): TimingFact[] {
  return [
    ...fact('Handshake', handshakeMs === null ? '' : `${milliseconds(handshakeMs)} ms`),
    ...fact('On timers', sides(positive(timerWaitMs), names)),
    ...fact('Round trip', sides(roundTripMs, names)),
  ];
}

export function timerFacts(timers: TimersView, names: EndpointNames): TimingFact[] {
  return (['client', 'server'] as const).flatMap((sender) => {
    const timer = timers[sender];
    return timer ? fact(`${names[sender]} timer`, timerText(timer), [...timer.remarks, ...timer.hints]) : [];
  });
}

/** "1, 2, 4 s: OpenSSL, LibreSSL" */
function timerText({ samples, initial, consistentWith }: TimerView): string {
  const listed = samples.length > 0 ? samples : [initial];
  const shown = listed.slice(0, SAMPLES_SHOWN).map(seconds).join(', ');
  const more = listed.length > SAMPLES_SHOWN ? ' …' : '';
  const stacks = consistentWith.length > 0 ? consistentWith.join(', ') : 'no stack that is known here';
  return `${shown}${more} s: ${stacks}`;
}

/** As a timer was presumably set: "1" of 1.001. */
function seconds(value: number): string {
  return String(Number(value.toFixed(value < 1 ? 2 : 1)));
}

interface Sides {
  readonly client: number | null;
  readonly server: number | null;
}

function positive({ client, server }: Sides): Sides {
  return { client: client === 0 ? null : client, server: server === 0 ? null : server };
}

/** "client 7 013.178 ms, server 0.351 ms" */
function sides(of: Sides, names: EndpointNames): string {
  return (['client', 'server'] as const)
    .flatMap((sender) => {
      const ms = of[sender];
      return ms === null ? [] : [`${lower(names[sender])} ${milliseconds(ms)} ms`];
    })
    .join(', ');
}

/** Letters that stand for an endpoint stay as they are. */
const lower = (name: string): string => (name.length > 1 ? name.toLowerCase() : name);

function fact(name: string, says: string, remarks: readonly string[] = []): TimingFact[] {
  return says === '' ? [] : [{ name, says, certainty: null, remarks }];
}
