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
  /** Transmissions of it that evidently did not arrive whole. */
  readonly lostSent: readonly TransmissionView[];
}

export function episodes(subject: Subject): readonly Episode[] {
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
          lostSent: flight.transmissions.filter((t) => t.fate.fate.startsWith('lost')),
        },
      ];
    }),
  );
}

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
