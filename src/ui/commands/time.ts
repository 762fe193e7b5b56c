/** Through the records of an association, in time. */
import { page } from '../page.ts';
import { useStore } from '../store/store.ts';

export const timeCommands = {
  nextRecord: () => stepRecord(1),
  previousRecord: () => stepRecord(-1),
};

function stepRecord(by: 1 | -1): boolean {
  if (!useStore.getState().detail) return false;
  page.step(by);
  return true;
}
