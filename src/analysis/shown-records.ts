/**
 * Which records of an association are shown one by one. A tunnel that lasts for days has millions of them, nearly all of
 * them application data about which nothing is to be said: of those, the ones around anything that is are shown, and the
 * others are summed up.
 */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { RecordList } from './record-list.ts';
import { MARK, STATE } from './record-table.ts';
import type { AssociationStory, SummedData } from './trace.ts';

/** So many are shown without choosing among them. */
export const MOST_SHOWN = 10_000;
/** Of those beside one that tells something. */
const BESIDE = 8;
/** At both ends of the association, and around the one that is looked for. */
const AT_ENDS = 100;
const AROUND = 250;

export interface ShownRecords {
  /** Indexes, ascending. */
  readonly records: RecordList;
  readonly summed: readonly SummedData[];
}

/** @param around the number (1-based) of a record that is looked for; null for none. */
export function shownRecords(
  trace: AnalysedTrace,
  analysed: AnalysedAssociation,
  story: Pick<AssociationStory, 'association' | 'losses'>,
  around: number | null,
  most = MOST_SHOWN,
): ShownRecords {
  const { records } = analysed.state;
  if (records.length <= most) return { records, summed: [] };
  const shown = chosen(trace, analysed, story, around, most);
  return { records: records.filter((record) => shown.has(record)), summed: sums(trace, records, shown) };
}

function chosen(
  trace: AnalysedTrace,
  { state }: AnalysedAssociation,
  { association, losses }: Pick<AssociationStory, 'association' | 'losses'>,
  around: number | null,
  most: number,
): ReadonlySet<number> {
  const { records } = state;
  const c = trace.records.columns;
  const shown = new Set<number>();
  const show = (place: number, beside: number) => {
    for (let i = Math.max(0, place - beside); i <= Math.min(records.length - 1, place + beside); i++) {
      if (shown.size >= most) return;
      shown.add(records[i] ?? 0);
    }
  };
  const named = new Set([
    ...association.findings.flatMap((finding) => finding.evidence.flatMap(({ record }) => record ?? [])),
    ...losses.flatMap((loss) => [...loss.evidence, ...loss.records]),
  ]);
  const telling: number[] = [];
  const data: number[] = [];
  for (let place = 0; place < records.length; place++) {
    const record = records[place] ?? 0;
    if (c.isData[record] !== 1 || named.has(record + 1)) telling.push(place);
    else if (c.mark[record] !== MARK.original || c.state[record] === STATE.malformed) data.push(place);
  }
  // What matters most comes first: there may be more of the rest than is shown at all.
  if (around !== null) show(placeOf(records, around - 1), AROUND);
  for (const end of [0, records.length - 1]) show(end, AT_ENDS);
  for (const place of telling) show(place, 0);
  for (const place of telling) show(place, BESIDE);
  for (const place of data) show(place, 1);
  return shown;
}

/** Of the record, or of the first one behind it. */
function placeOf(records: RecordList, record: number): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle] ?? 0) < record) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Sum = { -readonly [Key in keyof SummedData]: SummedData[Key] };

function sums(trace: AnalysedTrace, records: RecordList, shown: ReadonlySet<number>): readonly SummedData[] {
  const c = trace.records.columns;
  const all: Sum[] = [];
  let sum: Sum | null = null;
  let datagram = -1;
  for (const record of records) {
    if (shown.has(record)) {
      sum = null;
      continue;
    }
    if (!sum) {
      sum = newSum(trace, record);
      all.push(sum);
    }
    const isNew = c.datagram.get(record) !== datagram;
    datagram = c.datagram.get(record);
    const bytes = c.length.get(record);
    if (isNew) sum.datagrams++;
    sum.lastRecord = record + 1;
    sum.lastPacket = trace.packetOf(record);
    sum.endMs = Math.max(sum.endMs, trace.timeMs(record));
    if (c.mark[record] === MARK.duplicate) sum.duplicates++;
    const sent = c.side[record] === 1 ? 'server' : 'client';
    sum[sent] = { records: sum[sent].records + 1, bytes: sum[sent].bytes + bytes };
    if (c.state[record] !== STATE.undecryptable) sum.encrypted = false;
    if (c.isData[record] !== 1) sum.onlyData = false;
  }
  return all;
}

function newSum(trace: AnalysedTrace, record: number): Sum {
  const { capture, packet } = trace.datagramOf(record);
  const timeMs = trace.timeMs(record);
  const none = { records: 0, bytes: 0 };
  return {
    ...{ firstRecord: record + 1, lastRecord: record + 1, capture, firstPacket: packet, lastPacket: packet },
    ...{
      startMs: timeMs,
      endMs: timeMs,
      datagrams: 0,
      duplicates: 0,
      client: none,
      server: none,
      encrypted: true,
      onlyData: true,
    },
  };
}
