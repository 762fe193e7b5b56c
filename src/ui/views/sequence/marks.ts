/**
 * What changes with every step of the reader is set on the rows that are there: which is selected, which Tab reaches,
 * and which are still to come. React draws none of them again for it, however many there are.
 */
import { type RefObject, useLayoutEffect } from 'react';
import type { PlacedRow } from '../../../present/sequence-arrow.ts';

interface Marks {
  readonly drawn: readonly PlacedRow[];
  readonly selected: PlacedRow | null;
  readonly active: PlacedRow | null;
  /** Index of the last row that has come. */
  readonly come: number;
}

export function useRowMarks(group: RefObject<Element | null>, { drawn, selected, active, come }: Marks): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows that were just put there have no marks yet
  useLayoutEffect(() => {
    for (const row of group.current?.children ?? []) {
      const index = Number(row.getAttribute('data-index'));
      put(row, 'aria-selected', index === selected?.index ? 'true' : 'false');
      put(row, 'tabindex', index === active?.index ? '0' : '-1');
      put(row, 'data-future', index > come ? '' : null);
    }
  }, [group, drawn, selected, active, come]);
}

function put(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}
