/**
 * Two capture points of the same traffic: what they are called, which of them is nearer to whom, and what they tell of
 * each other. A is the one that was opened first, in reports as on the page.
 */
import type { PointsView } from '../analysis/story.ts';
import type { AssociationDetail, CaptureSummary, Sender } from '../analysis/trace.ts';
import { counted } from './association-row.ts';

export type PointName = 'A' | 'B';

/** The points as one association has them. */
export interface SeenTwice {
  /** Null for a capture of neither point. */
  readonly nameOf: (capture: number) => PointName | null;
  /** The point that each endpoint's records come to first. */
  readonly near: Readonly<Record<Sender, PointName>>;
}

/** A line of the section "Capture points". */
export interface PointFact {
  readonly name: string;
  readonly what: string;
  readonly says: string;
  /** Whose records it counts as lost; null for a line that counts none. */
  readonly lostFrom: PointName | null;
  readonly title: string | null;
}

export function pointNames({ points: [a, b] }: PointsView): SeenTwice['nameOf'] {
  const names = new Map<number, PointName>();
  for (const capture of a?.captures ?? []) names.set(capture, 'A');
  for (const capture of b?.captures ?? []) names.set(capture, 'B');
  return (capture) => names.get(capture) ?? null;
}

/** The point whose packet numbers an evidence speaks in: of the capture that has the record. */
export function pointOf(
  { records }: AssociationDetail,
  points: PointsView | null,
): (record: number | null) => PointName | null {
  if (!points) return () => null;
  const nameOf = pointNames(points);
  const captures = new Map(records.map(({ record, capture }) => [record, capture]));
  return (record) => nameOf(captures.get(record ?? -1) ?? -1);
}

/** Null where the association was captured at one point only. */
export function seenTwice({ records, losses }: AssociationDetail, points: PointsView | null): SeenTwice | null {
  if (!points) return null;
  const nameOf = pointNames(points);
  const lost = new Set(losses.filter((l) => l.where === 'between').flatMap((l) => l.records));
  // The capture that a record is numbered in is the one nearer to its sender, wherever the other point tells anything.
  let clientAtA = 0;
  let told = false;
  for (const { record, capture, sender, arrival } of records) {
    const name = nameOf(capture);
    if (name === null || (arrival === null && !lost.has(record))) continue;
    told = true;
    clientAtA += (name === 'A') === (sender === 'client') ? 1 : -1;
  }
  if (!told) return null;
  return { nameOf, near: clientAtA >= 0 ? { client: 'A', server: 'B' } : { client: 'B', server: 'A' } };
}

/** Records that passed a point and never came to the other one, in order. */
export function lostBetween({ losses }: AssociationDetail, twice: SeenTwice, from: PointName): readonly number[] {
  return losses
    .filter(({ where, sender }) => where === 'between' && twice.near[sender] === from)
    .flatMap(({ records }) => records)
    .sort((x, y) => x - y);
}

/** "Client" and "Server". Where nobody said hello, letters; with two capture points those are taken. */
export function endpointNames({ rolesKnown }: { readonly rolesKnown: boolean }, twice: boolean): EndpointNames {
  if (rolesKnown) return { client: 'Client', server: 'Server' };
  return twice ? { client: 'First', server: 'Peer' } : { client: 'A', server: 'B' };
}

export interface EndpointNames {
  readonly client: string;
  readonly server: string;
}

const PLACES = { client: 'at the client', server: 'at the server', unknown: 'place unknown' } as const;

/** `shared` counts records, where one association is all there is. */
export function pointFacts(
  points: PointsView,
  captures: readonly CaptureSummary[],
  shared: SharedRecords | null = null,
): PointFact[] {
  const { lost, common } = points;
  return [
    pointFact('A', points.points[0], captures),
    pointFact('B', points.points[1], captures),
    {
      name: 'A = B',
      what: 'matched',
      says: datagramsAndRecords(common, shared?.both),
      lostFrom: null,
      title: 'Captured at both points, byte for byte the same',
    },
    onlyFact('A', lost.fromFirst, shared?.lost.A),
    onlyFact('B', lost.fromSecond, shared?.lost.B),
    clockFact(points),
  ];
}

function pointFact(
  name: PointName,
  point: PointsView['points'][number] | undefined,
  captures: readonly CaptureSummary[],
): PointFact {
  const own = (point?.captures ?? []).flatMap((index) => captures[index] ?? []);
  const packets = own.reduce((sum, capture) => sum + capture.packets, 0);
  const records = own.reduce((sum, capture) => sum + capture.dtlsRecords, 0);
  return {
    name,
    what: PLACES[point?.near ?? 'unknown'],
    says: `${counted(packets, 'packet')}, ${counted(records, 'record')}`,
    lostFrom: null,
    title: own.map((capture) => capture.name).join(', '),
  };
}

/** Records of an association that both points have, and those that one of them has and the other lacks. */
export interface SharedRecords {
  readonly both: number;
  readonly lost: Readonly<Record<PointName, number>>;
}

export function sharedRecords(detail: AssociationDetail, twice: SeenTwice): SharedRecords {
  const both = detail.records.filter(({ arrival }) => arrival !== null).length;
  return { both, lost: { A: lostBetween(detail, twice, 'A').length, B: lostBetween(detail, twice, 'B').length } };
}

function datagramsAndRecords(datagrams: number, records: number | undefined): string {
  const first = counted(datagrams, 'datagram');
  return records === undefined ? first : `${first}, ${counted(records, 'record')}`;
}

function onlyFact(name: PointName, lost: number, records: number | undefined): PointFact {
  return {
    name,
    what: 'only',
    says: lost === 0 ? 'none' : datagramsAndRecords(lost, records),
    lostFrom: lost === 0 ? null : name,
    title: `Passed ${name} and never came to ${name === 'A' ? 'B' : 'A'}`,
  };
}

function clockFact({ offsetMs, offsetErrorMs, driftPpm, driftErrorPpm }: PointsView): PointFact {
  const drifts = Math.abs(driftPpm) > driftErrorPpm;
  const offset = `${signed(offsetMs, 3)} ± ${offsetErrorMs.toFixed(3)} ms`;
  return {
    name: 'clock',
    what: 'B − A',
    says: drifts ? `${offset}, ${signed(driftPpm, 0)} ppm` : offset,
    lostFrom: null,
    title: drifts
      ? `How far the clock of B is ahead at its start; it gains ${signed(driftPpm, 1)} ± ${driftErrorPpm.toFixed(1)} millionths. Already taken out of all times.`
      : 'How far the clock of B is ahead of that of A. Already taken out of all times.',
  };
}

/** With a minus as wide as a digit; nothing is as good as zero. */
function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
