/** Transmissions of which only part got through, and which part: by record numbers, by ACKs, or by two capture points. */
import type { AnalysedAssociation } from '../../analyse.ts';
import { effectsOf } from '../../effects.ts';
import { surroundingsOf } from '../../flight-setting.ts';
import { contentsOf, type GapContents } from '../../gap-contents.ts';
import type { Gap } from '../../gaps.ts';
import { lacksOf } from '../../lacks.ts';
import { namesOf } from '../../places.ts';
import type { SentFlight, Transmission } from '../../transmissions.ts';
import { list } from '../../words.ts';
import type { Subject } from '../subject.ts';

/** Bytes of a message that did not come with the rest; `to` is exclusive. */
export interface MissingBytes {
  readonly message: string;
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

export interface PartArrival {
  readonly transmission: Transmission;
  /** 0-based records of it that got through. */
  readonly arrived: readonly number[];
  /** What did not, each message once. */
  readonly messages: readonly string[];
  /** Empty where nothing of such a message was ever captured. */
  readonly bytes: readonly MissingBytes[];
  readonly how: 'numbers' | 'acks' | 'points';
  /** 0-based records that show it. */
  readonly shownBy: readonly number[];
}

/** Of a flight, every transmission that got through in part; those of which all or nothing did are not among them. */
export function partArrivals(subject: Subject, flight: SentFlight): readonly PartArrival[] {
  return flight.transmissions.flatMap((t) => byPoints(subject, flight, t) ?? byEffect(subject, flight, t) ?? []);
}

function byPoints(subject: Subject, flight: SentFlight, transmission: Transmission): PartArrival | null {
  const lost = transmission.units.filter((u) => subject.lostBetweenPoints(u.record));
  const arrived = transmission.units.filter((u) => subject.trace.arrivalMs(u.record) !== null);
  if (lost.length === 0 || arrived.length === 0) return null;
  return {
    transmission,
    arrived: arrived.map((u) => u.record),
    messages: namesOf(lost),
    bytes: rangesOf(flight, arrived),
    how: 'points',
    shownBy: lost.map((u) => u.record),
  };
}

function byEffect(subject: Subject, flight: SentFlight, transmission: Transmission): PartArrival | null {
  const effect = effectsOf(subject.trace, subject.analysed).get(transmission);
  if (effect?.kind === 'missed-in-part') {
    const { lost, arrived, acks } = effect.part;
    // Where two points saw the rest arrive, it came too early or too late, and was not lost.
    if (arrived.length === 0 || lost.every((u) => subject.trace.arrivalMs(u.record) !== null)) return null;
    return {
      transmission,
      arrived: arrived.map((u) => u.record),
      messages: namesOf(lost),
      bytes: piecesOf(lost),
      how: 'acks',
      shownBy: acks,
    };
  }
  return effect?.kind === 'answered' ? null : byNumbers(subject, flight, transmission);
}

interface Shown {
  readonly gap: Gap;
  readonly contents: GapContents;
}

const told = new WeakMap<AnalysedAssociation['handshakes'], ReadonlyMap<Transmission, readonly Shown[]>>();

/** Gaps in the record numbers, by the transmission that they are a part of. */
function gapsByTransmission({ trace, analysed }: Subject): ReadonlyMap<Transmission, readonly Shown[]> {
  const before = told.get(analysed.handshakes);
  if (before) return before;
  const found = new Map<Transmission, Shown[]>();
  for (const gap of surroundingsOf(trace, analysed).gaps) {
    const contents = contentsOf(trace, analysed, gap);
    const { handshake, flight, transmission } = contents;
    const sent = analysed.handshakes
      .find((h) => h.state.number === handshake)
      ?.flights.find((f) => f.number === flight)?.transmissions;
    const home = transmission === null ? undefined : sent?.[transmission - 1];
    if (!home) continue;
    const list = found.get(home);
    if (list) list.push({ gap, contents });
    else found.set(home, [{ gap, contents }]);
  }
  told.set(analysed.handshakes, found);
  return found;
}

function byNumbers(subject: Subject, flight: SentFlight, transmission: Transmission): PartArrival | null {
  const own = gapsByTransmission(subject).get(transmission) ?? [];
  // The other side had it: only this capture does not.
  if (own.length === 0 || own.some(({ contents }) => contents.received)) return null;
  const messages = [...new Set(own.flatMap(({ contents }) => contents.messages))];
  if (messages.length === 0) return null;
  return {
    transmission,
    arrived: transmission.units.map((u) => u.record),
    messages,
    // What a repeat of DTLS 1.3 leaves out was acknowledged.
    bytes: subject.is13 && transmission.number > 1 ? [] : rangesOf(flight, transmission.units),
    how: 'numbers',
    shownBy: own.map(({ gap }) => gap.after),
  };
}

function rangesOf(flight: SentFlight, arrived: Transmission['units']): readonly MissingBytes[] {
  return lacksOf(flight, arrived)
    .filter(({ part }) => part.message !== null && part.length > 0)
    .map(({ part, from, to }) => ({ message: part.name, from, to: Math.min(to, part.length), length: part.length }));
}

function piecesOf(units: Transmission['units'] | readonly Transmission['units'][number][]): readonly MissingBytes[] {
  return units.flatMap((u) =>
    u.pieces
      .filter(({ part }) => part.message !== null && part.length > 0)
      .map(({ part, from, to }) => ({ message: part.name, from, to, length: part.length })),
  );
}

/** "bytes 145 to 375 of Certificate (4111 bytes)", one for each message; what is missing whole is said so. */
export function missingTexts(bytes: readonly MissingBytes[]): readonly string[] {
  const byMessage = new Map<string, MissingBytes[]>();
  for (const range of bytes) {
    const ranges = byMessage.get(range.message);
    if (ranges) ranges.push(range);
    else byMessage.set(range.message, [range]);
  }
  return [...byMessage].map(([message, ranges]) => {
    const [first] = ranges;
    const length = first?.length ?? 0;
    return first?.from === 0 && first.to === length
      ? `all ${length} bytes of ${message}`
      : `bytes ${list(
          ranges.map((r) => `${r.from} to ${r.to - 1}`),
          3,
        )} of ${message} (${length} bytes)`;
  });
}
