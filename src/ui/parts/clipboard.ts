/** Text to and from the clipboard. Browsers may forbid both; then the page says what to do instead. */
import { useStore } from '../store/store.ts';

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    useStore.getState().notify('The browser did not let the page copy. Click into the page and try again.');
    return false;
  }
}

/** Null where the browser does not let the page look. */
export async function clipboardText(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return null;
  }
}
