/** Through the records of an association, in time. */
import { type Stations, stationFrom, timelineOf } from '../../present/timeline.ts';
import { page } from '../page.ts';
import { stop, togglePlay } from '../playing.ts';
import { useStore } from '../store/store.ts';
import { type Part, showZone } from '../zones.ts';

export const timeCommands = {
  nextRecord: () => stepRecord(1),
  previousRecord: () => stepRecord(-1),
  firstRecord: () => goTo('first'),
  lastRecord: () => goTo('last'),
  nextAttempt: () => station('attempts', 1),
  previousAttempt: () => station('attempts', -1),
  nextRetransmission: () => station('retransmissions', 1),
  previousRetransmission: () => station('retransmissions', -1),
  nextUndecryptable: () => station('undecryptable', 1),
  play: () => !usesSpace(document.activeElement) && togglePlay(),
  lanes,
  machines,
};

function stepRecord(by: 1 | -1): boolean {
  if (!useStore.getState().detail) return false;
  rest();
  page.step(by);
  return true;
}

function goTo(end: 'first' | 'last'): boolean {
  const record = useStore.getState().detail?.records.at(end === 'first' ? 0 : -1)?.record;
  if (record === undefined) return false;
  // At the last record there is nothing left to play.
  if (end === 'last' && useStore.getState().playing) stop();
  rest();
  page.selectRecord(record);
  return true;
}

function station(of: Stations, by: 1 | -1): boolean {
  const { detail, record } = useStore.getState();
  const next = detail && stationFrom(timelineOf(detail), of, record, by);
  if (next === null) return false;
  rest();
  page.selectRecord(next);
  return true;
}

/** The playhead goes back to the selected record; while time runs it is moved on from there. */
function rest(): void {
  const { playheadMs, movePlayhead } = useStore.getState();
  if (playheadMs !== null) movePlayhead(null);
}

const SPACE_IS_TAKEN =
  'button, input, select, textarea, summary, a[href], [role=option], [role=treeitem], [role=tab], [role=row], [role=gridcell]';

/** What has the focus does something of its own on Space. */
function usesSpace(element: Element | null): boolean {
  return element?.matches(SPACE_IS_TAKEN) ?? false;
}

function lanes(): boolean {
  if (!useStore.getState().detail) return false;
  useStore.getState().showLanes(true);
  return focusIn('strip', '[data-time-slider]');
}

function machines(): boolean {
  const { detail, machines: open, toggleMachines } = useStore.getState();
  if (!detail) return false;
  if (!open) toggleMachines();
  return focusIn('inspector', '.machines-bar');
}

/** After the zone itself took the focus, a part of it gets it. */
function focusIn(zone: Part, selector: string): boolean {
  showZone(zone);
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());
  return true;
}
