/** What is shared with others. */
import { hasCapture } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';

export const shareCommands = {
  share: () => {
    const state = useStore.getState();
    if (!hasCapture(state)) return false;
    state.togglePanel('share');
    return true;
  },
};
