/** Files that come in over the window: dropped anywhere, pasted, or chosen. */
import type { Add, InputFile } from '../worker/protocol.ts';

export const PASTED = 'pasted text';

export interface Incoming {
  readonly open: (files: readonly InputFile[], add: Add) => void;
  readonly text: (text: string, add: Add) => void;
  readonly refuse: (sentence: string) => void;
  /** Something hangs over the window. */
  readonly hover: (over: boolean) => void;
}

/** Listens to the whole window; returns what stops it. */
export function listenForDrops(to: Incoming): () => void {
  // Entering a child fires before leaving its parent, so the depth is counted.
  let depth = 0;
  const over = (change: number) => {
    depth = Math.max(0, depth + change);
    to.hover(depth > 0);
  };
  const listeners = {
    dragenter(event: DragEvent) {
      event.preventDefault();
      over(1);
    },
    dragover(event: DragEvent) {
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    },
    dragleave() {
      over(-1);
    },
    drop(event: DragEvent) {
      event.preventDefault();
      depth = 0;
      to.hover(false);
      if (event.dataTransfer) take(event.dataTransfer, event.shiftKey ? true : 'auto', to);
    },
  };
  window.addEventListener('dragenter', listeners.dragenter);
  window.addEventListener('dragover', listeners.dragover);
  window.addEventListener('dragleave', listeners.dragleave);
  window.addEventListener('drop', listeners.drop);
  return () => {
    window.removeEventListener('dragenter', listeners.dragenter);
    window.removeEventListener('dragover', listeners.dragover);
    window.removeEventListener('dragleave', listeners.dragleave);
    window.removeEventListener('drop', listeners.drop);
  };
}

export function listenForPaste(to: Incoming): () => void {
  const paste = (event: ClipboardEvent) => {
    if (isEditable(event.target) || !event.clipboardData) return;
    event.preventDefault();
    take(event.clipboardData, 'auto', to);
  };
  window.addEventListener('paste', paste);
  return () => window.removeEventListener('paste', paste);
}

/** Where what is typed belongs to the field, not to the page. */
export function isEditable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input:not([type=checkbox]), textarea, select') !== null;
}

export function asInput(files: Iterable<File>): InputFile[] {
  return Array.from(files, (file) => ({ name: file.name, blob: file }));
}

export function asText(text: string): InputFile {
  return { name: PASTED, blob: new Blob([text], { type: 'text/plain' }) };
}

function take(data: DataTransfer, add: Add, to: Incoming): void {
  const folders = Array.from(data.items, (item) => (item.kind === 'file' ? item.webkitGetAsEntry?.() : null))
    .filter((entry) => entry?.isDirectory)
    .map((entry) => entry?.name ?? '');
  for (const name of folders) to.refuse(`“${name}” is a folder. Open it and drop the files that are in it.`);
  const files = asInput(data.files).filter(({ name }) => !folders.includes(name));
  const text = data.getData('text/plain');
  if (files.length > 0) to.open(files, add);
  else if (text.trim() !== '') to.text(text, add);
  else if (folders.length === 0)
    to.refuse(
      'There was no file and no text in that. Drop a capture, a key log or a private key from your file manager.',
    );
}
