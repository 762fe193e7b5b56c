/** What the records in a gap must have carried, as far as the rest of their flights tells. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { effectsOf } from './effects.ts';
import type { Gap } from './gaps.ts';
import { type Lack, lacksOf } from './lacks.ts';
import type { SentFlight } from './outcome.ts';
import { type Place, placesOf } from './places.ts';
import type { Transmission } from './transmissions.ts';

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

export function contentsOf(trace: AnalysedTrace, association: AnalysedAssociation, gap: Gap): GapContents {
  const places = placesOf(association);
  const before = gap.before === null ? null : (places.get(gap.before) ?? null);
  const after = places.get(gap.after) ?? null;
  const epochOf = (lack: Lack) => trace.records.columns.epoch[lack.part.occurrences[0]?.record ?? 0];
  const together = before !== null && before.transmission === after?.transmission;
  const tail = before ? holesBetween(before, before, together ? after : null) : [];
  const head = after && !together ? holesBetween(after, null, after) : [];
  const lacks = [...tail, ...head].filter((lack) => epochOf(lack) === gap.epoch);
  // In DTLS 1.2 nothing comes before the Finished of an epoch.
  if (gap.epoch > 0 && gap.from === 0 && !association.state.isVersion13) return finishedOf(trace, association, gap);
  const home = tail.length > 0 ? before : after;
  if (lacks.length === 0 || !home) return wholeTransmissions(trace, gap, before, after);
  const messages = [...new Set(lacks.map((l) => l.part.name))];
  const never = wentOnWithout(trace, association, home);
  const received = lacks.some((lack) =>
    never.some((n) => n.part === lack.part && n.from < lack.to && lack.from < n.to),
  );
  return { ...nameOf(home, true), messages, received };
}

const holes = new WeakMap<Transmission, readonly Lack[]>();

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

/** Neither neighbour lacks anything: the gap held transmissions of which nothing was captured. */
function wholeTransmissions(trace: AnalysedTrace, gap: Gap, before: Place | null, after: Place | null): GapContents {
  const count = gap.to - gap.from + 1;
  const skipped =
    before && after && before.handshake === after.handshake && after.flight.number - before.flight.number > 2;
  if (skipped) {
    const hello = before.flight.parts.some((p) => p.name === 'ClientHello');
    const flight = before.flight.number + 2;
    return { ...nameOf(before, false), flight, messages: hello ? ['ClientHello'] : [], received: true };
  }
  const requested = after && before === null ? requestBefore(after) : null;
  if (after && requested)
    return { ...nameOf(after, false), flight: after.flight.number - 2, messages: [requested], received: true };
  // Outside flights, what comes after a Finished is not another one.
  for (const place of after ? [after, before] : []) {
    if (!place) continue;
    const names = namesIn(trace, place.flight, gap.epoch);
    const records = place.transmission.units.filter((u) => u.epoch === gap.epoch).length;
    if (names.length > 0 && (count % records === 0 || before?.flight === after?.flight))
      return { ...nameOf(place, false), messages: names, received: false };
  }
  return NOTHING;
}

function finishedOf(trace: AnalysedTrace, association: AnalysedAssociation, gap: Gap): GapContents {
  const handshake = association.handshakes.find((h) => h.state.number === gap.epoch);
  const names = ['Finished', 'ChangeCipherSpec'];
  const flight = handshake?.flights.findLast((f) => f.side === gap.side && f.parts.some((p) => names.includes(p.name)));
  const never = flight !== undefined && !flight.parts.some((p) => p.name === 'Finished');
  return {
    messages: ['Finished'],
    handshake: gap.epoch,
    flight: flight?.number ?? null,
    transmission: null,
    received: never && wentOnAfter(trace, association, flight),
  };
}

/** Whether the peer went on after one transmission of the flight. */
function wentOnAfter(trace: AnalysedTrace, association: AnalysedAssociation, { transmissions }: SentFlight): boolean {
  const effects = effectsOf(trace, association);
  const only = transmissions.length === 1 ? transmissions[0] : undefined;
  const effect = only && effects.get(only);
  return effect?.kind === 'answered' || (effect?.kind === 'accepted' && effect.by !== null);
}

/** Its first message is not the server's first: a request came before it. */
function requestBefore({ flight, handshake }: Place): string | null {
  const [first] = flight.parts;
  if (handshake.flights.some((f) => f.side === 1 && f.number < flight.number)) return null;
  if (flight.side !== 1 || first?.name !== 'ServerHello' || first.message?.messageSeq !== 1) return null;
  return handshake.state.isVersion13 ? 'HelloRetryRequest' : 'HelloVerifyRequest';
}

function namesIn(trace: AnalysedTrace, { parts }: SentFlight, epoch: number): string[] {
  const c = trace.records.columns;
  const own = parts.filter((p) => p.occurrences.some((o) => c.epoch[o.record] === epoch));
  return [...new Set(own.map((p) => p.name))];
}

const without = new WeakMap<Transmission, readonly Lack[]>();

/** Where the peer went on after a transmission: what is in neither it nor those before. */
function wentOnWithout(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  { flight, transmission }: Place,
): readonly Lack[] {
  const before = without.get(transmission);
  if (before) return before;
  const effect = effectsOf(trace, association).get(transmission);
  const wentOn = effect?.kind === 'answered' || (effect?.kind === 'accepted' && effect.by !== null);
  const upTo = flight.transmissions.filter((t) => t.number <= transmission.number).flatMap((t) => t.units);
  const never = wentOn ? lacksOf(flight, upTo) : [];
  without.set(transmission, never);
  return never;
}
