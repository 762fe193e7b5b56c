/** What one record carries, as far as it could be read. */
import { recogniseFormat } from '../application/application.ts';
import { alertDescriptionName, alertLevelName, contentTypeName, handshakeTypeName } from '../dtls/registry.ts';
import { printable, toHex } from '../wire/text.ts';
import type { AssociationState } from './association-state.ts';
import type { Carried } from './carried.ts';
import { closedName } from './closed-words.ts';
import type { FlightPart } from './flight-parts.ts';
import { messageName } from './handshake-state.ts';
import { bytesOf, type RecordReading } from './record-content.ts';
import type { Content, RecordFacts } from './trace.ts';

/** The place of a message among those of its association, as a record carries it; null where it belongs to none. */
export type IndexOf = (message: FlightPart['message'], record: number) => number | null;

export function contentsOf(reading: RecordReading, facts: RecordFacts, indexOf: IndexOf): readonly Content[] {
  const { trace, association, record } = reading;
  const { reason, contentType, length } = facts;
  const carried = association.state.carried.get(record) ?? [];
  const contents = carried.map(
    (item): Content =>
      item.kind === 'applicationData'
        ? applicationData(reading)
        : shownContent(item, record, indexOf, association.state),
  );
  if (reason)
    contents.push({ kind: 'encrypted', contentType, name: closedName(association, record, trace), length, reason });
  return contents;
}

function shownContent(
  item: Exclude<Carried, { kind: 'applicationData' }>,
  record: number,
  indexOf: IndexOf,
  state: AssociationState,
): Content {
  switch (item.kind) {
    case 'fragment': {
      const { type, messageSeq, length, fragmentOffset, fragmentLength, message } = item;
      return {
        kind: 'handshake',
        type,
        name: message ? messageName(message) : handshakeTypeName(type),
        messageSeq,
        length,
        fragmentOffset,
        fragmentLength,
        message: indexOf(message, record),
      };
    }
    case 'alert':
      return {
        kind: 'alert',
        level: alertLevelName(item.level),
        code: item.code,
        description: alertDescriptionName(item.code),
        fatal: item.level === 2,
      };
    case 'ack':
      return {
        kind: 'ack',
        acknowledged: item.recordNumbers.map((n) => ({ ...n, record: state.recordWithNumber(record, n) })),
      };
    case 'other':
      return {
        kind: 'other',
        contentType: item.contentType,
        name: contentTypeName(item.contentType),
        length: item.length,
      };
    default:
      return item;
  }
}

/** Opened again when it is looked at: what it says is not kept. */
function applicationData({ content }: RecordReading): Content {
  const bytes = content ? bytesOf(content) : new Uint8Array();
  const { protocol, summary } = recogniseFormat(bytes) ?? { protocol: null, summary: preview(bytes) };
  return { kind: 'applicationData', length: bytes.length, preview: summary, protocol };
}

/** Characters of text, and bytes of anything else, that are shown in lists. */
const PREVIEW_TEXT = 96;
const PREVIEW_BYTES = 24;

/** Text where it is text, else hex; cut where it is long. */
function preview(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null;
  const text = printable(bytes.subarray(0, PREVIEW_TEXT));
  if (text !== null) return bytes.length > PREVIEW_TEXT ? `${text}…` : text;
  return `0x${toHex(bytes.subarray(0, PREVIEW_BYTES))}${bytes.length > PREVIEW_BYTES ? '…' : ''}`;
}
