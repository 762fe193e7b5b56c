/**
 * A trace as the fragment of an address, which browsers never send to a server:
 * `1d.<payload>`, `1ds.<payload>` where it holds secrets (so that people and scanners see it), `1r.<digest>` for those
 * who have the capture, `1s.<id>.<key>` (with secrets `1ss.`) where a server keeps the trace, encrypted; each with
 * `~<view>` behind it. Letters, digits, `-`, `_`, `.` and `~` survive chats.
 */
import { fromBase64url, toBase64url } from './base64url.ts';
import { deflate, inflate } from './deflate.ts';
import { LINK_LIMITS, type Limits, LONGEST_LINK_READ } from './limits.ts';
import { type Decoded, decodePayload, encodePayload, newer } from './payload.ts';
import type { SharedTrace } from './shared-trace.ts';
import { FORMAT_VERSION } from './upgraders.ts';

export interface LinkParts {
  readonly version: number;
  readonly kind: 'trace' | 'view-only' | 'stored';
  /** The sharer says that it holds secrets. */
  readonly secret: boolean;
  /** Of a stored trace its id on the server. */
  readonly body: string;
  /** Of a stored trace, else ''. */
  readonly key: string;
  /** What follows `~`, without it. */
  readonly view: string;
}

const FORM = /^#?(\d{1,3})(?:(d|ds|r)\.([A-Za-z0-9_-]*)|(s|ss)\.([A-Za-z0-9_-]*)(?:\.([A-Za-z0-9_-]*))?)(?:~(.*))?$/s;

/** Null for what is no link of ours. Takes a whole address, a fragment with `#`, or what follows it. */
export function splitLink(link: string): LinkParts | null {
  if (link.length > LONGEST_LINK_READ) return null;
  const hash = link.indexOf('#');
  const found = FORM.exec(hash < 0 ? link.trim() : link.slice(hash).trim());
  if (!found) return null;
  const [, version = '', carried, body = '', stored, id = '', key = '', view = ''] = found;
  if (stored !== undefined)
    return { version: Number(version), kind: 'stored', secret: stored === 'ss', body: id, key, view };
  const kind = carried === 'r' ? 'view-only' : 'trace';
  return { version: Number(version), kind, secret: carried === 'ds', body, key: '', view };
}

/** The fragment without `#` and without a view. */
export async function traceLink(trace: SharedTrace): Promise<string> {
  const payload = await deflate(encodePayload(trace));
  const secret = trace.secrets.length > 0 || trace.messages.length > 0;
  return `${FORMAT_VERSION}${secret ? 'ds' : 'd'}.${toBase64url(payload)}`;
}

/** `digest`: SHA-256 of the capture; 16 bytes of it are told. */
export function viewOnlyLink(digest: Uint8Array): string {
  return `${FORMAT_VERSION}r.${toBase64url(digest.subarray(0, 16))}`;
}

/** For a trace that a server keeps; the server is never told the key. */
export function storedLink(id: string, key: string, secret: boolean): string {
  return `${FORMAT_VERSION}${secret ? 'ss' : 's'}.${id}.${key}`;
}

/** Never throws. `message` goes on after "This link". A stored trace is fetched first: see remote.ts. */
export async function openLink({ version, kind, body }: LinkParts): Promise<Decoded> {
  if (version > FORMAT_VERSION) return { kind: 'unusable', message: newer(version) };
  if (kind !== 'trace') return { kind: 'unusable', message: 'holds no trace itself.' };
  const bytes = fromBase64url(body);
  if (!bytes)
    return { kind: 'unusable', message: 'is cut off or damaged: letters are missing or were added. Ask for it again.' };
  return openPacked(bytes, LINK_LIMITS);
}

/** What a .dtlstrace file holds after its first bytes, and what a link holds. */
export async function openPacked(bytes: Uint8Array<ArrayBuffer>, limits: Limits): Promise<Decoded> {
  const inflated = await inflate(bytes, limits.bytes + limits.datagrams * 16);
  switch (inflated.kind) {
    case 'damaged':
      return { kind: 'unusable', message: 'is cut off or damaged: its end is missing. Ask for it again.' };
    case 'too-large':
      return {
        kind: 'unusable',
        message: `unpacks to more than ${Math.round(limits.bytes / 1024 / 1024)} MB, which no trace of ours does.`,
      };
    case 'inflated':
      return decodePayload(inflated.bytes, limits);
  }
}
