/** A record's fields as the rows of a tree: which are visible, which byte belongs to which, where the keys lead. */
import type { Field } from '../wire/fields.ts';
import type { BufferId } from '../wire/reader.ts';
import { hexNumber } from '../wire/text.ts';

export interface FieldRow<F extends Field = Field> {
  /** Indices from the root, "2.0.1": the row's name. */
  readonly path: string;
  readonly depth: number;
  readonly field: F;
  readonly expanded: boolean;
  /** For the accessibility tree: 1-based place among its siblings. */
  readonly position: number;
  readonly siblings: number;
}

/** A field whose children are worded like itself. */
type Nested<F> = Field & { readonly children: readonly F[] };

/** Rows from top to bottom. The children of a `collapsed` path are left out. */
export function visibleRows<F extends Nested<F>>(fields: readonly F[], collapsed: ReadonlySet<string>): FieldRow<F>[] {
  const rows: FieldRow<F>[] = [];
  const visit = (siblings: readonly F[], prefix: string, depth: number): void => {
    for (const [i, field] of siblings.entries()) {
      const path = prefix + i;
      const expanded = field.children.length > 0 && !collapsed.has(path);
      rows.push({ path, depth, field, expanded, position: i + 1, siblings: siblings.length });
      if (expanded) visit(field.children, `${path}.`, depth + 1);
    }
  };
  visit(fields, '', 0);
  return rows;
}

/** The fields from the root to `path`; empty where there is no such path. */
export function fieldsTo<F extends Nested<F>>(fields: readonly F[], path: string): readonly F[] {
  const chain: F[] = [];
  let siblings = fields;
  for (const part of path.split('.')) {
    const field = siblings[Number(part)];
    if (!field) return [];
    chain.push(field);
    siblings = field.children;
  }
  return chain;
}

/** Path of the smallest field that holds the byte; of equals the innermost. Groups may span two buffers. */
export function fieldAt(fields: readonly Field[], buffer: BufferId, index: number): string | null {
  let best: string | null = null;
  let bestLength = Number.POSITIVE_INFINITY;
  const visit = (siblings: readonly Field[], prefix: string): void => {
    for (const [i, field] of siblings.entries()) {
      const path = prefix + i;
      const length = field.at.to - field.at.from;
      const holds = field.at.buffer === buffer && field.at.from <= index && index < field.at.to;
      if (holds && length <= bestLength) {
        best = path;
        bestLength = length;
      }
      visit(field.children, `${path}.`);
    }
  };
  visit(fields, '');
  return best;
}

/** The paths above `path`, so that it can be made visible. */
export function ancestors(path: string): readonly string[] {
  const parts = path.split('.');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('.'));
}

/** Groups that end before the record starts (link layer, IP, UDP): folded until somebody asks. */
export function carrierPaths(fields: readonly Field[], recordStart: number): readonly string[] {
  return fields.flatMap((field, i) =>
    field.children.length > 0 && field.at.buffer === 'packet' && field.at.to <= recordStart ? [String(i)] : [],
  );
}

export type TreeMove = { readonly to: string } | { readonly toggle: string } | null;

/** Where an arrow key leads, as the ARIA tree pattern has it. */
export function treeMove(rows: readonly FieldRow[], path: string | null, key: string): TreeMove {
  const at = rows.findIndex((row) => row.path === path);
  const row = rows[at];
  const go = (i: number): TreeMove => {
    const target = rows[Math.max(0, Math.min(rows.length - 1, i))];
    return target ? { to: target.path } : null;
  };
  switch (key) {
    case 'ArrowDown':
      return go(at + 1);
    case 'ArrowUp':
      return go(at < 0 ? 0 : at - 1);
    case 'Home':
      return go(0);
    case 'End':
      return go(rows.length - 1);
    case 'ArrowRight':
      if (!row || row.field.children.length === 0) return null;
      return row.expanded ? go(at + 1) : { toggle: row.path };
    case 'ArrowLeft': {
      if (!row) return null;
      if (row.expanded) return { toggle: row.path };
      const parent = ancestors(row.path).at(-1);
      return parent === undefined ? null : { to: parent };
    }
    default:
      return null;
  }
}

/** The next row below the selected one whose name begins with these letters; it goes round. */
export function typeAhead(rows: readonly FieldRow[], path: string | null, letters: string): string | null {
  const at = rows.findIndex((row) => row.path === path);
  // One letter again and again steps through the rows; more letters narrow the row that is selected.
  const from = letters.length > 1 ? Math.max(0, at) : at + 1;
  const turned = [...rows.slice(from), ...rows.slice(0, from)];
  return turned.find(({ field }) => field.name.toLowerCase().startsWith(letters.toLowerCase()))?.path ?? null;
}

/** Path of the first field with one of these names, tried in their order; the first name that is there wins. */
export function pathOfName(fields: readonly Field[], names: readonly string[]): string | null {
  for (const name of names) {
    const path = firstNamed(fields, name, '');
    if (path === null) continue;
    const at = fieldsTo(fields, path).at(-1)?.at;
    // What is empty has no bytes to show; its length, zero, has.
    const empty = at !== undefined && at.from === at.to;
    return (empty && firstNamed(fields, `${name}_length`, '')) || path;
  }
  return null;
}

/** "extension server_name" for the group of that extension. */
function firstNamed(fields: readonly Field[], name: string, prefix: string): string | null {
  for (const [i, field] of fields.entries()) {
    const extension = field.name === 'extension' ? `extension ${/^\w+/.exec(field.meaning ?? '')?.[0]}` : '';
    if (field.name === name || extension === name) return prefix + i;
    const found = firstNamed(field.children, name, `${prefix}${i}.`);
    if (found !== null) return found;
  }
  return null;
}

const SHOWN_BYTES = 24;
/** Registries that everybody knows by their hexadecimal numbers. */
const HEX_NAMES = /version$|cipher_suite$|(^|_)(named_)?group$|signature_scheme$|algorithm$/;

/** Numbers as they are, bytes in pairs: "28 63 c7 8a". */
export function fieldValue(field: Field): string {
  if (field.value === null) return '';
  if (typeof field.value === 'number')
    return HEX_NAMES.test(field.name) ? hexNumber(field.value, 4) : String(field.value);
  const pairs = field.value.slice(0, 2 * SHOWN_BYTES).match(/../g) ?? [];
  return pairs.join(' ') + (field.value.length > 2 * SHOWN_BYTES ? ' …' : '');
}

/** For the clipboard: the field with its place and everything in it. */
export function asJson(field: Field): string {
  return JSON.stringify(plain(field), null, 2);
}

function plain({ name, value, meaning, at, children }: Field): object {
  return {
    name,
    ...(value === null ? {} : { value }),
    ...(meaning === null ? {} : { meaning }),
    at: [at.buffer, at.from, at.to],
    ...(children.length === 0 ? {} : { children: children.map(plain) }),
  };
}
