/** Files that leave. */
import { hasCapture } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';

export const exportCommands = {
  export: () => {
    const state = useStore.getState();
    if (!hasCapture(state)) return false;
    state.togglePanel('export');
    return true;
  },
};
