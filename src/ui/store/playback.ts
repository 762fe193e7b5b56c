/** Whether time runs, and where it is between two records. The playhead rests on the selected record. */
import type { StateCreator } from 'zustand';

/** Times real time, or one record per beat. */
export type Rate = 1 | 10 | 100 | 'records';

export interface PlaybackSlice {
  readonly playing: boolean;
  readonly rate: Rate;
  /** While time runs or the playhead is dragged: ms since the first packet of the first capture; else null. */
  readonly playheadMs: number | null;
  setRate(rate: Rate): void;
  movePlayhead(playheadMs: number | null): void;
  setPlaying(playing: boolean): void;
}

export const playbackSlice: StateCreator<PlaybackSlice> = (set) => ({
  playing: false,
  rate: 1,
  playheadMs: null,
  setRate: (rate) => set({ rate }),
  movePlayhead: (playheadMs) => set({ playheadMs }),
  setPlaying: (playing) => set({ playing }),
});
