/** The way to a field: file › packet 15 › UDP › record 1 › … › field. Each step can be gone to. */
import type { RecordDetail } from '../analysis/trace.ts';
import { fieldsTo } from './field-tree.ts';
import type { ShownField } from './shown-fields.ts';

export interface Crumb {
  readonly name: string;
  /** The steps that are left out here, for lack of room. */
  readonly hides?: string;
  /** Where it leads: the facts of the file, the whole packet, or the field at this path. */
  readonly to: 'file' | 'packet' | { readonly path: string };
}

/** Below the record so many steps are shown; those above them are left out. */
const SHOWN_INSIDE = 2;

export function crumbsOf(
  { record }: RecordDetail,
  fields: readonly ShownField[],
  file: string,
  path: string | null,
): readonly Crumb[] {
  const at = (name: string) => fields.findIndex((field) => field.name === name);
  const [udp, header] = [at('UDP'), at('record')];
  const crumbs: Crumb[] = [
    { name: file, to: 'file' },
    { name: `packet ${record.packet}`, to: 'packet' },
  ];
  if (udp >= 0) crumbs.push({ name: 'UDP', to: { path: `${udp}` } });
  if (path === `${udp}` || path?.startsWith(`${udp}.`)) return [...crumbs, ...inside(fields, path, 1)];
  if (header >= 0) crumbs.push({ name: `record ${record.inDatagram}`, to: { path: `${header}` } });
  if (path === null) return crumbs;
  return [...crumbs, ...folded(inside(fields, path, path === `${header}` || path.startsWith(`${header}.`) ? 1 : 0))];
}

/** The steps before the last ones as one, which leads to the nearest of them. */
function folded(steps: readonly Crumb[]): readonly Crumb[] {
  const hidden = steps.slice(0, -SHOWN_INSIDE);
  const nearest = hidden.at(-1);
  if (!nearest || hidden.length < 2) return steps;
  return [
    { name: '…', hides: hidden.map(({ name }) => name).join(' › '), to: nearest.to },
    ...steps.slice(-SHOWN_INSIDE),
  ];
}

/** The steps of a path below those that stand in the trail already. */
function inside(fields: readonly ShownField[], path: string, skip: number): Crumb[] {
  const parts = path.split('.');
  return fieldsTo(fields, path)
    .map((field, i) => ({ name: nameOf(field), to: { path: parts.slice(0, i + 1).join('.') } }))
    .slice(skip);
}

/** An extension is called by its own name, a fragment by its message. */
function nameOf({ name, meaning, label }: { name: string; meaning: string | null; label: string }): string {
  if (name === 'extension') return /^\w+/.exec(meaning ?? '')?.[0] ?? name;
  if (name === 'handshake') return meaning ?? name;
  return label;
}
