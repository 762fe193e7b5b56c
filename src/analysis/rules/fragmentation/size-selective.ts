/**
 * Whether only large datagrams are lost. Chance takes small ones too, and a path that is down takes all: so everything
 * that was lost must be larger than everything that got through, more than once, and small ones must get through
 * meanwhile.
 */
import { startOf } from '../../answers.ts';
import { greatest, least } from '../../extremes.ts';
import type { Transmission } from '../../transmissions.ts';
import type { Subject } from '../subject.ts';
import { type LostSize, largest, MORE, type NeverSeen, type Stretch } from './datagram-sizes.ts';

export interface Hole {
  readonly stretch: Stretch;
  /**
   * 'sizes': those of the lost ones are known, exactly or at least. 'rounds': of each lost transmission any datagram may
   * be the lost one. 'never-seen': a message never came, and so its size is unknown.
   */
  readonly kind: 'sizes' | 'rounds' | 'never-seen';
  /** The largest that got through, and the smallest that did not; null where that is unknown. */
  readonly passedBytes: number;
  readonly lostBytes: number | null;
  /** Transmissions (or datagrams outside flights) that lost something. */
  readonly rounds: number;
  /** How many got through meanwhile. */
  readonly meanwhile: number;
  /** The probability that chance picks just the largest. */
  readonly chance: number;
  /** 0-based records that show the losses. */
  readonly records: readonly number[];
}

/** Chance explains less than one case in twenty. */
const MOST_CHANCE = 0.05;
const MIN_ROUNDS = 2;
/** Where less is known: which one was lost, how large it was, or whether the path was up at all. */
const MIN_VAGUE_ROUNDS = 3;
const MIN_PIECES = 2;
/** It outgrows all others, and nobody sees its size where it never comes. */
const LARGE_MESSAGE = 'Certificate';
/** Before its ServerHello nothing tells whether a server sent one. */
const UNTOLD_BEFORE = 'ServerHello';

export function holeIn(subject: Subject, stretch: Stretch): Hole | null {
  if (!stretch.neverSeen && roundsOf(stretch.lost) < MIN_ROUNDS) return null;
  const hole = stretch.lost.some((l) => l.how === 'one-of')
    ? vagueHole(subject, stretch)
    : (sizedHole(subject, stretch) ?? unseenHole(stretch));
  return hole && hole.chance <= MOST_CHANCE ? hole : null;
}

function sizedHole(subject: Subject, stretch: Stretch): Hole | null {
  const passedBytes = largest(stretch.passed);
  const lost = stretch.lost.filter((l) => l.how === 'this' || l.bytes > passedBytes);
  const rounds = roundsOf(lost);
  if (rounds < MIN_ROUNDS || passedBytes === 0 || isSmall(stretch, passedBytes)) return null;
  const passedMs = passedSince(subject, stretch, lost);
  if (rounds < MIN_VAGUE_ROUNDS && onlyAfter(subject, passedMs, lost)) return null;
  const meanwhile = passedMs.length;
  return {
    stretch,
    kind: 'sizes',
    passedBytes,
    lostBytes: least(lost.map((l) => l.bytes)),
    rounds,
    meanwhile,
    chance: 1 / choose(rounds + meanwhile, rounds),
    records: lost.map((l) => l.record),
  };
}

/** Something that was lost is no larger than what got through. */
const isSmall = ({ lost, smallestLost }: Stretch, passedBytes: number): boolean =>
  (smallestLost !== null && smallestLost <= passedBytes) ||
  lost.some((l) => l.how !== 'at-least' && l.bytes <= passedBytes);

/** Each lost transmission had larger datagrams than any that got through, and one in smaller pieces got through. */
function vagueHole(subject: Subject, stretch: Stretch): Hole | null {
  const passedBytes = largest(stretch.passed);
  const rounds = roundsOf(stretch.lost);
  if (rounds < MIN_VAGUE_ROUNDS || isSmall(stretch, passedBytes)) return null;
  const meanwhile = passedSince(subject, stretch, stretch.lost).length;
  if (meanwhile < MIN_PIECES) return null;
  return {
    stretch,
    kind: 'rounds',
    passedBytes,
    lostBytes: least(stretch.lost.map((l) => l.bytes)),
    rounds,
    meanwhile,
    chance: chanceOfRounds(
      stretch.lost.map((l) => l.among),
      meanwhile,
    ),
    records: stretch.lost.map((l) => l.record),
  };
}

function unseenHole(stretch: Stretch): Hole | null {
  const { neverSeen } = stretch;
  if (!neverSeen || !mayBeLarge(neverSeen) || isSmall(stretch, largest(stretch.passed))) return null;
  const rounds = neverSeen.records.length;
  // Two rounds say something only where nothing else was lost; in a third more may have been lost with it.
  const passedBytes = largest(stretch.passed);
  const larger = roundsOf(stretch.lost.filter((l) => l.bytes > passedBytes || l.and?.includes(LARGE_MESSAGE)));
  if (rounds < MIN_ROUNDS || (rounds + larger < MIN_VAGUE_ROUNDS && neverSeen.otherGaps > 0)) return null;
  const meanwhile = neverSeen.passed.length;
  return {
    stretch,
    kind: 'never-seen',
    passedBytes,
    lostBytes: null,
    rounds,
    meanwhile,
    chance: 1 / choose(rounds + meanwhile, rounds),
    records: neverSeen.records,
  };
}

const mayBeLarge = ({ messages }: NeverSeen): boolean =>
  messages.includes(LARGE_MESSAGE) || (messages.includes(UNTOLD_BEFORE) && messages.includes(MORE));

function roundsOf(lost: readonly LostSize[]): number {
  const transmissions = new Set<Transmission>();
  let outside = 0;
  for (const { transmission } of lost)
    if (transmission) transmissions.add(transmission);
    else outside++;
  return transmissions.size + outside;
}

/** Of flights, or wherever each datagram is accounted for, those sent after the first that was lost. */
function passedSince(subject: Subject, { passed, where }: Stretch, lost: readonly LostSize[]): readonly number[] {
  const sinceMs = least(lost.map((l) => (l.transmission ? startOf(l.transmission) : subject.trace.timeMs(l.record))));
  return passed
    .filter((p) => where === 'between' || subject.fact(p.record).flight > 0)
    .map((p) => subject.trace.timeMs(p.record))
    .filter((timeMs) => timeMs >= sinceMs);
}

/** All got through after the last loss only: the path may have been down until then. */
function onlyAfter(subject: Subject, passedMs: readonly number[], lost: readonly LostSize[]): boolean {
  const untilMs = greatest(lost.map((l) => subject.trace.timeMs(l.record)));
  return passedMs.every((timeMs) => timeMs > untilMs);
}

/** Ways to pick k of n; more than enough of them is all the same. */
export function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= Math.min(k, n - k) && ways < 1e9; i++) ways = (ways * (n - i + 1)) / i;
  return ways;
}

/**
 * At whatever rate of loss explains it best: each of these transmissions lost at least one of so many datagrams, and
 * then so many others all got through.
 */
export function chanceOfRounds(among: readonly number[], passed: number): number {
  let best = 0;
  for (let through = 0.02; through < 1; through += 0.02)
    best = Math.max(
      best,
      among.reduce((p, n) => p * (1 - through ** n), through ** passed),
    );
  return best;
}
