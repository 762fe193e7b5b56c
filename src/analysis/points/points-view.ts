/** What two points tell of each other, in numbers: clocks, delays, losses. */
import type { TraceState } from '../read-trace.ts';
import { SIDE } from '../record-table.ts';
import type { DelayView, PointsView } from '../story.ts';
import type { Alignment } from './alignment.ts';

/** Of the two points that have most in common; null where there are none. */
export function pointsView(alignments: readonly Alignment[], trace: TraceState): PointsView | null {
  const counted = alignments.map((alignment) => ({ alignment, counts: count(alignment, trace) }));
  const [best] = counted.sort((a, b) => b.counts.common - a.counts.common);
  if (!best || best.counts.common === 0) return null;
  const { clocks, pair } = best.alignment;
  const { common, lost, delays } = best.counts;
  const near = nearness(best.alignment, trace);
  return {
    points: pair.map((captures, point) => ({
      captures: captures.map((c) => c.capture),
      near: near === null ? 'unknown' : near === point ? 'client' : 'server',
    })),
    offsetMs: clocks.offsetMs,
    offsetErrorMs: clocks.line.aheadErrorMs,
    driftPpm: clocks.line.drift * 1e6,
    driftErrorPpm: clocks.line.driftError * 1e6,
    common,
    lost: { fromFirst: lost[0], fromSecond: lost[1] },
    delayMs: { fromFirst: delayView(delays[0]), fromSecond: delayView(delays[1]) },
  };
}

interface Counts {
  readonly common: number;
  readonly lost: readonly [number, number];
  readonly delays: readonly [number[], number[]];
}

function count({ pair }: Alignment, { datagrams, records }: TraceState): Counts {
  const points = [new Set(pair[0].map((c) => c.capture)), new Set(pair[1].map((c) => c.capture))] as const;
  const lost: [number, number] = [0, 0];
  const delays: readonly [number[], number[]] = [[], []];
  let common = 0;
  const { columns: c } = records;
  for (let record = 0; record < records.count; record++) {
    const datagram = c.datagram.get(record);
    if (record > 0 && c.datagram.get(record - 1) === datagram) continue;
    const { capture, transit } = datagrams.at(datagram);
    const from = points[0].has(capture) ? 0 : 1;
    if (!transit || transit.sentNs === null || !points[from].has(capture)) continue;
    if (transit.arrivedNs === null) lost[from]++;
    else {
      delays[from].push(Number(transit.arrivedNs - transit.sentNs) / 1e6);
      if (transit.recordsBefore === 0 && !transit.altered) common++;
    }
  }
  return { common, lost, delays };
}

function delayView(delays: number[]): DelayView | null {
  delays.sort((a, b) => a - b);
  const [least, median, greatest] = [delays[0], delays[delays.length >> 1], delays.at(-1)];
  return least === undefined || median === undefined || greatest === undefined ? null : { least, median, greatest };
}

/** The point that most of what clients sent came to first; null where nobody's role is known, or that is but a guess. */
function nearness(alignment: Alignment, { associations, datagrams, records }: TraceState): 0 | 1 | null {
  const { pair } = alignment;
  const guessed = guessedPackets(alignment);
  const points = [new Set(pair[0].map((c) => c.capture)), new Set(pair[1].map((c) => c.capture))] as const;
  const { columns: c } = records;
  let votes = 0;
  for (const { rolesKnown, records: own } of associations) {
    if (!rolesKnown) continue;
    for (const record of own) {
      const datagram = datagrams.at(c.datagram.get(record));
      if (!datagram.transit || datagram.transit.sentNs === null || guessed.has(packetName(datagram))) continue;
      const point = points[0].has(datagram.capture) ? 0 : points[1].has(datagram.capture) ? 1 : null;
      if (point !== null) votes += (point === 0) === (c.side[record] === SIDE.client) ? 1 : -1;
    }
  }
  return votes === 0 ? null : votes > 0 ? 0 : 1;
}

/** Of conversations of which it is not known what comes to which point first. */
function guessedPackets({ senderPoint }: Alignment): ReadonlySet<string> {
  const guessed = [...senderPoint].filter(([, { known }]) => !known);
  return new Set(guessed.flatMap(([{ seen }]) => seen.flat(2).map(({ datagram }) => packetName(datagram))));
}

const packetName = ({ capture, packet }: { readonly capture: number; readonly packet: number }): string =>
  `${capture} ${packet}`;
