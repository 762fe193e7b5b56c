/** What the shortcuts of keyboard.ts do. */

import { findingCards } from '../present/finding-cards.ts';
import type { Command } from './keyboard.ts';
import { page } from './page.ts';
import { selectedAssociation, shownAssociations } from './store/selectors.ts';
import { useStore } from './store/store.ts';
import { otherTheme } from './theme.ts';
import { moveZone, showZone } from './zones.ts';

/** True where the command did something, so that the key press is used up. */
export function run(command: Command): boolean {
  const state = useStore.getState();
  switch (command) {
    case 'open':
      chooseFiles();
      return true;
    case 'next':
    case 'previous':
      return stepAssociation(command === 'next' ? 1 : -1);
    case 'enter':
      if (!document.activeElement?.closest('[data-zone=list] [role=grid]')) return false;
      showZone('diagram');
      return true;
    case 'nextRecord':
    case 'previousRecord':
      if (!state.detail) return false;
      page.step(command === 'nextRecord' ? 1 : -1);
      return true;
    case 'filter':
      state.showZone('list');
      // Below 700 px the list is in the document only after the next drawing.
      requestAnimationFrame(() => document.querySelector<HTMLInputElement>('#filter')?.focus());
      return true;
    case 'bytes':
      if (matchMedia('(min-width: 700px) and (max-width: 1099.9px)').matches && state.drawer) state.toggleDrawer();
      else showZone('inspector');
      return true;
    case 'findings':
      state.showSide('findings');
      showZone('list');
      return true;
    case 'nextFinding':
    case 'previousFinding':
      return stepFinding(command === 'nextFinding' ? 1 : -1);
    case 'keys':
      state.togglePanel('keys');
      return true;
    case 'forgetKeys':
      page.forgetKeys();
      return true;
    case 'theme':
      state.setTheme(otherTheme(state.theme));
      return true;
    case 'zone':
    case 'previousZone':
      return moveZone(command === 'zone' ? 1 : -1);
    case 'escape':
      return leave();
    case 'help':
      state.togglePanel('help');
      return true;
  }
}

/** Opens the browser's file dialog. */
export function chooseFiles(): void {
  document.querySelector<HTMLInputElement>('#files')?.click();
}

function stepAssociation(by: number): boolean {
  const state = useStore.getState();
  const rows = shownAssociations(state);
  const at = rows.findIndex((a) => a.id === state.association);
  const next = rows[at < 0 ? 0 : at + by];
  if (next) page.selectAssociation(next.id);
  return next !== undefined;
}

/** Opens the finding and selects the record that shows it first. */
function stepFinding(by: number): boolean {
  const state = useStore.getState();
  const association = selectedAssociation(state);
  if (!association) return false;
  const cards = findingCards(association, state.trace.findings);
  const at = state.finding === null ? -1 : cards.findIndex((c) => c.key === state.finding);
  const next = cards[at < 0 ? (by > 0 ? 0 : cards.length - 1) : (at + by + cards.length) % cards.length];
  if (!next) return false;
  state.showSide('findings');
  state.showFinding(next.key);
  const record = next.finding.evidence.find((e) => e.record !== null)?.record;
  if (record) page.selectRecord(record);
  return true;
}

function leave(): boolean {
  const { loading, notices, dismiss, filter, setFilter } = useStore.getState();
  const notice = notices.at(-1);
  if (loading) page.cancel();
  else if (notice) dismiss(notice.id);
  else if (filter !== '') setFilter('');
  else return false;
  return true;
}
