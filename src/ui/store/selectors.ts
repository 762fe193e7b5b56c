/** What follows from the state. Each is memoised on what it reads, so that components may subscribe to it. */
import type { EarlyAssociation } from '../../analysis/early-association.ts';
import type { ListedAssociation, ListedTrace } from '../../analysis/listed-association.ts';
import type { Association, CaptureSummary } from '../../analysis/trace.ts';
import { type SortKey, sortAssociations } from '../../present/association-columns.ts';
import { associationFilter } from '../../present/association-filter.ts';
import { secretCount } from '../../present/key-rows.ts';
import { cutPacketsText, problemText } from '../../present/no-dtls.ts';
import { openFilesText } from '../../present/open-files.ts';
import { isList } from '../early.ts';
import type { State } from './store.ts';

/** The rows of the list: filtered, then sorted. */
export const shownAssociations = memoised(
  (s) => [s.trace, s.filter, s.sort],
  ([trace, filter, sort]) => listed(trace, filter, sort.key, sort.descending),
);

/** As the list knows it. */
export const selectedAssociation = memoised(
  (s) => [s.trace, s.association],
  ([trace, id]): ListedAssociation | null => trace.associations.find((a) => a.id === id) ?? null,
);

/** The whole of it, once the worker has answered. */
export function wholeAssociation({ detail, association }: State): Association | null {
  return detail?.association.id === association ? detail.association : null;
}

/** What the list shows: what is open, or what was found so far in what is being read. */
export function listedRows(s: State): readonly (ListedAssociation | EarlyAssociation)[] {
  return isListing(s) ? s.early : shownAssociations(s);
}

/** Id of the row that is marked among them. */
export function chosenRow(s: State): string | null {
  return isListing(s) ? (s.awaited?.id ?? null) : s.association;
}

/** Associations are listed while their capture is still read. */
export function isListing(s: State): boolean {
  return isList(s.early);
}

export function hasCapture(s: State): boolean {
  return s.trace.captures.length > 0;
}

/** "stopped.pcap, association 3 – DTLScope": tells tabs and entries of history apart. */
export function pageTitle(s: State): string {
  const name = s.shared?.title || openFilesText(s.trace).name;
  if (name === '') return 'DTLScope';
  const one = s.trace.associations.length > 1 && s.association ? `, association ${s.association.slice(1)}` : '';
  return `${name}${one} – DTLScope`;
}

/** Secrets that were read before any capture. */
export function waitingSecrets(s: State): number {
  return hasCapture(s) ? 0 : secretCount(s.trace.keys);
}

export function failedCount(s: State): number {
  return s.trace.associations.reduce((count, a) => count + (a.outcome === 'failed' ? 1 : 0), 0);
}

/** What stands in the way of the whole truth: packets that were cut, and problems of the files. */
export function traceProblems(trace: ListedTrace): readonly string[] {
  const cut = cutPacketsText(trace);
  return [...(cut === null ? [] : [cut]), ...captureProblems(trace.captures)];
}

/** Problems of all captures, as sentences with the name of the file where there are several. */
export function captureProblems(captures: readonly CaptureSummary[]): readonly string[] {
  return captures.flatMap(({ name, problems }) =>
    problems.map((problem) => (captures.length > 1 ? `${name}: ${problemText(problem)}` : problemText(problem))),
  );
}

function listed(trace: ListedTrace, filter: string, key: SortKey, descending: boolean): readonly ListedAssociation[] {
  const matching =
    filter.trim() === '' ? trace.associations : trace.associations.filter(associationFilter(filter).matches);
  return sortAssociations(matching, key, descending);
}

/** Computed anew only when one of the inputs is another. */
export function memoised<const Inputs extends readonly unknown[], Result>(
  inputsOf: (s: State) => Inputs,
  compute: (inputs: Inputs) => Result,
): (s: State) => Result {
  let last: { readonly inputs: Inputs; readonly result: Result } | null = null;
  return (s) => {
    const inputs = inputsOf(s);
    if (last?.inputs.every((input, i) => input === inputs[i])) return last.result;
    last = { inputs, result: compute(inputs) };
    return last.result;
  };
}
