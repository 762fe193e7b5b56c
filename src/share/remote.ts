/**
 * Traces that a server keeps, for page and command line. They are encrypted here; the server is given ciphertext and
 * gives it back, and the key travels in the link alone. Nothing here throws: every failure is a sentence.
 */
import { SEAL_KEY_BYTES, SEAL_NONCE_BYTES, seal, unseal } from '../crypto/sealed.ts';
import { fromBase64url, toBase64url } from './base64url.ts';
import { FILE_LIMITS } from './limits.ts';
import { type LinkParts, storedLink } from './link.ts';
import { newer } from './payload.ts';
import { type Answer, ask, type Patience, unreachable } from './remote-request.ts';
import { FORMAT_VERSION } from './upgraders.ts';

export interface ServerFacts {
  readonly maxBytes: number;
  /** Longest time that a trace is kept. */
  readonly expiryDays: number;
}

export interface StoredTrace {
  readonly kind: 'stored';
  /** The fragment without `#` and without a view. */
  readonly link: string;
  readonly id: string;
  /** Whoever has it may delete the trace: for the sharer alone, never part of the link. */
  readonly deleteToken: string;
  readonly expires: Date;
}

export interface RemoteFailure {
  readonly kind: 'failed';
  /** Whole sentences. */
  readonly message: string;
}

export interface Cancelled {
  readonly kind: 'cancelled';
}

export interface Storing extends Patience {
  /** Address of the page on the server, with or without a slash at its end. */
  readonly base: string;
  /** How long it is kept; absent: as long as the server does. */
  readonly days?: number;
  /** It holds secrets: the link says so. */
  readonly secret?: boolean;
}

const ID = /^[A-Za-z0-9_-]{22}$/;
const DAMAGED: RemoteFailure = {
  kind: 'failed',
  message: 'The key in this link does not fit: it is cut off or altered. Ask for the link again.',
};

/** What the server behind the page offers; null where it only hosts the page. */
export async function serverFacts(base: string, patience: Patience = {}): Promise<ServerFacts | null> {
  const answer = await ask('GET', url(base, 'api/info'), { ...patience, limit: 4096 });
  if (answer.kind !== 'answer' || answer.status !== 200) return null;
  const { maxBytes, expiryDays } = answer.json();
  return typeof maxBytes === 'number' && typeof expiryDays === 'number' ? { maxBytes, expiryDays } : null;
}

/** @param file What `writeTraceFile` makes. */
export async function storeTrace(
  file: Uint8Array,
  { base, days, secret = false, ...patience }: Storing,
): Promise<StoredTrace | RemoteFailure | Cancelled> {
  const key = crypto.getRandomValues(new Uint8Array(SEAL_KEY_BYTES));
  const sealed = seal(key, crypto.getRandomValues(new Uint8Array(SEAL_NONCE_BYTES)), file);
  const answer = await ask('POST', url(base, 'api/traces'), {
    ...patience,
    limit: 4096,
    body: sealed,
    headers: {
      'content-type': 'application/octet-stream',
      ...(days === undefined ? {} : { 'dtlscope-expires-days': String(days) }),
    },
  });
  if (answer.kind !== 'answer') return answer;
  const { id, deleteToken, expires } = answer.json();
  if (answer.status !== 201) return refused(answer, 'keep this trace');
  if (typeof id !== 'string' || !ID.test(id) || typeof deleteToken !== 'string' || typeof expires !== 'string')
    return unreachable(base);
  const link = storedLink(id, toBase64url(key), secret);
  return { kind: 'stored', link, id, deleteToken, expires: new Date(expires) };
}

export type Fetched =
  /** A .dtlstrace file: for `openTraceFile`. */
  { readonly kind: 'fetched'; readonly file: Uint8Array<ArrayBuffer> } | RemoteFailure | Cancelled;

/** @param link Of the kind "stored". */
export async function fetchTrace(
  { version, body: id, key: keyText }: Pick<LinkParts, 'version' | 'body' | 'key'>,
  base: string,
  patience: Patience = {},
): Promise<Fetched> {
  if (version > FORMAT_VERSION) return { kind: 'failed', message: `This link ${newer(version)}` };
  const key = fromBase64url(keyText);
  if (!ID.test(id) || key?.length !== SEAL_KEY_BYTES) return DAMAGED;
  const answer = await ask('GET', url(base, `api/traces/${id}`), { ...patience, limit: FILE_LIMITS.bytes });
  if (answer.kind !== 'answer') return answer;
  if (answer.status !== 200) return refused(answer, 'give this trace');
  const unsealed = unseal(key, answer.body);
  switch (unsealed.kind) {
    case 'content':
      return { kind: 'fetched', file: unsealed.content };
    case 'newer':
      return { kind: 'failed', message: 'This trace was stored by a newer version of this page: reload the page.' };
    case 'unfit':
      return DAMAGED;
  }
}

/** Null once it is gone. */
export async function deleteTrace(
  id: string,
  deleteToken: string,
  base: string,
  patience: Patience = {},
): Promise<RemoteFailure | Cancelled | null> {
  if (!ID.test(id)) return { kind: 'failed', message: 'This is not the id of a stored trace.' };
  const headers = { authorization: `Bearer ${deleteToken}` };
  const answer = await ask('DELETE', url(base, `api/traces/${id}`), { ...patience, limit: 4096, headers });
  if (answer.kind !== 'answer') return answer;
  return answer.status === 204 ? null : refused(answer, 'delete this trace');
}

/** Relative to the page's folder, whatever its fragment and file name. */
function url(base: string, path: string): string {
  const address = new URL(base);
  address.hash = '';
  address.search = '';
  const folder = address.pathname.replace(/[^/]*\.html?$/, '');
  address.pathname = `${folder.replace(/\/$/, '')}/${path}`;
  return address.href;
}

/** The server's own sentence where it has one; a proxy before it has none. */
function refused(answer: Answer, what: string): RemoteFailure {
  const { message } = answer.json();
  if (typeof message === 'string' && message.length <= 500) return { kind: 'failed', message };
  switch (answer.status) {
    case 404:
    case 405:
      return { kind: 'failed', message: 'The server of this page keeps no traces.' };
    case 413:
      return { kind: 'failed', message: 'This trace is too large for the server.' };
    default:
      return { kind: 'failed', message: `The server would not ${what} (status ${answer.status}). Try again later.` };
  }
}
