/** Whether the page works without a network, and whether a newer one is there. */
import type { StateCreator } from 'zustand';

export interface OfflineSlice {
  /** All of the page is kept in this browser. */
  readonly offline: boolean;
  /** The next load shows another version. */
  readonly newVersion: boolean;
  keepsOffline(): void;
  /** False once the reader has put the sentence away. */
  meetVersion(newVersion: boolean): void;
}

export const offlineSlice: StateCreator<OfflineSlice> = (set) => ({
  offline: false,
  newVersion: false,
  keepsOffline: () => set({ offline: true }),
  meetVersion: (newVersion) => set({ newVersion }),
});
