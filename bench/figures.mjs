/** What was measured, as rows of one table. */
import { number, text } from './table.mjs';

/**
 * @typedef {object} Figure
 * @property {string} what
 * @property {string} on
 * @property {string} unit
 * @property {number} count
 * @property {number} p50
 * @property {number} p95
 * @property {number} max
 * @property {{ readonly of: 'p95' | 'max', readonly atMost: number } | null} budget
 */

/**
 * @param {string} what @param {string} on @param {readonly number[]} values
 * @param {Figure['budget']} [budget] @param {string} [unit]
 * @returns {Figure}
 */
export function figure(what, on, values, budget = null, unit = 'ms') {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return { what, on, unit, count: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1), budget };
}

/**
 * A sum that is told as its mean.
 * @param {string} what @param {string} on @param {number} sum @param {number} count
 * @returns {Figure}
 */
export function mean(what, on, sum, count) {
  return {
    what: `${what}, mean`,
    on,
    unit: 'ms',
    count,
    p50: sum / count,
    p95: Number.NaN,
    max: Number.NaN,
    budget: null,
  };
}

/** @param {Figure} figure */
export const isMissed = ({ budget, ...values }) => budget !== null && !(values[budget.of] <= budget.atMost);

/** @type {readonly import('./table.mjs').Column[]} */
const COLUMNS = [
  text('what'),
  text('on'),
  number('n'),
  number('p50'),
  number('p95'),
  number('max'),
  text('budget'),
  text(''),
];

/** @param {Figure} row */
function cells(row) {
  const { what, on, unit, count, p50, p95, max, budget } = row;
  const told = (/** @type {number} */ value) =>
    Number.isNaN(value) ? '–' : unit === 'ms' ? value.toFixed(value < 100 ? 1 : 0) : String(value);
  return [
    unit === 'ms' ? `${what}, ms` : what,
    on,
    String(count),
    told(p50),
    told(p95),
    told(max),
    budget ? `${budget.of} ≤ ${budget.atMost}` : '',
    budget ? (isMissed(row) ? 'missed' : 'kept') : '',
  ];
}

/** @param {readonly Figure[]} figures @returns {import('./table.mjs').Table} */
export const figureTable = (figures) => ({ columns: COLUMNS, rows: figures.map(cells) });
