/** Files and keys. */
import { page } from '../page.ts';
import { useStore } from '../store/store.ts';

export const fileCommands = {
  open: () => {
    chooseFiles();
    return true;
  },
  keys: () => {
    useStore.getState().togglePanel('keys');
    return true;
  },
  forgetKeys: () => {
    page.forgetKeys();
    return true;
  },
};

/** Opens the browser's file dialog. */
export function chooseFiles(): void {
  document.querySelector<HTMLInputElement>('#files')?.click();
}
