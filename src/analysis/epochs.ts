/** What each side wrote in each epoch, which numbers are missing, and since when its peer could read it. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { Readability } from './readable.ts';
import { SENDERS } from './record-table.ts';
import { isDense, type Stream, type Streams, streamsOf } from './streams.ts';
import type { EpochView } from './trace.ts';

const MISSING_LISTED = 1000;

export function epochViews(trace: AnalysedTrace, association: AnalysedAssociation): EpochView[] {
  const streams = streamsOf(trace, association.state);
  const readability = new Readability(trace, association);
  return streams.all.map((stream) => epochView(trace, readability, streams, stream));
}

function epochView(trace: AnalysedTrace, readability: Readability, streams: Streams, stream: Stream): EpochView {
  const { side, epoch, first, last, records, numbered, lowest, highest, decrypted, late } = stream;
  const startMs = trace.timeMs(first);
  // Plaintext needs no keys.
  const readable =
    epoch === 0 ? ({ atMs: startMs, certainty: 'seen', record: first } as const) : readability.since(side, epoch);
  return {
    sender: SENDERS[side] ?? 'client',
    epoch,
    startMs,
    firstPacket: trace.packetOf(first),
    records,
    firstSequence: numbered > 0 ? lowest : null,
    lastSequence: numbered > 0 ? highest : null,
    missing: isDense(stream) ? [] : gaps(numbersIn(trace, streams.recordsOf(stream))),
    keys: epoch === 0 || decrypted > 0,
    writeFromMs: startMs,
    writeUntilMs: trace.timeMs(last),
    readableFromMs: readable?.atMs ?? null,
    readableCertainty: readable?.certainty ?? null,
    readableRecord: readable ? readable.record + 1 : null,
    late: late.map((r) => r + 1),
  };
}

/** Each number once, ascending. */
function numbersIn(trace: AnalysedTrace, records: readonly number[]): number[] {
  const { sequenceNumber } = trace.records.columns;
  const numbers = new Set<number>();
  for (const record of records) {
    const number = sequenceNumber.get(record);
    if (!Number.isNaN(number)) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}

/** Numbers that ascending ones leave out, the first of them. */
export function gaps(ascending: readonly number[]): number[] {
  const missing: number[] = [];
  for (const [i, number] of ascending.entries()) {
    const previous = ascending[i - 1];
    if (previous === undefined) continue;
    for (let n = previous + 1; n < number && missing.length < MISSING_LISTED; n++) missing.push(n);
  }
  return missing;
}
