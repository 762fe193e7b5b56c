/**
 * What must hold of everything that a reader says of any input: it is bounded by the length of the input, numbers are
 * numbers, problems lie within the input, and no text holds what could steer a terminal or turn a line around.
 */
import { type Entry, must } from './entry.ts';

/** C0 and C1 controls but for tab and line end, and what turns the direction of writing around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** A field tree says of each byte its name, value and meaning. */
const usualGrowth = (length: number): number => 20_000 + 200 * length;

/** The weight of an answer: characters of texts, elements of lists, fields. Throws where something does not hold. */
export function weigh(answer: unknown, entry: Entry, inputLength: number): number {
  const most = (entry.growth ?? usualGrowth)(inputLength);
  const verbatim = new Set(entry.verbatim);
  let weight = 0;
  const walk = (value: unknown, name: string, depth: number): void => {
    weight += 1 + (typeof value === 'string' ? value.length : value instanceof Uint8Array ? value.length >> 3 : 0);
    must(weight <= most, `the answer to ${inputLength} bytes weighs more than ${most}`);
    if (typeof value === 'string') {
      must(
        verbatim.has(name) || !CONTROL.test(value),
        `${name} has a control character: ${JSON.stringify(value.slice(0, 200))}`,
      );
    } else if (typeof value === 'number') must(!Number.isNaN(value), `${name} is no number`);
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
      must(depth < 60, `${name} is nested too deep`);
      inside(value, name, depth, walk);
    }
  };
  walk(answer, entry.name, 0);
  return weight;
}

function inside(
  value: object,
  name: string,
  depth: number,
  walk: (value: unknown, name: string, depth: number) => void,
): void {
  if (Array.isArray(value)) for (const one of value) walk(one, name, depth + 1);
  else if (value instanceof Map)
    for (const [key, one] of value) {
      walk(key, name, depth + 1);
      walk(one, name, depth + 1);
    }
  else if (value instanceof Set) for (const one of value) walk(one, name, depth + 1);
  else for (const key in value) walk((value as Record<string, unknown>)[key], key, depth + 1);
}

/** Of the problems of a reader and the spans of fields: in order and within the input. */
export function within(spans: readonly { readonly from: number; readonly to: number }[], length: number): void {
  for (const { from, to } of spans)
    must(from >= 0 && to >= from && to <= length, `${from} to ${to} does not lie within the ${length} bytes`);
}
