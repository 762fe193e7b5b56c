/** What the records in a gap must have carried, as far as the rest of their flights tells. */
import type { AnalysedAssociation, AnalysedHandshake, AnalysedTrace } from './analyse.ts';
import { effectsOf } from './effects.ts';
import { ANY_SERVER_FLIGHT, absentFrom, isServerLast, optionalBetween, placeInOrder } from './expected-messages.ts';
import type { Gap } from './gaps.ts';
import { type Lack, lacksOf } from './lacks.ts';
import { type Place, placesOf } from './places.ts';
import { Recall } from './recall.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

export interface GapContents {
  /** Empty where nothing tells. */
  readonly messages: readonly string[];
  readonly handshake: number | null;
  readonly flight: number | null;
  /** Null where none of the transmission was captured. */
  readonly transmission: number | null;
  /** The peer went on though it never came again: it had it, and only this capture does not. */
  readonly received: boolean;
}

const NOTHING: GapContents = { messages: [], handshake: null, flight: null, transmission: null, received: false };

/** A gap and the flights at both its ends. */
interface Ends {
  readonly trace: AnalysedTrace;
  readonly association: AnalysedAssociation;
  readonly gap: Gap;
  readonly before: Place | null;
  readonly after: Place | null;
}

export function contentsOf(trace: AnalysedTrace, association: AnalysedAssociation, gap: Gap): GapContents {
  const places = placesOf(association);
  const ends: Ends = {
    trace,
    association,
    gap,
    before: gap.before === null ? null : (places.get(gap.before) ?? null),
    after: places.get(gap.after) ?? null,
  };
  const version13 = association.state.isVersion13;
  // In DTLS 1.2 nothing comes before the Finished of an epoch.
  if (gap.epoch > 0 && gap.from === 0 && !version13) return finishedOf(ends);
  return restOfFlights(ends, version13) ?? skippedFlight(ends) ?? repeats(ends, version13) ?? NOTHING;
}

/** What the transmissions at both ends lack, and what their flights must have and no transmission does. */
function restOfFlights(ends: Ends, version13: boolean): GapContents | null {
  const { trace, association, gap, before, after } = ends;
  const c = trace.records.columns;
  const together = before !== null && before.transmission === after?.transmission;
  const tail = before ? holesBetween(before, before, together ? after : null) : [];
  const head = after && !together ? holesBetween(after, null, after) : [];
  const inEpoch = (lack: Lack) => c.epoch[lack.part.occurrences[0]?.record ?? 0] === gap.epoch;
  const lacks = [...tail, ...head].filter(inEpoch);
  const absent = absentNames(ends, together, version13, lacks.length === 0);
  const home = tail.some(inEpoch) || !after ? before : after;
  if ((lacks.length === 0 && absent.length === 0) || !home) return null;
  const names = new Set([...lacks.map((l) => l.part.name), ...absent]);
  const messages = [...names].sort(
    (a, b) => placeInOrder(a, gap.side, version13) - placeInOrder(b, gap.side, version13),
  );
  const never = wentOnWithout(trace, association, home);
  const neverCame = (l: Lack) => never.some((n) => n.part === l.part && n.from < l.to && l.from < n.to);
  const received = lacks.every(neverCame) && wentOn(ends, home);
  return { ...nameOf(home, true), messages, received };
}

/** Of the flights at the ends, what was never captured and belongs between them. */
function absentNames({ gap, before, after }: Ends, together: boolean, version13: boolean, guess: boolean): string[] {
  const rank = (name: string) => placeInOrder(name, gap.side, version13);
  const protectedIn13 = (name: string) => version13 && name !== 'ServerHello';
  const fits = (name: string) =>
    version13 ? (protectedIn13(name) ? 2 : 0) === gap.epoch : name !== 'Finished' || gap.epoch > 0;
  const from = before ? rank(before.unit.pieces.at(-1)?.part.name ?? '') : -1;
  const to = after ? rank(after.unit.pieces[0]?.part.name ?? '') : Number.POSITIVE_INFINITY;
  const [tail, head] = [before, after].map((place) => (place ? absentFrom(place.handshake.state, place.flight) : []));
  const afterTail = (tail ?? []).filter((n) => rank(n) > from && (!together || rank(n) < to));
  const beforeHead = together ? [] : (head ?? []).filter((n) => rank(n) < to);
  const must = [...new Set([...afterTail, ...beforeHead])].filter(fits);
  return must.length > 0 || !guess || !together || !before || !after ? must : onlyBetween(before, after);
}

/** The one message that may stand between two of one transmission, if neither is cut. */
function onlyBetween(before: Place, after: Place): string[] {
  const [last, first] = [before.unit.pieces.at(-1), after.unit.pieces[0]];
  if (!last || !first || last.part === first.part) return [];
  const fitting = optionalBetween(before.handshake.state, before.flight, last.part.name, first.part.name);
  return fitting.length === 1 ? fitting : [];
}

const holes = new Recall<Transmission, readonly Lack[]>();

/** Holes of a transmission after one of its records and before another. */
function holesBetween({ flight, transmission }: Place, from: Place | null, to: Place | null): readonly Lack[] {
  const all = holes.get(transmission) ?? lacksOf(flight, transmission.units);
  holes.set(transmission, all);
  const [last, first] = [from?.unit.pieces.at(-1), to?.unit.pieces[0]];
  const start = last ? firstFrom(all, last.part.order, last.to) : 0;
  const end = first ? firstFrom(all, first.part.order, first.from) : all.length;
  return all.slice(start, Math.max(start, end));
}

/** Index of the first hole that begins there or later. */
function firstFrom(all: readonly Lack[], order: number, at: number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const hole = all[middle];
    if (hole && (hole.part.order < order || (hole.part.order === order && hole.from < at))) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nameOf({ handshake, flight, transmission }: Place, known: boolean) {
  return {
    handshake: handshake.state.number,
    flight: flight.number,
    transmission: known ? transmission.number : null,
  };
}

/** A whole flight of this sender is in no transmission: the other side answered it all the same. */
function skippedFlight({ gap, before, after }: Ends): GapContents | null {
  if (!after) return null;
  const { flights, state } = after.handshake;
  const known = { ...nameOf(after, false), received: true };
  if (before?.handshake === after.handshake && after.flight.number - before.flight.number > 2) {
    const hello = before.flight.parts.some((p) => p.name === 'ClientHello');
    return { ...known, flight: before.flight.number + 2, messages: hello ? ['ClientHello'] : [] };
  }
  if (gap.side !== 1 || gap.epoch !== 0) return null;
  const [first] = after.flight.parts;
  if (first?.name === 'ServerHello' && first.message?.messageSeq === 1 && isFirstOf(flights, after.flight))
    return {
      ...known,
      flight: flightBefore(after.flight),
      messages: [state.isVersion13 ? 'HelloRetryRequest' : 'HelloVerifyRequest'],
    };
  const greeted = flights.some((f) => f.parts.some((p) => p.name === 'ServerHello'));
  if (greeted || state.isVersion13 || !isServerLast(after.flight)) return null;
  return { ...known, flight: flightBefore(after.flight), messages: ANY_SERVER_FLIGHT };
}

/** The flight before of the same side; null where the numbers do not count it. */
const flightBefore = ({ number }: SentFlight): number | null => (number > 2 ? number - 2 : null);

const isFirstOf = (flights: readonly SentFlight[], flight: SentFlight): boolean =>
  flights.find((f) => f.side === flight.side) === flight;

/** Neither end lacks anything, so whole transmissions are missing: of the flight at one end, by their size. */
function repeats({ trace, gap, before, after }: Ends, version13: boolean): GapContents | null {
  const count = gap.to - gap.from + 1;
  // Outside flights, and under the keys of DTLS 1.3, other records come in between.
  if (!after || (version13 && gap.epoch > 0 && before?.flight !== after.flight)) return null;
  if (before?.transmission === after.transmission) return null;
  for (const place of [after, before]) {
    if (!place) continue;
    const names = namesIn(trace, place.flight, gap.epoch);
    const records = place.transmission.units.filter((u) => u.epoch === gap.epoch).length;
    if (names.length > 0 && (count % records === 0 || before?.flight === after.flight))
      return { ...nameOf(place, false), messages: names, received: false };
  }
  return null;
}

function namesIn(trace: AnalysedTrace, { parts }: SentFlight, epoch: number): string[] {
  const c = trace.records.columns;
  const own = parts.filter((p) => p.occurrences.some((o) => c.epoch[o.record] === epoch));
  return [...new Set(own.map((p) => p.name))];
}

const numbered = new Recall<AnalysedAssociation['handshakes'], ReadonlyMap<number, AnalysedHandshake>>();

/** The handshake that opened this epoch of DTLS 1.2. */
function handshakeOf(association: AnalysedAssociation, epoch: number): AnalysedHandshake | undefined {
  const { handshakes } = association;
  const known = numbered.get(handshakes) ?? new Map(handshakes.map((h) => [h.state.number, h]));
  numbered.set(handshakes, known);
  return known.get(epoch);
}

function finishedOf({ trace, association, gap }: Ends): GapContents {
  const handshake = handshakeOf(association, gap.epoch);
  const names = ['Finished', 'ChangeCipherSpec'];
  const flight = handshake?.flights.findLast((f) => f.side === gap.side && f.parts.some((p) => names.includes(p.name)));
  const never = flight !== undefined && !flight.parts.some((p) => p.name === 'Finished');
  const [only, ...others] = flight?.transmissions ?? [];
  const went = never && only !== undefined && others.length === 0 && isAnswered(trace, association, only);
  return {
    messages: ['Finished'],
    handshake: gap.epoch,
    flight: flight?.number ?? null,
    transmission: null,
    received: went,
  };
}

const wentOn = ({ trace, association }: Ends, { transmission }: Place): boolean =>
  isAnswered(trace, association, transmission);

function isAnswered(trace: AnalysedTrace, association: AnalysedAssociation, transmission: Transmission): boolean {
  const effect = effectsOf(trace, association).get(transmission);
  return effect?.kind === 'answered' || (effect?.kind === 'accepted' && effect.by !== null);
}

const without = new Recall<Transmission, readonly Lack[]>();

/** Where the peer went on after a transmission: what is in neither it nor those before. */
function wentOnWithout(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  { flight, transmission }: Place,
): readonly Lack[] {
  const before = without.get(transmission);
  if (before) return before;
  const upTo = () => flight.transmissions.filter((t) => t.number <= transmission.number).flatMap((t) => t.units);
  const never = isAnswered(trace, association, transmission) ? lacksOf(flight, upTo()) : [];
  without.set(transmission, never);
  return never;
}
