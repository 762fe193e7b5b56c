/** Whether time runs, and where it is between two records. The playhead rests on the selected record. */
import type { StateCreator } from 'zustand';
import type { Rate } from '../../present/playback.ts';

export type { Rate };

export interface PlaybackSlice {
  readonly playing: boolean;
  readonly rate: Rate;
  /** While time runs or the playhead is dragged: ms since the first packet of the first capture; else null. */
  readonly playheadMs: number | null;
  /** The outline of the receivers' anti-replay windows. */
  readonly replayWindow: boolean;
  /** Under the state machines: epochs, keys, connection IDs and transcript at the playhead. */
  readonly knownSoFar: boolean;
  setRate(rate: Rate): void;
  movePlayhead(playheadMs: number | null): void;
  setPlaying(playing: boolean): void;
  toggleReplayWindow(): void;
  toggleKnownSoFar(): void;
}

export const playbackSlice: StateCreator<PlaybackSlice> = (set) => ({
  playing: false,
  rate: 1,
  playheadMs: null,
  replayWindow: false,
  knownSoFar: false,
  setRate: (rate) => set({ rate }),
  movePlayhead: (playheadMs) => set({ playheadMs }),
  setPlaying: (playing) => set({ playing }),
  toggleReplayWindow: () => set((s) => ({ replayWindow: !s.replayWindow })),
  toggleKnownSoFar: () => set((s) => ({ knownSoFar: !s.knownSoFar })),
});
