/**
 * Captures of the same traffic at two points become one stream of datagrams, each with the time it was sent, the time
 * it arrived, or the knowledge that it was lost. Whatever has no counterpart stays as it is.
 */
import type { CaptureFacts, CaptureSource, Datagram } from '../../capture/datagram.ts';
import type { CaptureSurroundings } from '../../capture/surroundings.ts';
import type { Alignment } from './alignment.ts';
import { emit, type Surroundings } from './emit.ts';
import { comparedLength } from './identity.ts';
import { joinPairs } from './join-pairs.ts';
import { type Journeys, journeysOf } from './journeys.ts';
import { noteNames, OwnAddresses, type Renamed, withOwnAddresses } from './own-addresses.ts';
import { recognise, sharesTraffic } from './recognise.ts';
import { endpointName, type Seen, type SeenCapture, seenCapture } from './sightings.ts';
import { Watch, type Window } from './watch.ts';

export interface OpenCapture {
  readonly facts: CaptureFacts;
  readonly datagrams: readonly Datagram[];
  /** Where it was read from, to read it once more; absent where that cannot be. */
  readonly source?: CaptureSource;
}

export interface Merged {
  readonly datagrams: readonly Datagram[];
  /** Of each pair of points that was found, in the order in which they were opened. */
  readonly alignments: readonly Alignment[];
  /** 1 for captures of a second point, else 0. */
  pointOf(capture: number): 0 | 1;
  /** A time of a capture on the clock of the first point. */
  onOneClock(capture: number, timeNs: bigint): bigint;
  /** What a capture holds around, between the addresses that the merged datagrams have. */
  around(capture: number, surroundings: CaptureSurroundings): CaptureSurroundings;
  /** Sentences about captures, or parts of them, that were left out. */
  problemsOf(capture: number): readonly string[];
}

export function mergePoints(captures: readonly OpenCapture[], ports: ReadonlySet<number>): Merged {
  const all = captures.flatMap((c) => c.datagrams);
  const seen = captures.length > 1 ? seenCaptures(captures, ports) : [];
  const { pairs, single, leftOut, problems } = recognise(seen);
  const alignments = joinPairs(pairs, single);
  const done = new Set<number>(leftOut);
  const renamed: readonly [Renamed, Renamed] = [new Map(), new Map()];
  const merged = alignments.flatMap((alignment) => mergedAt(alignment, done, all.length, renamed));
  const second = new Map(alignments.flatMap((a) => a.pair[1].map(({ capture }) => [capture, a.clocks] as const)));
  const onOneClock = (capture: number, timeNs: bigint) => second.get(capture)?.toNs(1, timeNs) ?? timeNs;
  const rest = all.flatMap((datagram, i) => {
    if (done.has(i)) return [];
    const timeNs = onOneClock(datagram.capture, datagram.timeNs);
    return timeNs === datagram.timeNs ? [datagram] : [{ ...datagram, timeNs }];
  });
  return {
    datagrams: merged.length === 0 ? rest : merged.concat(rest),
    alignments,
    pointOf: (capture) => (second.has(capture) ? 1 : 0),
    onOneClock,
    around: (capture, surroundings) => withOwnAddresses(surroundings, renamed[second.has(capture) ? 1 : 0]),
    problemsOf: (capture) => problems.get(capture) ?? [],
  };
}

/** Whether a capture from index `first` on shows traffic of one before it from another point. A file that is opened again does not. */
export function showsSameTraffic(captures: readonly OpenCapture[], first: number, ports: ReadonlySet<number>): boolean {
  return sharesTraffic(seenCaptures(captures, ports), first);
}

function seenCaptures(captures: readonly OpenCapture[], ports: ReadonlySet<number>): SeenCapture[] {
  const limit = comparedLength(captures.flatMap((c) => c.datagrams));
  let first = 0;
  return captures.map(({ facts, datagrams }, capture) => {
    const seen = seenCapture(capture, facts, hasTimes(facts) ? datagrams : [], first, limit, ports);
    first += datagrams.length;
    return seen;
  });
}

/** A text without times, or a capture that was made of one, has nothing to align. */
function hasTimes({ firstTimeNs, lastTimeNs, packets }: CaptureFacts): boolean {
  return firstTimeNs !== null && (firstTimeNs !== lastTimeNs || packets === 1);
}

/** Notes in `done` which datagrams it has dealt with. */
function mergedAt(
  alignment: Alignment,
  done: Set<number>,
  count: number,
  renamed: readonly [Renamed, Renamed],
): Datagram[] {
  const { pair, clocks, conversations } = alignment;
  const second = new Set(pair[1].map((c) => c.capture));
  const pointOf = ({ datagram }: Seen): 0 | 1 => (second.has(datagram.capture) ? 1 : 0);
  const times = new Float64Array(count).fill(Number.NaN);
  const timeOf = (one: Seen): number => {
    const known = times[one.index] ?? Number.NaN;
    if (!Number.isNaN(known)) return known;
    const time = clocks.toMs(pointOf(one), one.datagram.timeNs);
    times[one.index] = time;
    return time;
  };
  const journeys = new Map(conversations.map((c) => [c, journeysOf(alignment, c, timeOf)]));
  const around: Surroundings = {
    clocks,
    watches: watchesOf(alignment, [...journeys.values()].flat(), timeOf),
    pointOf,
    timeOf,
  };
  const tags = new Map<string, number>();
  return [...journeys].flatMap(([conversation, both]) => {
    for (const sequences of conversation.seen)
      for (const list of sequences) for (const { index } of list) done.add(index);
    const addresses = new OwnAddresses(conversation, both, timeOf);
    noteNames(conversation, both, addresses, renamed);
    return emit(both, addresses, tagFor(both, tags), around);
  });
}

/** Tells conversations apart whose own addresses are the same although those at the other point are not. */
function tagFor(journeys: readonly Journeys[], tags: Map<string, number>): string {
  const [some] = journeys.flatMap(({ matched }) => matched.pairs);
  if (!some) return '';
  const [sent, arrived] = some;
  const { tag, source } = sent.datagram;
  const ends = [endpointName(source), endpointName(arrived.datagram.destination)].sort();
  const key = `${ends.join(' ')} ${tag}`;
  const before = tags.get(key) ?? 0;
  tags.set(key, before + 1);
  return before === 0 ? tag : `${tag} ${before + 1}`;
}

function watchesOf({ pair, flows, clocks }: Alignment, journeys: readonly Journeys[], timeOf: (s: Seen) => number) {
  const watch = (point: 0 | 1): Watch => {
    const windows = pair[point].flatMap(({ facts: { firstTimeNs, lastTimeNs } }): Window[] =>
      firstTimeNs === null || lastTimeNs === null
        ? []
        : [{ from: clocks.toMs(point, firstTimeNs), to: clocks.toMs(point, lastTimeNs) }],
    );
    const seen = [...flows[point].values()].flatMap((flow) => flow.seen.map(timeOf));
    const missed = journeys
      .filter(({ senderPoint, lacking }) => senderPoint === point && lacking !== 'nothing')
      .flatMap(({ unexplained, usualDelay }) => unexplained.map((one) => timeOf(one) - usualDelay));
    return new Watch(windows, ascending(seen), ascending(missed), clocks.line.aheadErrorMs);
  };
  return [watch(0), watch(1)] as const;
}

const ascending = (values: number[]): number[] => values.sort((a, b) => a - b);
