/** What the views say of records that are not told one by one (`AssociationDetail.summed`). */
import type { AssociationDetail, SummedData } from '../analysis/trace.ts';
import { thousands } from './time-scale.ts';
import { timelineOf } from './timeline.ts';

const NONE: readonly SummedData[] = [];

/** Of an association all of whose records are told: none. */
export const summedOf = ({ summed = NONE }: Pick<AssociationDetail, 'summed'>): readonly SummedData[] => summed;

export const recordsOf = ({ client, server }: SummedData): number => client.records + server.records;

/** Records of the association, told or not. */
export function recordsInAll(detail: AssociationDetail): number {
  return summedOf(detail).reduce((count, sum) => count + recordsOf(sum), detail.records.length);
}

/** Datagrams that brought them. */
export function datagramsInAll(detail: AssociationDetail): number {
  const told = new Set(detail.records.map(({ capture, packet }) => `${capture} ${packet}`));
  return summedOf(detail).reduce((count, { datagrams }) => count + datagrams, told.size);
}

/** The place of a record that is told among all of the association, from 1. */
export function placeInAll(detail: AssociationDetail, record: number): number {
  const before = summedOf(detail).filter(({ lastRecord }) => lastRecord < record);
  const told = (timelineOf(detail).placeOf.get(record) ?? 0) + 1;
  return before.reduce((place, sum) => place + recordsOf(sum), told);
}

/** "777 311 records of application data in between: go to one (g) to see those around it" */
export function sumSentence(sum: SummedData): string {
  const what = sum.onlyData ? 'records of application data' : 'records';
  return `${thousands(recordsOf(sum))} ${what} in between: go to one (g) to see those around it`;
}
