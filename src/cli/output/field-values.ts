/** The fields of a record as JSON has them: by name, and a name that comes twice as an array. */
import type { FieldSink, Span } from '../../wire/reader.ts';
import { toHex } from '../../wire/text.ts';

/** Numbers as numbers, bytes as lowercase hex, null for a group without fields. */
export type FieldValue = number | string | null | Values | FieldValue[];
interface Values {
  [name: string]: FieldValue;
}

interface Group {
  readonly name: string;
  readonly values: Values;
  isEmpty: boolean;
}

export class FieldValues implements FieldSink {
  readonly wordless = true;
  readonly values: Values = {};
  /** Of the record, or of what it carries; null without. */
  connectionId: FieldValue | undefined;
  readonly #groups: Group[] = [];

  field(name: string, _at: Span, value: number | Uint8Array): void {
    this.#add(name, typeof value === 'number' ? value : toHex(value));
  }

  open(name: string): void {
    this.#groups.push({ name, values: {}, isEmpty: true });
  }

  close(): void {
    const group = this.#groups.pop();
    if (group) this.#add(group.name, group.isEmpty ? null : group.values);
  }

  #add(name: string, value: FieldValue): void {
    const group = this.#groups.at(-1);
    if (group) group.isEmpty = false;
    if (this.#groups.length === 1 && (name === 'cid' || name === 'connection_id'))
      if (this.connectionId === undefined) this.connectionId = typeof value === 'object' ? null : value;
    const values = group?.values ?? this.values;
    const before = values[name];
    if (before === undefined) values[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else values[name] = [before, value];
  }
}
