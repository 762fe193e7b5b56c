/** The list of application data in words: rows, counts, what stayed closed, and the payload of one record. */
import type { ApplicationDataView, DataItem } from '../analysis/application-data.ts';
import type { Association, AssociationDetail, ClosedReason, RecordDetail } from '../analysis/trace.ts';
import type { Field } from '../wire/fields.ts';
import { printable } from '../wire/text.ts';
import { byteCount, counted, grouped } from './association-row.ts';
import { byteRow, COLUMNS, rowCount } from './byte-grid.ts';
import { fieldValue, visibleRows } from './field-tree.ts';
import { milliseconds } from './time-scale.ts';

export interface DataRow {
  readonly record: number;
  readonly packet: string;
  readonly time: string;
  readonly item: DataItem;
  /** The protocol, where one was recognised. */
  readonly chip: string | null;
  readonly summary: string;
  /** "duplicate"; empty for a record that stands for itself. */
  readonly mark: string;
  readonly sentence: string;
}

export function dataRow(item: DataItem, association: Association, roles: { client: string; server: string }): DataRow {
  const { record, packet, timeMs, protocol, sender, mark, length } = item;
  const summary = onOneLine(item.summary);
  const time = milliseconds(timeMs - association.startMs);
  const copy = mark === 'duplicate' ? 'duplicate' : mark === 'reordered' ? 'out of order' : '';
  const words = [
    `Record ${record}`,
    `from the ${roles[sender]}`,
    `at ${time} ms`,
    `${protocol}: ${summary}`,
    byteCount(length),
    copy,
  ];
  return {
    record,
    packet: String(packet),
    time,
    item,
    chip: isNamed(protocol) ? protocol : null,
    summary,
    mark: copy,
    sentence: words.filter((word) => word !== '').join(', '),
  };
}

/** Text and bytes speak for themselves. */
export function isNamed(protocol: string): boolean {
  return protocol !== 'text' && protocol !== 'bytes';
}

function onOneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ⏎ ').replace(/\t/g, ' ');
}

/** "12 of 40 records"; says so where the list is cut. */
export function dataCounted({ items, matching, opened, bytes }: ApplicationDataView): string {
  if (items.length < matching)
    return `The first ${grouped(items.length)} of ${counted(matching, 'record')}; search to narrow them`;
  if (matching < opened) return `${grouped(matching)} of ${counted(opened, 'record')}`;
  return `${counted(opened, 'record')}, ${byteCount(bytes)}`;
}

const WHY: Readonly<Record<ClosedReason, string>> = {
  'no-key': 'no key for them is open',
  'authentication-failed': 'their tag or MAC is wrong',
  'unsupported-suite': 'their cipher suite is not supported',
  'truncated-capture': 'the capture cut them off',
  'unknown-cid-length': 'the length of their connection ID is unknown',
};

/** One sentence for each reason that kept records closed. */
export function closedSentences({ closed }: ApplicationDataView, detail: AssociationDetail | null): readonly string[] {
  return closed.map(({ reason, records, first }) => {
    const explained = detail?.records.find(({ record }) => record === first)?.explanation;
    return `${counted(records, 'record')} of application data stayed closed: ${WHY[reason]}.${explained ? ` ${explained}` : ''}`;
  });
}

export interface Payload {
  readonly bytes: Uint8Array;
  /** Null where it is not text. */
  readonly text: string | null;
  readonly hex: string;
  /** The fields of its protocol; empty where none was recognised. */
  readonly fields: readonly PayloadField[];
  readonly fileName: string;
}

export interface PayloadField {
  readonly path: string;
  readonly depth: number;
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/** Longer payloads are shown up to here; copies and files have them whole. */
const MOST_SHOWN = 4096;

/** Null where the record carries no application data in the clear. */
export function payloadOf(detail: RecordDetail): Payload | null {
  const { record, buffers, fields } = detail;
  const data = record.contents.find((content) => content.kind === 'applicationData');
  const buffer = buffers.find(({ id }) => id === 'plaintext') ?? buffers.find(({ id }) => id === 'packet');
  if (!data || !buffer) return null;
  const bytes =
    buffer.id === 'plaintext'
      ? buffer.bytes.subarray(0, data.length)
      : lastOf(buffer.bytes, record.length, data.length, fields);
  const group = data.protocol === null ? null : (fields.find(({ name }) => name === data.protocol) ?? null);
  return {
    bytes,
    text: printable(bytes),
    hex: hexDump(bytes),
    fields: group ? fieldLines(group) : [],
    fileName: `record-${record.record}-${record.sender}.bin`,
  };
}

/** Of a record that was never encrypted, the content lies in the packet itself. */
function lastOf(packet: Uint8Array, recordLength: number, length: number, fields: readonly Field[]): Uint8Array {
  const header = fields.find(({ name }) => name === 'record');
  const end = header ? header.at.from + recordLength : packet.length;
  return packet.subarray(Math.max(0, end - length), end);
}

function fieldLines(group: Field): readonly PayloadField[] {
  return visibleRows(group.children, new Set()).map(({ path, depth, field }) => ({
    path,
    depth,
    name: field.name,
    value: fieldValue(field),
    meaning: field.meaning ?? '',
  }));
}

/** Sixteen bytes a line, as hex and as text. */
export function hexDump(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, MOST_SHOWN);
  const lines = Array.from({ length: rowCount(shown) }, (_, i) => {
    const { offset, hex, text } = byteRow(shown, 0, i);
    return `${offset}  ${hex.join(' ').padEnd(3 * COLUMNS - 1)}  ${text}`;
  });
  if (shown.length < bytes.length) lines.push(`… and ${byteCount(bytes.length - shown.length)} more`);
  return lines.join('\n');
}

/** Why there is nothing in the list, in a sentence or two. */
export function nothingListed(data: ApplicationDataView): string {
  if (data.opened > 0) return 'Nothing matches. Clear the search and the filters to see all of it.';
  if (data.closed.length > 0) return 'Application data was sent, but none of it could be opened.';
  return 'This association carries no application data in what was captured.';
}
