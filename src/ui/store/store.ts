/** The page's state: plain facts only. What follows from them is in selectors.ts, what changes them in controller.ts. */
import { create, type StoreApi } from 'zustand';
import { type NotesSlice, notesSlice } from './notes.ts';
import { type OfflineSlice, offlineSlice } from './offline.ts';
import { type PlaybackSlice, playbackSlice } from './playback.ts';
import { type SelectionSlice, selectionSlice } from './selection.ts';
import { type SettingsSlice, settingsSlice } from './settings.ts';
import { type ShareSlice, shareSlice } from './share.ts';
import { type TraceSlice, traceSlice } from './trace.ts';

export type State = TraceSlice &
  SelectionSlice &
  NotesSlice &
  PlaybackSlice &
  SettingsSlice &
  ShareSlice &
  OfflineSlice;
export type Store = StoreApi<State>;

export const useStore = create<State>()((...with_) => ({
  ...traceSlice(...with_),
  ...selectionSlice(...with_),
  ...notesSlice(...with_),
  ...playbackSlice(...with_),
  ...settingsSlice(...with_),
  ...shareSlice(...with_),
  ...offlineSlice(...with_),
}));
