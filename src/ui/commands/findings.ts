/** From finding to finding. */
import { findingCards } from '../../present/finding-cards.ts';
import { page } from '../page.ts';
import { selectedAssociation } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';
import { showZone } from '../zones.ts';

export const findingCommands = {
  findings: () => {
    useStore.getState().showSide('findings');
    showZone('list');
    return true;
  },
  nextFinding: () => stepFinding(1),
  previousFinding: () => stepFinding(-1),
};

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
