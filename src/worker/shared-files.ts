/** Which of the files are shared traces: by their first bytes, or because they are the text of a link. */
import { isTraceFile } from '../share/trace-file.ts';
import type { InputFile } from './protocol.ts';
import { headOf } from './unreadable.ts';

const HEAD_BYTES = 4096;
/** With the address before it, or without. */
const LINK = /^\s*(?:\S{0,2000}#)?\d{1,3}(?:ds?|r|ss?)\.[\w-]{16}/;

export async function looksShared({ blob }: InputFile): Promise<boolean> {
  const head = await headOf(blob, HEAD_BYTES);
  if (head === null) return false;
  return isTraceFile(head) || LINK.test(new TextDecoder().decode(head));
}
