/** The flights of an association with what became of each: the material of the rules about loss and timers. */
import type { LossView } from '../../story.ts';
import type { FlightView, HandshakeView, TransmissionView } from '../../trace.ts';
import { list } from '../../words.ts';
import type { Subject } from '../subject.ts';

export interface Episode {
  readonly handshake: HandshakeView;
  readonly flight: FlightView;
  readonly first: TransmissionView;
  /** Beyond the first. */
  readonly repeats: readonly TransmissionView[];
  readonly before: FlightView | undefined;
  readonly next: FlightView | undefined;
  /** It ends the handshake of DTLS 1.2, so its sender has no timer (RFC 6347 §4.2.4). */
  readonly last: boolean;
  /** Losses that concern it. */
  readonly losses: readonly LossView[];
  /** Transmissions of it that evidently did not arrive whole, or to which nothing came before the next one. */
  readonly lostSent: readonly TransmissionView[];
}

export const episodes = (subject: Subject): readonly Episode[] => subject.remember(episodesOf);

function episodesOf(subject: Subject): readonly Episode[] {
  return subject.handshakes.flatMap((handshake) =>
    handshake.flights.flatMap((flight, i): Episode[] => {
      const [first, ...repeats] = flight.transmissions;
      if (!first) return [];
      const next = handshake.flights[i + 1];
      return [
        {
          handshake,
          flight,
          first,
          repeats,
          before: handshake.flights[i - 1],
          next,
          last: !subject.is13 && !next && flight.messages.includes('Finished') && endsHandshake(handshake, flight),
          losses: subject.story.losses.filter((l) => concerns(l, handshake, flight)),
          lostSent: flight.transmissions.filter((t, k) => t.fate.fate.startsWith('lost') || unheard(handshake, i, k)),
        },
      ];
    }),
  );
}

/**
 * Nothing tells what became of it, but its sender's timer expired before the answer came; or, where the flight is the
 * last one, the other side's timer did.
 */
function unheard({ flights, outcome }: HandshakeView, index: number, transmission: number): boolean {
  const [before, flight, next] = [flights[index - 1], flights[index], flights[index + 1]];
  const sent = flight?.transmissions[transmission];
  if (sent?.fate.fate !== 'unknown') return false;
  const again = flight?.transmissions[transmission + 1];
  const [answer, overtaking] = next?.transmissions ?? [];
  // The answer was held up, so it had left in time.
  if (answer && overtaking && overtaking.startMs < answer.startMs) return false;
  if (again) return again.cause === 'timer' && answer !== undefined && answer.startMs > again.startMs;
  const asked =
    before?.transmissions.some((t) => t.cause === 'timer' && t.startMs > sent.startMs + SETTLED_MS) ?? false;
  return next === undefined && outcome === 'established' && asked && transmission === 0;
}

/** A repeat sooner than this after a flight had left before the flight could arrive. */
const SETTLED_MS = 30;

/** Its own, or one that the numbers put right before it: a copy of it that never reached the capture. */
function concerns(loss: LossView, handshake: HandshakeView, flight: FlightView): boolean {
  if (loss.flight !== null) return loss.handshake === handshake.number && loss.flight === flight.number;
  const [from, to] = [flight.transmissions[0]?.startMs ?? 0, flight.transmissions.at(-1)?.endMs ?? 0];
  return loss.sender === flight.sender && loss.records.length === 0 && loss.timeMs >= from && loss.timeMs <= to;
}

/** Both sides have sent a Finished, this one after the other. */
function endsHandshake({ flights }: HandshakeView, flight: FlightView): boolean {
  return flights.some((f) => f.sender !== flight.sender && f.messages.includes('Finished'));
}

/** Attempts of which something was lost: each transmission counts once, and so does one that was never captured. */
export function lostAttempts(losses: readonly LossView[]): number {
  return new Set(losses.map((l) => l.transmission ?? 'never captured')).size;
}

/** "on its way to this capture point and between the two capture points". */
export function placeOf(losses: readonly LossView[]): string {
  const places = [...new Set(losses.map((l) => PLACES[l.where]))];
  return list(places);
}

const PLACES: Readonly<Record<LossView['where'], string>> = {
  'before-capture': 'on its way to this capture point',
  'after-capture': 'after this capture point, or thrown away by its receiver',
  between: 'between the two capture points',
  unknown: 'somewhere on its way',
};

/** Proven by two points, else as certain as the least certain of them. */
export function certaintyOf(losses: readonly LossView[]): LossView['certainty'] {
  if (losses.some((l) => l.certainty === 'inferred')) return 'inferred';
  return losses.some((l) => l.certainty === 'near-certain') ? 'near-certain' : 'seen';
}

/** Its timer expired this often, and the waits together took this long. */
export function waitOf({ repeats }: Pick<Episode, 'repeats'>): { readonly expiries: number; readonly ms: number } {
  const byTimer = repeats.filter((t) => t.cause === 'timer');
  return { expiries: byTimer.length, ms: byTimer.reduce((sum, t) => sum + (t.sincePreviousMs ?? 0), 0) };
}
