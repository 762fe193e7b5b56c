/** A link or a .dtlstrace file among the words of the command line, told apart by content. */
import { openLink, splitLink } from '../share/link.ts';
import type { Decoded } from '../share/payload.ts';
import { fetchTrace } from '../share/remote.ts';
import type { SharedTrace } from '../share/shared-trace.ts';
import { isTraceFile, openTraceFile } from '../share/trace-file.ts';
import { UsageError } from './arguments.ts';

/** Null where the word is the name of a file. Throws a UsageError where it is a link that does not open. */
export async function traceOfWord(word: string): Promise<SharedTrace | null> {
  const parts = splitLink(word);
  if (!parts) return null;
  if (parts.kind === 'view-only')
    throw new UsageError('This link holds no trace, only a place in it: it needs the capture, and the page.');
  if (parts.kind === 'trace') return usable(await openLink(parts), 'This link');
  const page = word.slice(0, word.indexOf('#'));
  if (!/^https?:\/\//.test(page))
    throw new UsageError('The trace of this link is kept by a server: give the whole link, with its https:// address.');
  const fetched = await fetchTrace(parts, page);
  if (fetched.kind === 'fetched') return usable(await openTraceFile(fetched.file), 'This link');
  throw new UsageError(fetched.kind === 'failed' ? fetched.message : 'Nothing was fetched.');
}

/** Whether a file that begins with these bytes is one of ours: a .dtlstrace file, or a text with a link in it. */
export function mayBeShared(head: Uint8Array): boolean {
  return isTraceFile(head) || LINK.test(new TextDecoder('latin1').decode(head.subarray(0, 2048)));
}

/** A link and nothing else, with or without the address of a page. */
const LINK = /^\s*(?:https?:\/\/[^\s#]*)?#?\d{1,3}(?:d|ds|r|s|ss)\.[\w-]/;

/** @param name for sentences. */
export async function traceOfBytes(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<SharedTrace> {
  if (isTraceFile(bytes)) return usable(await openTraceFile(bytes), name);
  const trace = await traceOfWord(new TextDecoder().decode(bytes).trim());
  if (trace) return trace;
  throw new UsageError(`${name} begins like a link and holds none.`);
}

function usable(decoded: Decoded, what: string): SharedTrace {
  if (decoded.kind === 'trace') return decoded.trace;
  throw new UsageError(`${what} ${decoded.message}`);
}
