/** What the line of one record says: a label for each thing it carries, and the remarks beside it. */
import type { Association, ClosedReason, Content, RecordView } from '../analysis/trace.ts';

/** A sign before a label; each is a shape of its own, so that no meaning hangs on colour. */
export type Sign = 'lock' | 'bolt' | 'malformed' | 'barred';

/** One label on an arrow: a handshake message, an alert, an encrypted record. */
export interface Segment {
  readonly record: number;
  readonly epoch: number;
  readonly label: string;
  /** The protocol of application data, where it was recognised: a frame with its name, after the label. */
  readonly chip: string | null;
  /** Muted, after the label, where the arrow has this segment only. */
  readonly detail: string | null;
  /** Muted, at the receiver's end, where the arrow has this segment only. */
  readonly note: string | null;
  readonly sign: Sign | null;
  readonly fatal: boolean;
  readonly ack: boolean;
}

const CLIENT_HELLO = 1;
const HELLO_VERIFY_REQUEST = 3;
/** As many acknowledged numbers as fit on a line; the inspector has them all. */
const ACK_LISTED = 8;
const GAPS_LISTED = 3;

const REASONS: Readonly<Record<ClosedReason, string>> = {
  'no-key': 'no key',
  'authentication-failed': 'tag or MAC failed',
  'unsupported-suite': 'cipher suite not supported',
  'truncated-capture': 'cut off by the capture',
  'unknown-cid-length': 'length of the CID unknown',
};

/** Encrypted records by their outer content type; 1.3 hides it. */
const CLOSED_KINDS: ReadonlyMap<number, string> = new Map([
  [20, 'ChangeCipherSpec'],
  [21, 'alert'],
  [22, 'handshake'],
  [23, 'application_data'],
  [26, 'ACK'],
]);

export function segmentsOf(record: RecordView, association: Association): Segment[] {
  if (record.contents.length === 0) return [segment(record, { label: 'empty record' })];
  return record.contents.map((content) => describe(record, content, association));
}

function describe(record: RecordView, content: Content, association: Association): Segment {
  switch (content.kind) {
    case 'handshake':
      return segment(record, {
        label: content.name,
        detail: content.fragmentLength < content.length ? range(content.fragmentOffset, content.fragmentLength) : null,
        note: handshakeNote(record, content, association),
      });
    case 'changeCipherSpec':
      return segment(record, { label: 'ChangeCipherSpec' });
    case 'alert':
      return segment(record, {
        label: content.description === 'close_notify' ? 'close_notify' : `alert ${content.description}`,
        detail: content.description === 'close_notify' && !content.fatal ? null : content.level,
        sign: content.fatal ? 'bolt' : null,
        fatal: content.fatal,
      });
    case 'applicationData':
      return segment(record, {
        label: 'application_data',
        chip: isNamed(content.protocol) ? content.protocol : null,
        note: applicationNote(content),
      });
    case 'other':
      return segment(record, { label: content.name, note: byteCount(content.length) });
    case 'ack':
      return segment(record, { label: 'ACK', detail: acknowledged(content), note: passedOver(content), ack: true });
    case 'encrypted':
      return segment(record, {
        label: 'encrypted',
        detail: isVersion13(association) ? null : (CLOSED_KINDS.get(content.contentType ?? -1) ?? null),
        note: closedNote(record, content),
        sign: content.reason === 'authentication-failed' ? 'barred' : 'lock',
      });
    case 'malformed':
      return segment(record, {
        label: 'malformed',
        detail: `at offset 0x${content.offset.toString(16).padStart(4, '0')}`,
        note: content.why,
        sign: 'malformed',
      });
  }
}

/** "53 bytes, no key"; of a shared trace what its sharer left out. */
function closedNote({ leftOut }: RecordView, { length, reason }: Extract<Content, { kind: 'encrypted' }>): string {
  if (leftOut === 'content-and-length') return 'content and length left out';
  return `${byteCount(length)}, ${leftOut ? 'content left out' : REASONS[reason]}`;
}

function segment(record: RecordView, told: { label: string } & Partial<Segment>): Segment {
  const { record: number, epoch } = record;
  return { record: number, epoch, chip: null, detail: null, note: null, sign: null, fatal: false, ack: false, ...told };
}

function handshakeNote(
  record: RecordView,
  content: Extract<Content, { kind: 'handshake' }>,
  association: Association,
): string | null {
  if (content.type === HELLO_VERIFY_REQUEST) return 'stateless, no timer';
  // ACKs of 1.3 name records by their numbers, so those are what a reader looks for
  if (isVersion13(association) && record.epoch > 0) return recordNumber(record);
  const handshake = association.handshakes.find((one) => one.number === record.handshake);
  const second = content.type === CLIENT_HELLO && content.messageSeq > 0;
  if (second && handshake?.cookieExchange) return `message_seq ${content.messageSeq}, cookie`;
  return `message_seq ${content.messageSeq}`;
}

export function isVersion13(association: Association): boolean {
  return association.version?.includes('1.3') ?? false;
}

/** "2:4", as ACKs are written: epoch and sequence number. Null where the number could not be unmasked. */
function recordNumber(record: RecordView): string | null {
  return record.sequenceNumber === null ? null : `${record.epoch}:${record.sequenceNumber}`;
}

/** "0:0, 2:1": the records that arrived (RFC 9147 §7). */
function acknowledged({ acknowledged: numbers }: Extract<Content, { kind: 'ack' }>): string {
  if (numbers.length === 0) return 'nothing';
  const listed = numbers.slice(0, ACK_LISTED).map(({ epoch, sequenceNumber }) => `${epoch}:${sequenceNumber}`);
  const more = numbers.length - listed.length;
  return more > 0 ? `${listed.join(', ')} and ${more} more` : listed.join(', ');
}

/** "2:3 is not in it": numbers between those that arrived, which the sender of the ACK presumably never got. */
function passedOver({ acknowledged: numbers }: Extract<Content, { kind: 'ack' }>): string | null {
  const absent: string[] = [];
  for (const [i, { epoch, sequenceNumber }] of numbers.entries()) {
    const before = numbers[i - 1];
    if (before?.epoch !== epoch) continue;
    const gap = sequenceNumber - before.sequenceNumber - 1;
    if (gap < 1) continue;
    const first = before.sequenceNumber + 1;
    absent.push(gap === 1 ? `${epoch}:${first}` : `${epoch}:${first}–${sequenceNumber - 1}`);
  }
  if (absent.length === 0 || absent.length > GAPS_LISTED) return null;
  return `${absent.join(', ')} ${absent.length === 1 && !absent[0]?.includes('–') ? 'is' : 'are'} not in it`;
}

/** Several ACKs that one side sent in a row, as one label: "2:5, 2:6; 2:7; 2:8". */
export function joinedAcks(segments: readonly Segment[]): Segment[] {
  const [first] = segments;
  if (!first) return [];
  const detail = segments.map((one) => one.detail ?? '').join('; ');
  return [{ ...first, detail, note: `${segments.length} ACKs` }];
}

/** Text needs no name: the plaintext stands there. */
function isNamed(protocol: string | null): protocol is string {
  return protocol !== null && protocol !== 'text';
}

function applicationNote({ preview, protocol, length }: Extract<Content, { kind: 'applicationData' }>): string {
  if (preview === null) return byteCount(length);
  return isNamed(protocol) ? preview : `“${preview}”`;
}

/** "[266, 532)": bytes of a message, end excluded. */
export function range(from: number, length: number): string {
  return `[${from}, ${from + length})`;
}

export function byteCount(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}
