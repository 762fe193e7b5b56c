/** One table, for a terminal or for Markdown. */

/**
 * @typedef {{ readonly head: string, readonly right: boolean }} Column numbers stand at the right
 * @typedef {{ readonly columns: readonly Column[], readonly rows: readonly (readonly string[])[] }} Table
 */

/** @param {string} head @returns {Column} */
export const text = (head) => ({ head, right: false });
/** @param {string} head @returns {Column} */
export const number = (head) => ({ head, right: true });

/** @param {Table} table */
export function asText({ columns, rows }) {
  const lines = [columns.map(({ head }) => head), ...rows];
  const widths = columns.map((_, i) => lines.reduce((width, line) => Math.max(width, line[i]?.length ?? 0), 0));
  return lines
    .map((line) =>
      line
        .map((cell, i) => (columns[i]?.right ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** @param {Table} table */
export function asMarkdown({ columns, rows }) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ head }) => head)),
    `|${columns.map(({ right }) => (right ? '--:' : '---')).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}
