/** From finding to finding. */
import type { FindingView } from '../../analysis/finding.ts';
import { seenTwice } from '../../present/capture-points.ts';
import { evidenceGroups } from '../../present/evidence-rows.ts';
import { findingCards } from '../../present/finding-cards.ts';
import { page } from '../page.ts';
import { wholeAssociation } from '../store/selectors.ts';
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
  const association = wholeAssociation(state);
  if (!association) return false;
  const cards = findingCards(association, state.trace.findings);
  const at = state.finding === null ? -1 : cards.findIndex((c) => c.key === state.finding);
  const next = cards[at < 0 ? (by > 0 ? 0 : cards.length - 1) : (at + by + cards.length) % cards.length];
  if (!next) return false;
  state.showSide('findings');
  state.showFinding(next.key);
  showFirstEvidence(next.finding);
  return true;
}

/** What its card lists first: the record, and the field that shows it. */
function showFirstEvidence(finding: FindingView): void {
  const { detail, trace, seek } = useStore.getState();
  const groups = evidenceGroups(finding, detail, detail && seenTwice(detail, trace.points));
  const first = groups.flatMap(({ rows }) => rows).find(({ record }) => record !== null);
  if (!first?.record) return;
  page.jump(first.record);
  seek(first.record, first.fields);
}
