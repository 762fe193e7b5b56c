/** The entries of an ACK, and what each of them names: RFC 9147 §7 gives numbers, a reader wants messages. */
import type { AssociationDetail, Content, RecordDetail, RecordView } from '../analysis/trace.ts';
import type { Field } from '../wire/fields.ts';
import { fieldsTo } from './field-tree.ts';
import { range } from './sequence-segments.ts';

type Entry = Extract<Content, { kind: 'ack' }>['acknowledged'][number];

export interface AcknowledgedRecord {
  readonly record: number;
  /** "2:1". */
  readonly number: string;
  /** "Certificate [0, 266)". */
  readonly what: string;
}

const LIST = 'record_numbers';

export function entriesOf(record: RecordView): readonly Entry[] {
  return record.contents.flatMap((content) => (content.kind === 'ack' ? content.acknowledged : []));
}

/** The captured records among the entries, in the order of the ACK. */
export function acknowledgedRecords(record: RecordView, records: readonly RecordView[]): AcknowledgedRecord[] {
  return entriesOf(record).flatMap(({ epoch, sequenceNumber, record: named }) => {
    const found = records.find((one) => one.record === named);
    return found ? [{ record: found.record, number: `${epoch}:${sequenceNumber}`, what: whatOf(found) }] : [];
  });
}

/** What the field at `path` names: the record of one entry, or nothing outside the list. */
export function acknowledgedAt({ fields, record }: RecordDetail, path: string): readonly number[] {
  const chain = fieldsTo(fields, path);
  const list = chain.findIndex((field) => field.name === LIST);
  const entry = chain[list + 1];
  if (list < 0 || !entry) return [];
  const named = entriesOf(record)[entries(chain[list]?.children ?? []).indexOf(entry)]?.record ?? null;
  return named === null ? [] : [named];
}

/** The paths of the entries: folded at first, since their two numbers stand in one line. */
export function entryPaths(fields: readonly Field[], prefix = ''): readonly string[] {
  return fields.flatMap((field, i) => {
    const path = prefix + i;
    if (field.name === LIST) return field.children.map((_, entry) => `${path}.${entry}`);
    return entryPaths(field.children, `${path}.`);
  });
}

/** The fields with the words of `acknowledgedRecords` beside each entry. */
export function withAcknowledged(detail: RecordDetail, association: AssociationDetail | null): readonly Field[] {
  const named = entriesOf(detail.record);
  if (named.length === 0 || !association) return detail.fields;
  const byRecord = new Map(association.records.map((record) => [record.record, record]));
  const told = (field: Field): Field => {
    if (field.name !== LIST) return { ...field, children: field.children.map(told) };
    const list = entries(field.children);
    const children = field.children.map((entry) => {
      const record = byRecord.get(named[list.indexOf(entry)]?.record ?? 0);
      return record ? { ...entry, meaning: `${entry.meaning ?? ''} ${whatOf(record)}`.trim() } : entry;
    });
    return { ...field, children };
  };
  return detail.fields.map(told);
}

/** Beside the entries the list may hold its own length. */
function entries(children: readonly Field[]): readonly Field[] {
  return children.filter((child) => child.children.length > 0);
}

function whatOf({ contents }: RecordView): string {
  return contents
    .map((content) => {
      switch (content.kind) {
        case 'handshake':
          return content.fragmentLength < content.length
            ? `${content.name} ${range(content.fragmentOffset, content.fragmentLength)}`
            : content.name;
        case 'changeCipherSpec':
          return 'ChangeCipherSpec';
        case 'ack':
          return 'ACK';
        case 'applicationData':
          return 'application_data';
        case 'alert':
          return content.description;
        case 'malformed':
          return 'malformed';
        default:
          return content.name;
      }
    })
    .join(', ');
}
