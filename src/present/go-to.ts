/** What the reader typed to jump to: a record, a packet, an association or a time. */
import type { Found, Sought } from '../analysis/find-record.ts';
import type { ListedAssociation } from '../analysis/listed-association.ts';
import type { PointsView } from '../analysis/story.ts';
import type { AssociationDetail, CaptureSummary } from '../analysis/trace.ts';
import { grouped } from './association-row.ts';
import { pointNames } from './capture-points.ts';
import { summedOf } from './summed-records.ts';

export interface Surroundings {
  readonly associations: readonly ListedAssociation[];
  readonly captures: readonly CaptureSummary[];
  readonly points: PointsView | null;
  /** The association that is shown. */
  readonly detail: AssociationDetail | null;
}

/** `record` null: wherever the association opens. */
export type Goal =
  | { readonly is: 'place'; readonly association: string; readonly record: number | null }
  /** Only the whole trace knows. */
  | { readonly is: 'sought'; readonly sought: Sought }
  | { readonly is: 'nowhere'; readonly says: string };

export function goalOf(typed: string, around: Surroundings): Goal {
  const text = typed.trim();
  const [, letter = '', digits = '', unit = ''] = /^([a-zA-Z]?)\s*(\d{1,9}(?:\.\d+)?)\s*(ms|s)?$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits === '') return nowhere(`“${text}” is no number to go to. ${formsOf(around)}`);
  if (letter === 't' || (letter === '' && unit !== '')) return atTime(unit === 's' ? number * 1000 : number, around);
  if (!Number.isInteger(number) || unit !== '') return nowhere(`“${text}” is no number to go to. ${formsOf(around)}`);
  switch (letter) {
    case '':
    case 'r':
      return { is: 'sought', sought: { by: 'record', record: number } };
    case 'a':
      return anAssociation(number, around);
    case 'p':
      return aPacket(number, [...around.captures.keys()], `${number}`);
    case 'A':
    case 'B':
    case 'b':
      return atPoint(number, letter === 'A' ? 'A' : 'B', around);
    default:
      return nowhere(`“${letter}” stands for nothing here. ${formsOf(around)}`);
  }
}

/** "A record (17), a packet (p15), …": what can be typed, with numbers that exist. */
export function formsOf({ points, associations, detail }: Surroundings): string {
  const first = detail?.records[0]?.record ?? 1;
  return [
    `Type a record (${first})`,
    points ? 'a packet (p15, A15 or B15)' : 'a packet (p15)',
    ...(associations.length > 1 ? [`an association (a1 to a${associations.length})`] : []),
    'or a time in ms (t1004).',
  ].join(', ');
}

export function isFound(answer: Found | string): answer is Found {
  return typeof answer !== 'string';
}

function anAssociation(number: number, { associations }: Surroundings): Goal {
  const found = associations.find(({ id }) => id === `a${number}`);
  if (found) return { is: 'place', association: found.id, record: null };
  const there = associations.length === 1 ? 'there is only a1' : `there are a1 to a${associations.length}`;
  return nowhere(associations.length === 0 ? 'There are no associations here.' : `There is no a${number}: ${there}.`);
}

/** On the clock of the diagram, which starts with the association. */
function atTime(ms: number, { detail }: Surroundings): Goal {
  const last = detail?.records.at(-1);
  if (!detail || !last) return nowhere('There is no association whose time could be meant.');
  const { startMs, id } = detail.association;
  const lasts = last.timeMs - startMs;
  // Where the axis rounds up, its own last number is still meant.
  if (ms > Math.ceil(lasts)) return nowhere(`This association ends at ${grouped(Math.ceil(lasts))} ms.`);
  const timeMs = startMs + ms;
  if (summedOf(detail).some((sum) => sum.startMs <= timeMs && timeMs <= sum.endMs))
    return { is: 'sought', sought: { by: 'time', timeMs, association: id } };
  const nearest = detail.records.reduce((best, r) =>
    Math.abs(r.timeMs - startMs - ms) < Math.abs(best.timeMs - startMs - ms) ? r : best,
  );
  return { is: 'place', association: id, record: nearest.record };
}

function atPoint(number: number, point: 'A' | 'B', { points, captures }: Surroundings): Goal {
  if (!points) return nowhere(`There is one capture point here: type p${number} for the packet.`);
  const nameOf = pointNames(points);
  return aPacket(
    number,
    [...captures.keys()].filter((capture) => nameOf(capture) === point),
    `${point} ${number}`,
  );
}

function aPacket(packet: number, captures: readonly number[], called: string): Goal {
  return { is: 'sought', sought: { by: 'packet', packet, captures, called } };
}

function nowhere(says: string): Goal {
  return { is: 'nowhere', says };
}
