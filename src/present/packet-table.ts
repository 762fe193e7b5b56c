/**
 * The sequence diagram as a table: a row for each record, for each loss that left no record, for each silence, and for
 * records that are told in a sum. The diagram folds and joins; here every record stands for itself, in order of time.
 */
import type {
  AssociationDetail,
  ClosedReason,
  RecordState,
  RecordView,
  Sender,
  SummedData,
} from '../analysis/trace.ts';
import type { SeenTwice } from './capture-points.ts';
import { recordRows } from './packet-parts.ts';
import { packetsText } from './sequence-columns.ts';
import { delayText } from './sequence-delays.ts';
import type { BurstRow } from './sequence-types.ts';
import { recordsInAll, sumSentence } from './summed-records.ts';
import { milliseconds, thousands } from './time-scale.ts';

/** Each has a shape of its own, and a word. */
export type MarkName =
  | 'lost'
  | 'lost-proven'
  | 'retransmission'
  | 'duplicate'
  | 'replay'
  | 'reordered'
  | 'undecryptable'
  | 'malformed';

export interface RecordLine {
  readonly kind: 'record' | 'lost';
  /** Number of the record; of a loss a number between those of its neighbours. */
  readonly key: number;
  /** What to select: the record itself, or for a loss the record that shows it. */
  readonly record: number | null;
  readonly packet: string;
  readonly packetNumber: number;
  /** Ms of the trace; of a loss the time of its place, which is not shown. */
  readonly timeMs: number;
  readonly time: string;
  readonly deltaMs: number;
  readonly delta: string;
  /** With two capture points: packet and delay at the other one. */
  readonly elsewhere: string;
  readonly delayMs: number | null;
  readonly sender: Sender;
  readonly what: string;
  readonly note: string;
  readonly epoch: number;
  readonly sequenceNumber: number | null;
  /** "1:2", as ACKs write it. */
  readonly number: string;
  readonly flight: number | null;
  /** "5", or "5 2/4" for the second of four attempts. */
  readonly attempt: string;
  readonly marks: readonly MarkName[];
  readonly mark: string;
  readonly state: RecordState | null;
  readonly bytes: number;
  /** What `rowSentence` says aloud. */
  readonly row: BurstRow;
}

export interface SilenceLine {
  readonly kind: 'silence';
  readonly key: string;
  readonly says: string;
}

export type PacketLine = RecordLine | SilenceLine;

/** As in the diagram. */
const SILENCE_MS = 250;
const NOTHING = '—';

const MARK_WORDS: Readonly<Record<MarkName, string>> = {
  lost: 'lost, inferred',
  'lost-proven': 'lost, proven',
  retransmission: 'retransmitted',
  duplicate: 'duplicate',
  replay: 'replay',
  reordered: 'out of order',
  undecryptable: 'closed',
  malformed: 'malformed',
};

const REASONS: Readonly<Record<ClosedReason, string>> = {
  'no-key': 'no key',
  'authentication-failed': 'tag or MAC failed',
  'unsupported-suite': 'suite not supported',
  'truncated-capture': 'cut off',
  'unknown-cid-length': 'CID length unknown',
};

export const STATE_WORDS: Readonly<Record<RecordState, string>> = {
  plaintext: 'clear',
  decrypted: 'decrypted',
  undecryptable: 'closed',
  malformed: 'malformed',
};

/** In order of time. */
export function recordLines(detail: AssociationDetail, twice: SeenTwice | null): RecordLine[] {
  const { association, records } = detail;
  const views = new Map(records.map((view) => [view.record, view]));
  let lastMs = association.startMs;
  return recordRows(detail, twice).map((row) => {
    const view = views.get(row.records[0] ?? 0);
    if (!view) return lossLine(row);
    const deltaMs = view.timeMs - lastMs;
    lastMs = view.timeMs;
    return recordLine(row, view, { startMs: association.startMs, deltaMs, twice });
  });
}

interface Around {
  readonly startMs: number;
  readonly deltaMs: number;
  readonly twice: SeenTwice | null;
}

function recordLine(row: BurstRow, view: RecordView, { startMs, deltaMs, twice }: Around): RecordLine {
  const { arrival } = view;
  const delayMs = arrival && Math.max(0, arrival.timeMs - view.timeMs);
  const marks = marksOf(row, view);
  return {
    ...common(row),
    kind: 'record',
    record: view.record,
    packet: packetsText(row),
    packetNumber: view.packet,
    timeMs: view.timeMs,
    time: milliseconds(view.timeMs - startMs),
    deltaMs,
    delta: milliseconds(deltaMs),
    elsewhere: elsewhereText(row, view, twice),
    delayMs,
    epoch: view.epoch,
    sequenceNumber: view.sequenceNumber,
    number: `${view.epoch}:${view.sequenceNumber ?? '?'}`,
    marks,
    mark: marks.map((mark) => markWord(mark, view)).join(', '),
    state: view.state,
    bytes: view.leftOut === 'content-and-length' ? 0 : view.length,
  };
}

/** "B6 +0.412": packet and delay; else what the other point lacks. */
function elsewhereText({ crossing }: BurstRow, { arrival, timeMs }: RecordView, twice: SeenTwice | null): string {
  if (!arrival || !twice) return crossing ? delayText(crossing) : '';
  return `${twice.nameOf(arrival.capture) ?? ''}${arrival.packet} +${milliseconds(Math.max(0, arrival.timeMs - timeMs))}`;
}

function lossLine(row: BurstRow): RecordLine {
  const marks: MarkName[] = [row.fate === 'lost-proven' ? 'lost-proven' : 'lost'];
  if (row.mark === 'retransmission') marks.push('retransmission');
  const epoch = row.segments[0]?.epoch ?? 0;
  return {
    ...common(row),
    kind: 'lost',
    record: row.evidence.at(-1) ?? null,
    packet: NOTHING,
    packetNumber: Number.POSITIVE_INFINITY,
    timeMs: row.startMs,
    time: NOTHING,
    deltaMs: 0,
    delta: '',
    elsewhere: '',
    delayMs: null,
    epoch,
    sequenceNumber: null,
    number: String(epoch),
    marks,
    mark: marks.map((mark) => MARK_WORDS[mark]).join(', '),
    state: null,
    bytes: 0,
  };
}

function common(row: BurstRow): Pick<RecordLine, 'key' | 'sender' | 'what' | 'note' | 'flight' | 'attempt' | 'row'> {
  const { key, sender, segments, note, attempt } = row;
  return {
    key,
    sender,
    what: segments.map(({ label, detail, chip }) => [label, chip, detail].filter(Boolean).join(' ')).join(', '),
    note: note ?? '',
    flight: attempt?.flight ?? null,
    attempt: attempt ? attemptText(attempt) : '',
    row,
  };
}

function attemptText({ flight, number, of }: NonNullable<BurstRow['attempt']>): string {
  return number > 1 || (of ?? 1) > 1 ? `${flight} ${number}/${of ?? '?'}` : String(flight);
}

function marksOf(row: BurstRow, view: RecordView): MarkName[] {
  const marks: MarkName[] = [];
  if (row.fate !== 'delivered') marks.push(row.fate);
  if (view.mark === 'duplicate') marks.push(view.duplicateOrigin === 'replay' ? 'replay' : 'duplicate');
  // As in the diagram: where the first transmission was lost as a whole, this is none.
  else if (row.mark === 'retransmission') marks.push('retransmission');
  else if (view.mark !== 'original') marks.push(view.mark);
  if (view.state === 'undecryptable' || view.state === 'malformed') marks.push(view.state);
  return marks;
}

function markWord(mark: MarkName, view: RecordView): string {
  if (mark === 'undecryptable' && view.leftOut) return 'left out';
  if (mark === 'undecryptable' && view.reason) return REASONS[view.reason];
  if ((mark === 'duplicate' || mark === 'replay') && view.repeats !== null)
    return `${MARK_WORDS[mark]} of ${view.repeats}`;
  return MARK_WORDS[mark];
}

/** With the silences between them, where the lines are in order of time and none was left out. */
export function withSilences(
  lines: readonly RecordLine[],
  roles: { readonly client: string; readonly server: string },
  summed: readonly SummedData[] = [],
): PacketLine[] {
  let next = 0;
  const told = lines.flatMap((line): PacketLine[] => {
    const before: PacketLine[] = [];
    for (let sum = summed[next]; sum && sum.firstRecord < line.key; sum = summed[++next]) before.push(sumLine(sum));
    if (before.length > 0) return [...before, line];
    if (line.kind === 'lost' || line.deltaMs <= SILENCE_MS) return [line];
    const ms = milliseconds(line.deltaMs);
    const says = [`${ms} ms of silence`, causeOf(line, roles)].filter(Boolean).join(', ');
    return [{ kind: 'silence', key: `silence ${line.key}`, says }, line];
  });
  return [...told, ...summed.slice(next).map(sumLine)];
}

function sumLine(sum: SummedData): SilenceLine {
  return { kind: 'silence', key: `sum ${sum.firstRecord}`, says: sumSentence(sum) };
}

function causeOf(
  { row: { attempt, application, sender } }: RecordLine,
  roles: { readonly client: string; readonly server: string },
): string {
  if (application) return 'application idle';
  return attempt && attempt.number > 1 && attempt.cause === 'timer' ? `then the ${roles[sender]}’s timer` : '';
}

/** "30 records, 3 lost"; "202 of 777 513 records" where the others are told in sums. */
export function linesCounted(lines: readonly RecordLine[], detail: AssociationDetail): string {
  const records = lines.reduce((sum, { kind }) => sum + (kind === 'record' ? 1 : 0), 0);
  const lost = lines.length - records;
  const all = recordsInAll(detail);
  const counted = all > records ? `${thousands(records)} of ${thousands(all)}` : thousands(records);
  const text = `${counted} record${all === 1 ? '' : 's'}`;
  return lost > 0 ? `${text}, ${thousands(lost)} never captured` : text;
}
