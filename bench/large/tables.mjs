/** What was measured on large captures, as two tables: programs, and the page. */
import { number, text } from '../table.mjs';
import { isYardstick } from './command-line.mjs';

/**
 * @typedef {import('./command-line.mjs').Measured} Measured
 * @typedef {import('./page.mjs').Opening} Opening
 * @typedef {{ readonly goal: string, readonly kept: boolean }} Judged
 */

/** The goals are set for a gigabyte. */
const GOALS_FROM_BYTES = 900e6;
const GROWTH = 1.2;
const FIRST_MS = 1000;
const COMPLETE_TIMES = 3;
const TAB_MB = 600;
const FRAME_MS = 100;

/** @param {readonly Measured[]} all @returns {import('../table.mjs').Table} */
export function programTable(all) {
  return {
    columns: [
      text('file'),
      text('what'),
      number('time, s'),
      number('processors, s'),
      number('memory, MB'),
      number('packets/s'),
      number('tshark ÷ it'),
      number('tshark with keys ÷ it'),
      number('per packet'),
      text('goal'),
      text(''),
    ],
    rows: all.map((measured) => programRow(measured, all)),
  };
}

/** @param {Measured} measured @param {readonly Measured[]} all */
function programRow(measured, all) {
  const { program, capture, usage } = measured;
  const { seconds, cpuSeconds, peakBytes, failure } = usage;
  const growth = growthOf(measured, all);
  const times = { plain: timesOf(all, measured, 'plain'), keys: timesOf(all, measured, 'keys') };
  return [
    sizeOf(capture),
    `\`${program.what}\``,
    failure === null ? seconds.toFixed(2) : `${failure}, after ${seconds.toFixed(0)}`,
    cpuSeconds?.toFixed(2) ?? '–',
    megabytes(peakBytes),
    failure === null ? grouped(capture.packets / seconds) : '–',
    ratio(times.plain),
    ratio(times.keys),
    growth === null ? '–' : `× ${growth.toFixed(2)}`,
    ...verdict(program.program === 'dtlscope' ? judge(measured, times, growth) : []),
  ];
}

/** The time per packet as a multiple of that of the smallest file. @param {Measured} measured @param {readonly Measured[]} all */
function growthOf(measured, all) {
  const least = Math.min(...all.map(({ capture }) => capture.bytes));
  const small = all.find(({ program, capture }) => program === measured.program && capture.bytes === least);
  if (!small || small === measured || !done(small) || !done(measured)) return null;
  const perPacket = (/** @type {Measured} */ { usage, capture }) => usage.seconds / capture.packets;
  return perPacket(measured) / perPacket(small);
}

/** @param {Measured} measured */
const done = ({ usage }) => usage.failure === null;

/**
 * How many times as long tshark's one pass over the same file takes.
 * @param {readonly Measured[]} all @param {Measured} measured @param {'plain' | 'keys'} against
 */
function timesOf(all, measured, against) {
  const tshark = all.find((one) => one.capture === measured.capture && isYardstick(one, against) && done(one));
  return tshark && done(measured) ? tshark.usage.seconds / measured.usage.seconds : null;
}

/**
 * @param {Measured} measured @param {Readonly<Record<'plain' | 'keys', number | null>>} times @param {number | null} growth
 * @returns {Judged[]}
 */
function judge({ program: { goal }, capture, usage }, times, growth) {
  if (capture.bytes < GOALS_FROM_BYTES) return [];
  const ran = usage.failure === null;
  /** @type {Judged[]} */
  const all = [];
  const ratio = goal ? times[goal.against] : null;
  if (goal && (ratio !== null || !ran)) all.push({ goal: `${goal.times} ×`, kept: (ratio ?? 0) >= goal.times });
  if (goal?.megabytes) {
    const { peakBytes } = usage;
    const kept = ran && peakBytes !== null && peakBytes <= goal.megabytes * 1e6;
    all.push({ goal: `${goal.megabytes} MB`, kept });
  }
  if (growth !== null || !ran) all.push({ goal: `× ${GROWTH}`, kept: growth !== null && growth <= GROWTH });
  return all;
}

/** @param {readonly Opening[]} openings @param {readonly Measured[]} programs @returns {import('../table.mjs').Table} */
export function pageTable(openings, programs) {
  const counted = openings.some(({ countedBytes }) => countedBytes !== null);
  return {
    columns: [
      text('file'),
      number('first association, s'),
      number('complete, s'),
      number('it ÷ dtlscope report'),
      number('memory, MB'),
      number('with what is shared, MB'),
      ...(counted ? [number('counted, MB')] : []),
      number('frames'),
      number('longest, ms'),
      number('over 100 ms'),
      text('goal'),
      text(''),
    ],
    rows: openings.map((opening) => {
      const { capture, firstMs, completeMs, peakBytes, privateBytes, countedBytes, framesMs, failure } = opening;
      const report = programs.find((one) => one.capture === capture && one.program.what === 'dtlscope report');
      const times = report && done(report) && completeMs !== null ? completeMs / 1000 / report.usage.seconds : null;
      const long = framesMs.filter((ms) => ms > FRAME_MS).length;
      return [
        sizeOf(capture),
        firstMs === null ? '–' : (firstMs / 1000).toFixed(2),
        failure ?? (completeMs === null ? '–' : (completeMs / 1000).toFixed(2)),
        ratio(times),
        megabytes(privateBytes),
        megabytes(peakBytes),
        ...(counted ? [megabytes(countedBytes)] : []),
        String(framesMs.length),
        framesMs.length === 0 ? '–' : Math.max(...framesMs).toFixed(0),
        String(long),
        ...verdict(judgePage(opening, times, long)),
      ];
    }),
  };
}

/** @param {Opening} opening @param {number | null} times @param {number} long @returns {Judged[]} */
function judgePage({ capture, firstMs, privateBytes, failure }, times, long) {
  if (capture.bytes < GOALS_FROM_BYTES) return [];
  const ran = failure === null;
  return [
    { goal: `first ${FIRST_MS / 1000} s`, kept: firstMs !== null && firstMs <= FIRST_MS },
    ...(times === null && ran
      ? []
      : [{ goal: `${COMPLETE_TIMES} ×`, kept: times !== null && times <= COMPLETE_TIMES }]),
    { goal: `${TAB_MB} MB`, kept: ran && privateBytes !== null && privateBytes <= TAB_MB * 1e6 },
    { goal: `none over ${FRAME_MS} ms`, kept: ran && long === 0 },
  ];
}

/** Two cells. @param {readonly Judged[]} judged */
function verdict(judged) {
  const missed = judged.filter(({ kept }) => !kept).map(({ goal }) => goal);
  return [
    judged.map(({ goal }) => goal).join(', '),
    judged.length === 0 ? '' : missed.length === 0 ? 'kept' : `missed: ${missed.join(', ')}`,
  ];
}

/** @param {import('./capture.mjs').Large} capture */
const sizeOf = ({ bytes }) =>
  bytes < 995e6 ? `${Math.round(bytes / 1e6)} MB` : `${Number((bytes / 1e9).toFixed(1))} GB`;
/** @param {number | null} bytes */
const megabytes = (bytes) => (bytes === null ? '–' : Math.round(bytes / 1e6).toString());
/** @param {number | null} times */
const ratio = (times) => (times === null ? '–' : `${times.toFixed(times < 1 ? 2 : times < 10 ? 1 : 0)} ×`);
/** @param {number} value */
export const grouped = (value) => Math.round(value).toLocaleString('en').replaceAll(',', ' ');
