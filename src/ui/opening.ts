/** Every way to open something ends here, so that the address bar and the choice of zone stay in step. */
import type { Add, InputFile } from '../worker/protocol.ts';
import { asText } from './drop.ts';
import { sampleInHash, showSampleInHash } from './hash.ts';
import { page } from './page.ts';
import { clipboardText } from './parts/clipboard.ts';
import { fetchSample, findSample, type Sample } from './samples.ts';
import { useStore } from './store/store.ts';

export function openFiles(files: readonly InputFile[], add: Add): void {
  if (files.length === 0) return;
  showSampleInHash(null);
  page.open(files, add);
}

export async function openSample(sample: Sample): Promise<void> {
  try {
    const files = await fetchSample(sample);
    showSampleInHash(sample.id);
    useStore.getState().showZone('diagram');
    page.open(files, false);
  } catch (failure) {
    useStore.getState().notify(failure instanceof Error ? failure.message : String(failure));
  }
}

export async function openClipboard(): Promise<void> {
  const text = await clipboardText();
  if (text?.trim()) openFiles([asText(text)], 'auto');
  else
    useStore
      .getState()
      .notify('The clipboard has no text that the page may read. Copy the file or the text, then press Ctrl+V here.');
}

/** The sample that the address asks for; an unknown name is said once. */
export function sampleFromAddress(): Sample | null {
  const id = sampleInHash(location.hash);
  if (id === null) return null;
  const sample = findSample(id);
  if (!sample) useStore.getState().notify(`There is no sample called “${id}”. Choose one of those below.`);
  return sample;
}

export function closeAll(): void {
  showSampleInHash(null);
  page.close();
}
