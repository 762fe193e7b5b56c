/** The time stamps that tools write before a packet or a line of a log. */
import type { Stamp } from './block.ts';

const DATE = '(\\d{4})[-/](\\d{2})[-/](\\d{2})[ T_]';
const TIME = '(\\d{1,2}):(\\d{2}):(\\d{2})(?:[.,](\\d{1,9}))?';
/** A stamp may stand in brackets and after a level or a name of one word. */
const BEFORE = '^[\\s\\[(|]{0,8}(?:[A-Za-z]{1,8}[\\s\\[(:]{1,3})?';

const DATED = new RegExp(`${BEFORE}${DATE}${TIME}(Z|[+-]\\d{2}:?\\d{2})?`);
const TIME_OF_DAY = new RegExp(`${BEFORE}${TIME}(?![\\d:])`);
const MONTH_FIRST = new RegExp(
  `${BEFORE.replace('(?:[A-Za-z]{1,8}[\\s\\[(:]{1,3})?', '')}[A-Z][a-z]{2} {1,2}\\d{1,2} ${TIME}`,
);
/** Seconds since 1970: nine or ten digits and a fraction. */
const SECONDS = new RegExp(`${BEFORE}(\\d{9,10})\\.(\\d{3,9})(?!\\d)`);
/** tshark -P and Wireshark's plain text: number, seconds since the first packet. */
const SUMMARY = /^\s{0,12}\d{1,9}\s{1,4}(\d{1,9})\.(\d{6,9})\s/;
/** tshark -V. */
const EPOCH_FIELD = /^\s{0,8}Epoch (?:Arrival )?Time: (\d{9,10})\.(\d{3,9})/;

/** The stamp at the beginning of a line of at most a few hundred characters; null where there is none. */
export function stampOf(line: string): Stamp | null {
  // All stamps begin with a digit near the start; most lines of a dump are told apart by this alone.
  if (!/\d[:.]\d/.test(line)) return null;
  const epoch = EPOCH_FIELD.exec(line) ?? SECONDS.exec(line);
  if (epoch) return stamp(Number(epoch[1]), epoch[2], 'epoch');
  const dated = DATED.exec(line);
  if (dated) return datedStamp(dated);
  const summary = SUMMARY.exec(line);
  if (summary) return stamp(Number(summary[1]), summary[2], 'start');
  const clock = TIME_OF_DAY.exec(line) ?? MONTH_FIRST.exec(line);
  if (!clock) return null;
  const seconds = ofDay(clock[1], clock[2], clock[3]);
  return seconds === null ? null : stamp(seconds, clock[4], 'clock');
}

/** Seconds as a decimal number, or a date, as fields of tshark hold them. */
export function stampOfField(text: string): Stamp | null {
  const seconds = /^(\d{1,10})(?:\.(\d{1,9}))?$/.exec(text.slice(0, 40));
  return seconds ? stamp(Number(seconds[1]), seconds[2], 'epoch') : stampOf(text.slice(0, 60));
}

function datedStamp(match: RegExpExecArray): Stamp | null {
  const [, year, month, day, hours, minutes, secs, fraction, zone] = match;
  const seconds = ofDay(hours, minutes, secs);
  const days = Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000;
  if (seconds === null || !Number.isFinite(days)) return null;
  const sign = zone?.startsWith('-') ? -1 : 1;
  const offset = zone && zone !== 'Z' ? sign * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(-2)) * 60) : 0;
  return stamp(days + seconds - offset, fraction, 'epoch');
}

function ofDay(hours = '', minutes = '', seconds = ''): number | null {
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  return h < 24 && m < 60 && s < 61 ? h * 3600 + m * 60 + s : null;
}

function stamp(seconds: number, fraction = '', since: Stamp['since']): Stamp {
  return { seconds, nanoseconds: Number(fraction.padEnd(9, '0')), digits: fraction.length, since };
}
