/** The field tree that the byte inspector shows and the command line prints: what a decoder read, and where. */
import type { FieldSink, Span } from './reader.ts';
import { toHex } from './text.ts';

export interface Field {
  /** The RFC's own spelling, `message_seq`, not ours. */
  readonly name: string;
  readonly at: Span;
  /** Numbers as numbers, bytes as lowercase hex, null for a group. */
  readonly value: number | string | null;
  /** The registry's name or a short reading of the value; null where the value says it all. */
  readonly meaning: string | null;
  readonly children: readonly Field[];
}

interface Group {
  readonly name: string;
  readonly from: number;
  readonly children: Field[];
}

/** Collects what one decoder reads. */
export class FieldTree implements FieldSink {
  readonly fields: Field[] = [];
  readonly #groups: Group[] = [];

  field(name: string, at: Span, value: number | Uint8Array, meaning: string | null): void {
    this.#add({ name, at, value: typeof value === 'number' ? value : toHex(value), meaning, children: [] });
  }

  open(name: string, at: Span): void {
    this.#groups.push({ name, from: at.from, children: [] });
  }

  close(at: Span, meaning: string | null): void {
    const group = this.#groups.pop();
    if (group) this.#add({ name: group.name, at, value: null, meaning, children: group.children });
  }

  #add(field: Field): void {
    (this.#groups.at(-1)?.children ?? this.fields).push(field);
  }
}
