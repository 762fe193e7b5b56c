/** What is open was shared by somebody, or what the address carries so that a reload brings it back. */
import type { StateCreator } from 'zustand';
import type { LinkNumbers, ViewAddress } from '../../present/view-address.ts';
import type { SharedFacts } from '../../worker/sharing-protocol.ts';

export interface KeptLink {
  /** The fragment without `#` and without a place. */
  readonly head: string;
  /** How it counts, where it was made of what is open; null where what is open came from it. */
  readonly numbers: LinkNumbers | null;
}

/** A place in a capture that a link names by its digest, and that is not open yet. */
export interface NeededCapture {
  readonly link: string;
  readonly digest: string;
  readonly view: ViewAddress;
}

export interface ShareSlice {
  /** Null for the reader's own files and for samples. */
  readonly shared: SharedFacts | null;
  readonly link: KeptLink | null;
  readonly needed: NeededCapture | null;
  keepLink(link: KeptLink): void;
}

export const shareSlice: StateCreator<ShareSlice> = (set) => ({
  shared: null,
  link: null,
  needed: null,
  keepLink: (link) => set({ link }),
});
