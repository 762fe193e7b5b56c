/** Records that one side sent together, before they are worded: the grouping behind the rows of the sequence diagram. */
import type { Association, RecordView, Sender } from '../analysis/trace.ts';
import { joinedAcks, type Segment, segmentsOf } from './sequence-segments.ts';
import type { RowMark } from './sequence-types.ts';

/** Records of one transmission that lie further apart are not one burst. */
const BURST_MS = 20;

export interface Burst {
  readonly sender: Sender;
  readonly mark: RowMark;
  readonly records: readonly RecordView[];
  readonly segments: readonly Segment[];
  /** All records carry pieces of one message. */
  readonly fragmented: boolean;
  /** That message, as an index into the detail's messages. */
  readonly message: number | null;
}

interface Growing {
  readonly key: string;
  readonly first: RecordView;
  readonly records: RecordView[];
  readonly fragmented: boolean;
  endMs: number;
}

/** In order of the first record of each. */
export function bursts(records: readonly RecordView[], association: Association): Burst[] {
  const grown: Growing[] = [];
  const fragmented = new Map<string, Growing>();
  for (const record of records) {
    const pieces = fragmentKey(record);
    const key = pieces ?? burstKey(record);
    // fragments of one message belong together even where the other side spoke in between
    const open = pieces === null ? grown.at(-1) : fragmented.get(pieces);
    if (open && open.key === key && record.timeMs - open.endMs <= BURST_MS) {
      open.records.push(record);
      open.endMs = Math.max(open.endMs, record.timeMs);
      continue;
    }
    const next = { key, first: record, records: [record], fragmented: pieces !== null, endMs: record.timeMs };
    grown.push(next);
    if (pieces !== null) fragmented.set(pieces, next);
  }
  return grown.map((one) => settle(one.records, one.fragmented, association));
}

function settle(records: readonly RecordView[], fragmented: boolean, association: Association): Burst {
  const [first] = records;
  const [content] = first?.contents ?? [];
  const segments = records.flatMap((record) => segmentsOf(record, association));
  const acks = records.length > 1 && segments.every((segment) => segment.ack);
  return {
    sender: first?.sender ?? 'client',
    mark: first ? rowMark(first) : 'first',
    records,
    segments: acks ? joinedAcks(segments) : segments,
    fragmented,
    message: fragmented && content?.kind === 'handshake' ? content.message : null,
  };
}

/** A burst with more labels than room, record by record. Pieces of one message are one line however many they are. */
export function openBurst(burst: Burst): Burst[] {
  if (burst.fragmented || burst.segments.every((segment) => segment.ack)) return [burst];
  return burst.records.map((record) => ({
    ...burst,
    records: [record],
    segments: burst.segments.filter((segment) => segment.record === record.record),
  }));
}

function rowMark({ mark }: RecordView): RowMark {
  return mark === 'retransmission' || mark === 'duplicate' ? mark : 'first';
}

function burstKey(record: RecordView): string {
  const { sender, capture, packet, handshake, flight, transmission } = record;
  // each ACK has a datagram of its own, but those sent in one breath are one line
  if (isAck(record)) return `${sender} ${rowMark(record)} ACK ${record.epoch} ${handshake}.${flight}.${transmission}`;
  // outside flights only a datagram keeps records together
  const group = flight === null ? `packet ${capture}.${packet}` : `${handshake}.${flight}.${transmission}`;
  return `${sender} ${rowMark(record)} ${group}`;
}

function isAck({ contents }: RecordView): boolean {
  return contents.length > 0 && contents.every((content) => content.kind === 'ack');
}

/** Names the message that a record carries one piece of; null for records with anything else or anything more. */
function fragmentKey(record: RecordView): string | null {
  const [content, another] = record.contents;
  if (content?.kind !== 'handshake' || another || content.fragmentLength >= content.length) return null;
  return `${burstKey({ ...record, packet: 0 })} ${content.type} ${content.messageSeq} ${content.length}`;
}
