/** Links to shared traces, as the page meets them. What is in them only the worker reads. */
import type { InputFile } from '../worker/protocol.ts';

export const OTHER_CAPTURE =
  'The link was made for another capture than the one that is open. Open that capture, and the page goes to the place that the link names.';

/** A link is opened as a file that holds its text: so it can be opened again after a crash, and by going back. */
export function asLink(head: string): InputFile {
  const base = typeof location === 'undefined' ? '' : `${location.origin}${location.pathname}`;
  return { name: 'the link', blob: new Blob([`#${head}`], { type: 'text/plain' }), base };
}

/** Of a link that needs the capture it was made for; null for the others. */
export function digestOf(head: string): string | null {
  return /^\d{1,3}r\.([\w-]*)$/.exec(head)?.[1] ?? null;
}
