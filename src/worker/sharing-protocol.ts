/** What the page asks about sharing, and what it gets: types alone. */
import type { AssociationDetail, TraceSummary } from '../analysis/trace.ts';
import type { ShareChoices } from '../share/choices.ts';
import type { Disclosure } from '../share/disclosure.ts';
import type { Note } from '../share/notes.ts';
import type { Redactions } from '../share/shared-trace.ts';
import type { InputFile } from './protocol.ts';

/** What is known of an open trace that somebody shared. */
export interface SharedFacts {
  /** The same for the same content. */
  readonly id: string;
  /** Name of the input file that it came in. */
  readonly file: string;
  readonly from: 'link' | 'server' | 'file';
  readonly title: string;
  readonly redactions: Redactions;
  readonly secrets: number;
  /** Handshake messages and the like that the sharer decrypted. */
  readonly messages: number;
  readonly packets: number;
  readonly notes: readonly Note[];
}

export interface ShareRequest {
  readonly choices: ShareChoices;
  /** "dtlscope 0.1.0". */
  readonly generator: string;
}

export type SharingQuestion =
  /** How long it gets. */
  | { readonly ask: 'size'; readonly request: ShareRequest }
  /** The link, and what whoever opens it will see. `association`: of what is open, to be shown. */
  | { readonly ask: 'preview'; readonly request: ShareRequest; readonly association: string | null }
  | { readonly ask: 'file'; readonly request: ShareRequest }
  /** SHA-256 over the bytes of the open captures, one after the other. */
  | { readonly ask: 'digest' }
  /** By what notes about these captures are found again, see identity.ts. */
  | { readonly ask: 'identity'; readonly captures: readonly InputFile[] }
  /** Whether the server of the page keeps traces. `base`: the address of the page. */
  | { readonly ask: 'server'; readonly base: string }
  | { readonly ask: 'store'; readonly request: ShareRequest; readonly base: string };

export interface ShareSize {
  /** Of the link, without the address of the page before it and the place behind it. */
  readonly characters: number;
  /** Of the file. */
  readonly bytes: number;
}

/** How what is shared calls associations and records of what is open: it has fewer, and counts anew. */
export interface LinkNumbers {
  readonly associations: readonly (readonly [open: string, shared: string])[];
  readonly records: readonly (readonly [open: number, shared: number])[];
}

export interface SharePreview extends ShareSize {
  /** The fragment without `#` and without a place; null where it is too long for a link. */
  readonly link: string | null;
  readonly disclosure: Disclosure;
  readonly replaced: readonly { readonly from: string; readonly to: string }[];
  readonly numbers: LinkNumbers;
  /** The shared trace, opened again. */
  readonly trace: Pick<TraceSummary, 'captures' | 'points' | 'associations'>;
  /** The association that was asked for, as it is there; else its first one. */
  readonly detail: AssociationDetail | null;
  readonly packets: number;
}

export type SharingAnswer =
  | { readonly kind: 'size'; readonly size: ShareSize }
  | { readonly kind: 'preview'; readonly preview: SharePreview }
  | { readonly kind: 'file'; readonly file: Blob }
  /** Base64url of the first 16 bytes, as links have it; null where the captures cannot be read once more. */
  | { readonly kind: 'digest'; readonly digest: string | null }
  /** Null where a capture cannot be read any more. */
  | { readonly kind: 'identity'; readonly identity: string | null }
  | { readonly kind: 'server'; readonly server: { readonly maxBytes: number; readonly expiryDays: number } | null }
  | { readonly kind: 'stored'; readonly link: string; readonly deleteToken: string; readonly expires: Date }
  /** One sentence. */
  | { readonly kind: 'failed'; readonly message: string };
