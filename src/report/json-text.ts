/** JSON in pieces: the text that `JSON.stringify(value, null, 1)` gives for the whole. */

/** As it looks so deep inside another value. */
export function indented(value: unknown, depth: number): string {
  return JSON.stringify(value, null, 1).replaceAll('\n', `\n${' '.repeat(depth)}`);
}

/** An object that goes on: without its end. It has at least one property. */
export function begun(value: object, depth: number): string {
  return indented(value, depth).slice(0, -`\n${' '.repeat(depth)}}`.length);
}

/** An object without others in it, of which there are many. */
export function flat(value: object, depth: number): string {
  const line = `\n${' '.repeat(depth + 1)}`;
  const properties = Object.entries(value).map(([key, inner]) => `${line}"${key}": ${JSON.stringify(inner)}`);
  return `{${properties.join(',')}\n${' '.repeat(depth)}}`;
}
