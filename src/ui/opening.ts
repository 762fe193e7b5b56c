/** Every way to open something ends here. */
import { linkIn } from '../present/view-address.ts';
import type { Add, InputFile } from '../worker/protocol.ts';
import { asText } from './drop.ts';
import { withoutNotes } from './notes-files.ts';
import { offeredFiles } from './offered-files.ts';
import { page } from './page.ts';
import { clipboardText } from './parts/clipboard.ts';
import { fetchSample, findSample, type Sample } from './samples.ts';
import { hasCapture } from './store/selectors.ts';
import { useStore } from './store/store.ts';

export function openFiles(files: readonly InputFile[], add: Add): void {
  if (files.length === 0) return;
  // A place that the address names is looked for in the first capture only.
  if (hasCapture(useStore.getState())) useStore.setState({ wanted: null });
  // One after the other, in the order in which they came.
  opening = opening
    .then(async () => {
      const captures = await withoutNotes(files);
      if (captures.length > 0) page.open(captures, add);
    })
    // What goes wrong here must not keep the next files out.
    .catch((bug) => useStore.getState().notify('These files could not be opened. Try again.', String(bug)));
}

let opening: Promise<void> = Promise.resolve();

/** A link to a shared trace, or the text of a capture or key log. */
export function openText(text: string, add: Add): void {
  const link = linkIn(text);
  if (link === null) openFiles([asText(text)], add);
  // As if it had been typed: the page follows its address.
  else if (link === location.hash) dispatchEvent(new PopStateEvent('popstate', { state: null }));
  else location.hash = link;
}

/** A sample of the gallery. */
export function openSample(sample: Sample): Promise<void> {
  useStore.setState({ wanted: null });
  return fetchAndOpen(sample);
}

/** The sample that the address names; an unknown name is said. */
export function openNamedSample(id: string): void {
  const sample = findSample(id);
  if (sample) void fetchAndOpen(sample);
  else {
    useStore.setState({ wanted: null });
    useStore.getState().notify(`There is no sample called “${id}”. Choose one of those below.`);
  }
}

async function fetchAndOpen(sample: Sample): Promise<void> {
  try {
    const files = await fetchSample(sample);
    useStore.getState().showZone('diagram');
    page.open(files, false, sample.id);
  } catch (failure) {
    useStore.getState().notify(failure instanceof Error ? failure.message : String(failure));
  }
}

/** What the command line serves this page for. The place that the address names is kept. */
export async function openOffered(): Promise<void> {
  try {
    const files = await offeredFiles(document);
    if (files) page.open(files, false);
  } catch (failure) {
    useStore.getState().notify(failure instanceof Error ? failure.message : String(failure));
  }
}

export async function openClipboard(): Promise<void> {
  const text = await clipboardText();
  if (text?.trim()) openText(text, 'auto');
  else
    useStore
      .getState()
      .notify('The clipboard has no text that the page may read. Copy the file or the text, then press Ctrl+V here.');
}

export function closeAll(): void {
  useStore.setState({ wanted: null });
  page.close();
}
